/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CONFABD_TYPE_TRANSPORT (confabd_transport_get_type ())
G_DECLARE_INTERFACE (ConfabdTransport, confabd_transport, CONFABD, TRANSPORT, GObject)

/* What a session is told. Called from the main loop, never from within a function of the transport.
 */
typedef struct {
  void (*text) (GBytes *text, gpointer user_data);
  void (*binary) (gpointer user_data);
  /* The peer broke a rule of the transport and is closed with @code right afterwards: the last
   * chance to send it a word. */
  void (*failing) (guint code, gpointer user_data);
  /* The last call. @was_clean: by a close frame of the peer's. */
  void (*closed) (guint code, gboolean was_clean, gpointer user_data);
} ConfabdTransportHandler;

struct _ConfabdTransportInterface {
  GTypeInterface parent_iface;

  void (*set_handler) (ConfabdTransport *self,
                       const ConfabdTransportHandler *handler,
                       gpointer user_data);
  void (*send) (ConfabdTransport *self, const char *head, gsize head_length, GBytes *body);
  void (*close) (ConfabdTransport *self, guint code, const char *reason);
  GSocketFamily (*get_family) (ConfabdTransport *self);
};

void confabd_transport_set_handler (ConfabdTransport *self,
                                    const ConfabdTransportHandler *handler,
                                    gpointer user_data);
void confabd_transport_send (ConfabdTransport *self,
                             const char *head,
                             gsize head_length,
                             GBytes *body);
void confabd_transport_close (ConfabdTransport *self, guint code, const char *reason);
GSocketFamily confabd_transport_get_family (ConfabdTransport *self);

G_END_DECLS
