/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "confabd-peer-private.h"

/*
 * confabd_peer_get_key:
 *
 * Whom the connection counts for: an IPv4 address, or the first 64 bits of an IPv6 address, since a
 * single machine has all the addresses that begin so. No IPv6 address in use begins with the 32
 * zeros of the IPv4 keys.
 */
guint64
confabd_peer_get_key (const ConfabdPeer *self)
{
  guint64 key = 0;

  if (self->any.sa_family == AF_INET)
    return self->in.sin_addr.s_addr;
  memcpy (&key, &self->in6.sin6_addr, sizeof key);
  return GUINT64_FROM_BE (key);
}

GSocketAddress *
confabd_peer_to_address (const ConfabdPeer *self)
{
  return g_socket_address_new_from_native ((gpointer) self, sizeof *self);
}

GInetAddress *
confabd_peer_to_inet (const ConfabdPeer *self)
{
  if (self->any.sa_family == AF_INET)
    return g_inet_address_new_from_bytes ((const guint8 *) &self->in.sin_addr,
                                          G_SOCKET_FAMILY_IPV4);
  return g_inet_address_new_from_bytes ((const guint8 *) &self->in6.sin6_addr,
                                        G_SOCKET_FAMILY_IPV6);
}

/* Nobody knows the port. */
void
confabd_peer_set_inet (ConfabdPeer *self, GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4) {
    *self = (ConfabdPeer){ .in.sin_family = AF_INET };
    memcpy (&self->in.sin_addr, bytes, sizeof self->in.sin_addr);
  } else {
    *self = (ConfabdPeer){ .in6.sin6_family = AF_INET6 };
    memcpy (&self->in6.sin6_addr, bytes, sizeof self->in6.sin6_addr);
  }
}
