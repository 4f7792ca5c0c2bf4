/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* What a piece of work waited for. */
typedef enum {
  CONFABD_TRACE_DATABASE,
  CONFABD_TRACE_HASH, /* of a password */
} ConfabdTracePart;

#define CONFABD_TRACE_N_PARTS (CONFABD_TRACE_HASH + 1)

typedef struct _ConfabdTrace ConfabdTrace;

#define CONFABD_TYPE_TRACE (confabd_trace_get_type ())
GType confabd_trace_get_type (void);

ConfabdTrace *confabd_trace_new (const char *request_id, const char *traceparent);
ConfabdTrace *confabd_trace_ref (ConfabdTrace *self);
void confabd_trace_unref (ConfabdTrace *self);

const char *confabd_trace_get_request_id (ConfabdTrace *self);
const char *confabd_trace_get_trace_id (ConfabdTrace *self);
const char *confabd_trace_get_traceparent (ConfabdTrace *self);
void confabd_trace_add_us (ConfabdTrace *self, ConfabdTracePart part, gint64 duration_us);
gint64 confabd_trace_get_us (ConfabdTrace *self, ConfabdTracePart part);

ConfabdTrace *confabd_trace_get_current (void);
ConfabdTrace *confabd_trace_enter (ConfabdTrace *trace);
void confabd_trace_leave (ConfabdTrace *previous);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdTrace, confabd_trace_unref)

G_END_DECLS
