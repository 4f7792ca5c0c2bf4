/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-poller.h"

G_BEGIN_DECLS

/* Close codes that the socket itself gives; those of the protocol (1002, 1007) are RFC 6455's. */
#define CONFABD_CLOSE_TOO_SLOW  4408
#define CONFABD_CLOSE_TOO_LARGE 4413
#define CONFABD_CLOSE_TOO_MANY  4429

/* The longest text that can stand before a shared body, see confabd_socket_send_spliced (). */
#define CONFABD_SOCKET_MAX_PREFIX 64

#define CONFABD_TYPE_SOCKET (confabd_socket_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdSocket, confabd_socket, CONFABD, SOCKET, GObject)

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

/* Each may be NULL. All are called from the poller's context, never from within a function of the
 * socket. */
typedef struct {
  void (*text) (ConfabdSocket *self, GBytes *text, gpointer user_data);
  void (*binary) (ConfabdSocket *self, GBytes *data, gpointer user_data);
  /* Once, as the last call: nothing more can be sent. @code is 1006 when the connection just broke.
   */
  void (*closed) (ConfabdSocket *self, guint code, gboolean was_clean, gpointer user_data);
} ConfabdSocketHandler;

ConfabdSocket *confabd_socket_new (ConfabdPoller *poller,
                                   int fd,
                                   GSocketAddress *remote,
                                   const ConfabdSocketLimits *limits);
void confabd_socket_set_handler (ConfabdSocket *self,
                                 const ConfabdSocketHandler *handler,
                                 gpointer user_data);
gboolean confabd_socket_start (ConfabdSocket *self, GError **error);

gboolean confabd_socket_send_text (ConfabdSocket *self, GBytes *text);
gboolean confabd_socket_send_spliced (ConfabdSocket *self,
                                      const char *prefix,
                                      gsize prefix_length,
                                      GBytes *rest);
void confabd_socket_close (ConfabdSocket *self, guint code, const char *reason);

gboolean confabd_socket_is_open (ConfabdSocket *self);
GSocketAddress *confabd_socket_get_remote_address (ConfabdSocket *self);
GSocketFamily confabd_socket_get_family (ConfabdSocket *self);
guint confabd_socket_get_queued_messages (ConfabdSocket *self);
gsize confabd_socket_get_queued_bytes (ConfabdSocket *self);

G_END_DECLS
