/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-poller.h"
#include "confabd-socket-limits.h"

G_BEGIN_DECLS

/* The longest text that can stand before a shared body, see confabd_socket_send_spliced (). */
#define CONFABD_SOCKET_MAX_PREFIX 64

#define CONFABD_TYPE_SOCKET (confabd_socket_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdSocket, confabd_socket, CONFABD, SOCKET, GObject)

/* Each may be NULL. All are called from the poller's context, never from within a function of the
 * socket. */
typedef struct {
  void (*text) (ConfabdSocket *self, GBytes *text, gpointer user_data);
  void (*binary) (ConfabdSocket *self, GBytes *data, gpointer user_data);
  /* The peer broke a rule and is closed with @code next: the last chance to send it a word. */
  void (*failing) (ConfabdSocket *self, guint code, gpointer user_data);
  /* Once, as the last call: nothing more can be sent. @code is 1006 when the connection broke. */
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
