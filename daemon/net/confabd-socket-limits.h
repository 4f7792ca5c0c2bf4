/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Close codes that the socket itself gives; those of the protocol (1002, 1007) are RFC 6455's. */
#define CONFABD_CLOSE_TOO_SLOW  4408
#define CONFABD_CLOSE_TOO_LARGE 4413
#define CONFABD_CLOSE_TOO_MANY  4429

/* What one peer may cost. A rate of 0 is no limit. */
typedef struct {
  gsize message_bytes;   /* one message, all its fragments together */
  guint fragments;       /* of one message */
  guint unfinished_ms;   /* from the first byte of a message to its last */
  guint outbox_messages; /* queued because the peer does not read */
  gsize outbox_bytes;
  guint messages_per_s; /* token bucket of text and binary messages */
  guint messages_burst;
  guint controls_per_s; /* the same of pings, pongs */
  guint controls_burst;
  guint ping_interval_ms;
  guint dead_after_ms;    /* without a byte from the peer, or without it reading one */
  guint close_timeout_ms; /* from our close frame to the peer's */
} ConfabdSocketLimits;

#define CONFABD_SOCKET_LIMITS_INIT                                                           \
  {                                                                                          \
    .message_bytes = 64 * 1024, .fragments = 1024, .unfinished_ms = 10 * 1000,               \
    .outbox_messages = 256, .outbox_bytes = 1024 * 1024, .messages_per_s = 200,              \
    .messages_burst = 1000, .controls_per_s = 10, .controls_burst = 50,                      \
    .ping_interval_ms = 10 * 1000, .dead_after_ms = 25 * 1000, .close_timeout_ms = 5 * 1000, \
  }

G_END_DECLS
