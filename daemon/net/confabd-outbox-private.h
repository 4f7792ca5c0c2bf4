/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-socket-limits.h"

G_BEGIN_DECLS

/* Longest payload of a control frame, RFC 6455 §5.5. */
#define CONFABD_CONTROL_MAX_BYTES 125

typedef struct _ConfabdOutboxFrame ConfabdOutboxFrame;

/* What waits to be written to one socket. Embedded in the socket. */
typedef struct {
  const ConfabdSocketLimits *limits; /* (unowned) the socket's */
  GQueue frames;                     /* (element-type ConfabdOutboxFrame) (owned) */
  GList *pong_link;                  /* (unowned) (nullable) in the frames: a pong on its way */
  gsize written;                     /* of the first frame */
  gsize queued_bytes;
  guint64 sent_bytes; /* ever */
} ConfabdOutbox;

typedef enum {
  CONFABD_OUTBOX_EMPTY,
  CONFABD_OUTBOX_BLOCKED,
  CONFABD_OUTBOX_BROKEN,
} ConfabdOutboxResult;

void confabd_outbox_init (ConfabdOutbox *self, const ConfabdSocketLimits *limits);
void confabd_outbox_clear (ConfabdOutbox *self);

gboolean confabd_outbox_push_text (ConfabdOutbox *self,
                                   const char *prefix,
                                   gsize prefix_length,
                                   GBytes *rest);
void confabd_outbox_push_ping (ConfabdOutbox *self);
void confabd_outbox_push_pong (ConfabdOutbox *self, const guint8 *payload, gsize length);
void confabd_outbox_push_close (ConfabdOutbox *self, guint code, const char *reason);
void confabd_outbox_drop_unbegun (ConfabdOutbox *self);
ConfabdOutboxResult confabd_outbox_write (ConfabdOutbox *self, int fd);

G_END_DECLS
