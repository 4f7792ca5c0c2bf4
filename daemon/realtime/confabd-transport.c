/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-transport"

#include "config.h"

#include "confabd-transport.h"

/*
 * What carries the messages of one session: a ConfabdSocket, or a test.
 */
G_DEFINE_INTERFACE (ConfabdTransport, confabd_transport, G_TYPE_OBJECT)

static void
confabd_transport_default_init (ConfabdTransportInterface *iface)
{
}

/**
 * confabd_transport_set_handler:
 * @self: a transport
 * @handler: (nullable): who is told, static; %NULL for nobody any more
 * @user_data: for @handler; must live until the handler is taken off or was told of the end
 */
void
confabd_transport_set_handler (ConfabdTransport *self,
                               const ConfabdTransportHandler *handler,
                               gpointer user_data)
{
  CONFABD_TRANSPORT_GET_IFACE (self)->set_handler (self, handler, user_data);
}

/**
 * confabd_transport_send:
 * @self: a transport
 * @head: the beginning of the message, copied
 * @head_length: its length in bytes
 * @body: the rest, shared by everybody who gets it
 *
 * Queues one text message. A receiver that does not read is closed with 4408 by the transport,
 * which its session learns as any other end; nothing is sent once the transport is closing.
 */
void
confabd_transport_send (ConfabdTransport *self, const char *head, gsize head_length, GBytes *body)
{
  CONFABD_TRANSPORT_GET_IFACE (self)->send (self, head, head_length, body);
}

/**
 * confabd_transport_close:
 * @self: a transport
 * @code: close code of RFC 6455 or of the contract
 * @reason: (nullable): at most 123 bytes
 *
 * Sends what is queued, then a close frame, then waits for the peer's for a bounded time.
 */
void
confabd_transport_close (ConfabdTransport *self, guint code, const char *reason)
{
  CONFABD_TRANSPORT_GET_IFACE (self)->close (self, code, reason);
}

/**
 * confabd_transport_get_family:
 * @self: a transport
 *
 * Returns: the address family of the peer, to which its ticket is bound
 */
GSocketFamily
confabd_transport_get_family (ConfabdTransport *self)
{
  return CONFABD_TRANSPORT_GET_IFACE (self)->get_family (self);
}
