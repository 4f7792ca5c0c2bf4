/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "confabd-proxy-header.h"

#define SIGNATURE      "\r\n\r\n\0\r\nQUIT\n"
#define SIGNATURE_SIZE 12
#define FIXED_SIZE     16
#define MAX_SIZE       2048 /* addresses, and what a proxy may want to add */

#define COMMAND_LOCAL 0x20 /* of version 2: the proxy asks for itself */
#define COMMAND_PROXY 0x21

#define FAMILY_TCP4 0x11
#define FAMILY_TCP6 0x21
#define TCP4_SIZE   12 /* two addresses, two ports */
#define TCP6_SIZE   36

static ConfabdHeadResult
refuse (ConfabdRefusal *refusal)
{
  *refusal = (ConfabdRefusal){ 400, CONFAB_ERROR_BAD_REQUEST,
                               "The proxy did not say whom it speaks for." };
  return CONFABD_HEAD_REFUSED;
}

static void
read_tcp4 (const char *address, const char *port, ConfabdPeer *peer)
{
  *peer = (ConfabdPeer){ .in.sin_family = AF_INET };
  memcpy (&peer->in.sin_addr, address, 4);
  memcpy (&peer->in.sin_port, port, 2);
}

static void
read_tcp6 (const char *address, const char *port, ConfabdPeer *peer)
{
  struct in6_addr in6;

  memcpy (&in6, address, sizeof in6);
  if (IN6_IS_ADDR_V4MAPPED (&in6)) {
    read_tcp4 (address + 12, port, peer);
    return;
  }
  *peer = (ConfabdPeer){ .in6.sin6_family = AF_INET6, .in6.sin6_addr = in6 };
  memcpy (&peer->in6.sin6_port, port, 2);
}

/* What the proxy cannot say of the client it leaves out: then the proxy is who asks. */
static void
read_peer (guint8 family, const char *body, gsize body_size, ConfabdPeer *peer)
{
  if (family == FAMILY_TCP4 && body_size >= TCP4_SIZE)
    read_tcp4 (body, body + 8, peer);
  else if (family == FAMILY_TCP6 && body_size >= TCP6_SIZE)
    read_tcp6 (body, body + 32, peer);
}

/**
 * confabd_proxy_header_parse:
 * @bytes: what has arrived of the connection
 * @length: how much
 * @size: (out): set when complete: how long the header is
 * @peer: (inout): the proxy; set to whom it speaks for
 * @refusal: (out): set when refused
 *
 * Reads the binary header that a proxy sends before anything else. Only for connections of those
 * who are trusted to.
 * Source: The PROXY protocol, version 2 (haproxy/doc/proxy-protocol.txt, 2.2).
 *
 * Returns: whether it is whole, not yet, or none
 */
ConfabdHeadResult
confabd_proxy_header_parse (
    const char *bytes, gsize length, gsize *size, ConfabdPeer *peer, ConfabdRefusal *refusal)
{
  const guint8 *octets = (const guint8 *) bytes;
  gsize body_size;

  if (memcmp (bytes, SIGNATURE, MIN (length, SIGNATURE_SIZE)) != 0)
    return refuse (refusal);
  if (length < FIXED_SIZE)
    return CONFABD_HEAD_INCOMPLETE;
  body_size = (gsize) octets[14] << 8 | octets[15];
  if (FIXED_SIZE + body_size > MAX_SIZE ||
      (octets[12] != COMMAND_LOCAL && octets[12] != COMMAND_PROXY))
    return refuse (refusal);
  if (length < FIXED_SIZE + body_size)
    return CONFABD_HEAD_INCOMPLETE;
  *size = FIXED_SIZE + body_size;
  if (octets[12] == COMMAND_PROXY)
    read_peer (octets[13], bytes + FIXED_SIZE, body_size, peer);
  return CONFABD_HEAD_COMPLETE;
}
