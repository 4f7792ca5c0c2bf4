/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "peer.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MASK_BYTES 4

static const guint8 mask[MASK_BYTES] = { 0x37, 0xfa, 0x21, 0x3d };

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

void
iterate (void)
{
  guint tick = g_timeout_add (1, on_tick, NULL);

  g_main_context_iteration (NULL, TRUE);
  if (g_main_context_find_source_by_id (NULL, tick) != NULL)
    g_source_remove (tick);
}

Peer *
peer_new (int fd)
{
  Peer *self = g_new0 (Peer, 1);

  self->fd = fd;
  self->received = g_byte_array_new ();
  return self;
}

Peer *
peer_connect (GSocketAddress *address)
{
  struct sockaddr_storage native = { 0 };
  gssize size = g_socket_address_get_native_size (address);
  int fd = socket ((int) g_socket_address_get_family (address), SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_true (g_socket_address_to_native (address, &native, sizeof native, NULL));
  g_assert_cmpint (connect (fd, (struct sockaddr *) &native, (socklen_t) size), ==, 0);
  return peer_new (fd);
}

/* A connection over loopback whose other end is the caller's. */
Peer *
peer_new_pair (int *server_fd)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocket) listener =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) local = NULL;
  Peer *self = NULL;

  g_assert_true (g_socket_bind (listener, any, TRUE, NULL));
  g_assert_true (g_socket_listen (listener, NULL));
  local = g_socket_get_local_address (listener, NULL);
  self = peer_connect (local);
  *server_fd = accept4 (g_socket_get_fd (listener), NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  g_assert_cmpint (*server_fd, >=, 0);
  return self;
}

void
peer_free (Peer *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_byte_array_unref (self->received);
  g_free (self);
}

gssize
peer_try_send (Peer *self, gconstpointer data, gsize length)
{
  return send (self->fd, data, length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* What the server does not take any more because it has closed is none of our business. */
void
peer_send (Peer *self, gconstpointer data, gsize length)
{
  const guint8 *at = data;
  gsize rest = length;

  while (rest > 0) {
    gssize sent = peer_try_send (self, at, rest);

    if (sent < 0 && errno != EAGAIN)
      return;
    if (sent < 0) {
      iterate ();
      continue;
    }
    at += sent;
    rest -= (gsize) sent;
  }
}

void
peer_send_text (Peer *self, const char *text)
{
  peer_send (self, text, strlen (text));
}

GBytes *
peer_make_frame (guint8 first_byte, gconstpointer payload, gsize length, gboolean is_masked)
{
  GByteArray *frame = g_byte_array_new ();
  guint8 header[10] = { first_byte, is_masked ? 0x80 : 0 };
  guint header_length = 2;

  if (length > G_MAXUINT16) {
    guint64 be = GUINT64_TO_BE (length);

    header[1] |= 127;
    memcpy (header + 2, &be, sizeof be);
    header_length += sizeof be;
  } else if (length > 125) {
    guint16 be = GUINT16_TO_BE ((guint16) length);

    header[1] |= 126;
    memcpy (header + 2, &be, sizeof be);
    header_length += sizeof be;
  } else {
    header[1] |= (guint8) length;
  }
  g_byte_array_append (frame, header, header_length);
  if (is_masked)
    g_byte_array_append (frame, mask, MASK_BYTES);
  header_length = frame->len;
  if (length > 0)
    g_byte_array_append (frame, payload, (guint) length);
  for (guint i = 0; is_masked && i < length; i++)
    frame->data[header_length + i] ^= mask[i % MASK_BYTES];
  return g_byte_array_free_to_bytes (frame);
}

void
peer_send_frame (Peer *self, guint8 first_byte, gconstpointer payload, gsize length)
{
  g_autoptr (GBytes) frame = peer_make_frame (first_byte, payload, length, TRUE);

  peer_send (self, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
}

void
peer_send_unmasked (Peer *self, guint8 first_byte, gconstpointer payload, gsize length)
{
  g_autoptr (GBytes) frame = peer_make_frame (first_byte, payload, length, FALSE);

  peer_send (self, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
}

static void
receive (Peer *self)
{
  guint8 buffer[16 * 1024];
  gssize length;

  while ((length = recv (self->fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
    g_byte_array_append (self->received, buffer, (guint) length);
  if (length == 0 || (errno != EAGAIN && errno != EINTR))
    self->is_at_end = TRUE;
}

gboolean
peer_check_end (Peer *self)
{
  receive (self);
  return self->is_at_end;
}

gboolean
peer_has (Peer *self, const char *text)
{
  receive (self);
  return self->received->len > 0 &&
         memmem (self->received->data, self->received->len, text, strlen (text)) != NULL;
}

static guint64
read_be (const guint8 *bytes, guint length)
{
  guint64 value = 0;

  for (guint i = 0; i < length; i++)
    value = value << 8 | bytes[i];
  return value;
}

/* Takes a whole frame of the server, if one has come. */
gboolean
peer_take_frame (Peer *self, PeerFrame *frame)
{
  const guint8 *data = NULL;
  guint extended = 0;
  guint64 length;

  receive (self);
  data = self->received->data;
  if (self->received->len < 2)
    return FALSE;
  g_assert_cmpuint (data[1] & 0x80, ==, 0); /* a server does not mask */
  g_assert_cmpuint (data[0] & 0x70, ==, 0);
  length = data[1];
  extended = length == 126 ? 2 : length == 127 ? 8 : 0;
  if (self->received->len < 2 + extended)
    return FALSE;
  if (extended > 0)
    length = read_be (data + 2, extended);
  if (self->received->len < 2 + extended + length)
    return FALSE;

  frame->opcode = data[0] & 0x0f;
  frame->is_final = (data[0] & 0x80) != 0;
  frame->payload = g_bytes_new (data + 2 + extended, length);
  g_byte_array_remove_range (self->received, 0, (guint) (2 + extended + length));
  return TRUE;
}

PeerFrame
peer_wait_frame (Peer *self)
{
  PeerFrame frame = { 0 };

  run_until (peer_take_frame (self, &frame));
  return frame;
}

/* Skips everything before the close frame. Returns its code, 1005 for one without, 1006 when the
 * connection just ends. */
guint
peer_wait_close (Peer *self)
{
  while (TRUE) {
    g_auto (PeerFrame) frame = { 0 };

    run_until (peer_take_frame (self, &frame) || self->is_at_end);
    if (frame.payload == NULL)
      return 1006;
    if (frame.opcode != 8)
      continue;
    if (g_bytes_get_size (frame.payload) == 0)
      return 1005;
    return (guint) read_be (g_bytes_get_data (frame.payload, NULL), 2);
  }
}

void
peer_frame_clear (PeerFrame *frame)
{
  g_clear_pointer (&frame->payload, g_bytes_unref);
}
