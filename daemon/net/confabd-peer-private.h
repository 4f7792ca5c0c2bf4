/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <netinet/in.h>

G_BEGIN_DECLS

/* Where a connection comes from, as the kernel says it: a tenth of the size of a GSocketAddress. */
typedef union {
  struct sockaddr any;
  struct sockaddr_in in;
  struct sockaddr_in6 in6;
} ConfabdPeer;

guint64 confabd_peer_get_key (const ConfabdPeer *self);
GSocketAddress *confabd_peer_to_address (const ConfabdPeer *self);
GInetAddress *confabd_peer_to_inet (const ConfabdPeer *self);
void confabd_peer_set_inet (ConfabdPeer *self, GInetAddress *address);

G_END_DECLS
