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
