/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-refusal.h"

G_BEGIN_DECLS

#define CONFABD_HEAD_MAX_BYTES  (16 * 1024)
#define CONFABD_HEAD_MAX_FIELDS 100
#define CONFABD_HEAD_MAX_TARGET (8 * 1024)

typedef struct _ConfabdHead ConfabdHead;

typedef enum {
  CONFABD_HEAD_INCOMPLETE,
  CONFABD_HEAD_COMPLETE,
  CONFABD_HEAD_REFUSED,
} ConfabdHeadResult;

#define CONFABD_TYPE_HEAD (confabd_head_get_type ())
GType confabd_head_get_type (void);

ConfabdHeadResult confabd_head_parse (
    const char *bytes, gsize length, gsize *scanned, ConfabdHead **head, ConfabdRefusal *refusal);
ConfabdHead *confabd_head_ref (ConfabdHead *self);
void confabd_head_unref (ConfabdHead *self);

gsize confabd_head_get_size (ConfabdHead *self);
const char *confabd_head_get_method (ConfabdHead *self);
const char *confabd_head_get_path (ConfabdHead *self);
const char *confabd_head_get_query (ConfabdHead *self);
guint confabd_head_get_minor_version (ConfabdHead *self);
guint64 confabd_head_get_content_length (ConfabdHead *self);
const char *confabd_head_get_field (ConfabdHead *self, const char *name);
char *confabd_head_dup_list (ConfabdHead *self, const char *name);
gboolean confabd_head_has_token (ConfabdHead *self, const char *name, const char *token);
gboolean confabd_head_wants_websocket (ConfabdHead *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdHead, confabd_head_unref)

G_END_DECLS
