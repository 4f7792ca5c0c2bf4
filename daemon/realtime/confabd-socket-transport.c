/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-socket-transport"

#include "config.h"

#include "confabd-socket-transport.h"

/*
 * A session's transport over the gate's WebSocket.
 */
struct _ConfabdSocketTransport {
  GObject parent_instance;

  ConfabdSocket *socket;                  /* (owned) */
  const ConfabdTransportHandler *handler; /* (nullable) (unowned) static */
  gpointer user_data;                     /* (unowned) lives as long as it is the handler's */
};

static void confabd_socket_transport_iface_init (ConfabdTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabdSocketTransport,
                               confabd_socket_transport,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_TRANSPORT,
                                                      confabd_socket_transport_iface_init))

static void
on_text (ConfabdSocket *socket, GBytes *text, gpointer user_data)
{
  ConfabdSocketTransport *self = user_data;

  if (self->handler != NULL)
    self->handler->text (text, self->user_data);
}

static void
on_binary (ConfabdSocket *socket, GBytes *data, gpointer user_data)
{
  ConfabdSocketTransport *self = user_data;

  if (self->handler != NULL)
    self->handler->binary (self->user_data);
}

static void
on_failing (ConfabdSocket *socket, guint code, gpointer user_data)
{
  ConfabdSocketTransport *self = user_data;

  if (self->handler != NULL)
    self->handler->failing (code, self->user_data);
}

static void
on_closed (ConfabdSocket *socket, guint code, gboolean was_clean, gpointer user_data)
{
  ConfabdSocketTransport *self = user_data;
  const ConfabdTransportHandler *handler = g_steal_pointer (&self->handler);

  if (handler != NULL)
    handler->closed (code, was_clean, self->user_data);
}

static const ConfabdSocketHandler socket_handler = {
  .text = on_text,
  .binary = on_binary,
  .failing = on_failing,
  .closed = on_closed,
};

static void
confabd_socket_transport_set_handler (ConfabdTransport *transport,
                                      const ConfabdTransportHandler *handler,
                                      gpointer user_data)
{
  ConfabdSocketTransport *self = CONFABD_SOCKET_TRANSPORT (transport);

  self->handler = handler;
  self->user_data = user_data;
}

static void
confabd_socket_transport_send (ConfabdTransport *transport,
                               const char *head,
                               gsize head_length,
                               GBytes *body)
{
  ConfabdSocketTransport *self = CONFABD_SOCKET_TRANSPORT (transport);

  confabd_socket_send_spliced (self->socket, head, head_length, body);
}

static void
confabd_socket_transport_close (ConfabdTransport *transport, guint code, const char *reason)
{
  ConfabdSocketTransport *self = CONFABD_SOCKET_TRANSPORT (transport);

  confabd_socket_close (self->socket, code, reason);
}

static GSocketFamily
confabd_socket_transport_get_family (ConfabdTransport *transport)
{
  return confabd_socket_get_family (CONFABD_SOCKET_TRANSPORT (transport)->socket);
}

static void
confabd_socket_transport_iface_init (ConfabdTransportInterface *iface)
{
  iface->set_handler = confabd_socket_transport_set_handler;
  iface->send = confabd_socket_transport_send;
  iface->close = confabd_socket_transport_close;
  iface->get_family = confabd_socket_transport_get_family;
}

static void
confabd_socket_transport_dispose (GObject *object)
{
  ConfabdSocketTransport *self = CONFABD_SOCKET_TRANSPORT (object);

  self->handler = NULL;
  if (self->socket != NULL)
    confabd_socket_set_handler (self->socket, NULL, NULL);
  g_clear_object (&self->socket);

  G_OBJECT_CLASS (confabd_socket_transport_parent_class)->dispose (object);
}

static void
confabd_socket_transport_class_init (ConfabdSocketTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confabd_socket_transport_dispose;
}

static void
confabd_socket_transport_init (ConfabdSocketTransport *self)
{
}

/**
 * confabd_socket_transport_new:
 * @socket: a WebSocket behind its handshake, not yet somebody else's
 *
 * Returns: (transfer full): the transport; it is the handler of @socket as long as it lives
 */
ConfabdTransport *
confabd_socket_transport_new (ConfabdSocket *socket)
{
  ConfabdSocketTransport *self = g_object_new (CONFABD_TYPE_SOCKET_TRANSPORT, NULL);

  self->socket = g_object_ref (socket);
  confabd_socket_set_handler (socket, &socket_handler, self);
  return CONFABD_TRANSPORT (self);
}
