/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "confabd-proxy-header.h"

#define SIGNATURE   "\r\n\r\n\0\r\nQUIT\n"
#define BYTES(text) text, sizeof text - 1

typedef struct {
  const char *name;
  const char *bytes;
  gsize length;
  ConfabdHeadResult result;
  gsize size;
  const char *peer; /* "127.0.0.9" is the proxy itself */
} Case;

/* clang-format off */
static const Case cases[] = {
  { "tcp4", BYTES (SIGNATURE "\x21\x11\0\x0c\xc0\0\x02\x01\xc0\0\x02\x63\x30\x39\x01\xbbGET"), CONFABD_HEAD_COMPLETE, 28, "192.0.2.1" },
  { "tcp4-more", BYTES (SIGNATURE "\x21\x11\0\x10\xc0\0\x02\x01\xc0\0\x02\x63\x30\x39\x01\xbb\x04\0\x01x"), CONFABD_HEAD_COMPLETE, 32, "192.0.2.1" },
  { "tcp6", BYTES (SIGNATURE "\x21\x21\0\x24\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02\x30\x39\x01\xbb"), CONFABD_HEAD_COMPLETE, 52, "2001:db8::1" },
  { "tcp6-mapped", BYTES (SIGNATURE "\x21\x21\0\x24\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\x02\x07\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\x02\x08\x30\x39\x01\xbb"), CONFABD_HEAD_COMPLETE, 52, "192.0.2.7" },
  { "local", BYTES (SIGNATURE "\x20\0\0\0"), CONFABD_HEAD_COMPLETE, 16, "127.0.0.9" },
  { "unknown-family", BYTES (SIGNATURE "\x21\0\0\0"), CONFABD_HEAD_COMPLETE, 16, "127.0.0.9" },
  { "too-short-for-tcp4", BYTES (SIGNATURE "\x21\x11\0\x04\xc0\0\x02\x01"), CONFABD_HEAD_COMPLETE, 20, "127.0.0.9" },
  { "nothing", BYTES (""), CONFABD_HEAD_INCOMPLETE, 0, NULL },
  { "half-signature", BYTES ("\r\n\r\n\0\r"), CONFABD_HEAD_INCOMPLETE, 0, NULL },
  { "half-addresses", BYTES (SIGNATURE "\x21\x11\0\x0c\xc0\0\x02\x01"), CONFABD_HEAD_INCOMPLETE, 0, NULL },
  { "http", BYTES ("GET / HTTP/1.1\r\n"), CONFABD_HEAD_REFUSED, 0, NULL },
  { "version-1", BYTES ("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"), CONFABD_HEAD_REFUSED, 0, NULL },
  { "version-3", BYTES (SIGNATURE "\x31\x11\0\x0c"), CONFABD_HEAD_REFUSED, 0, NULL },
  { "unknown-command", BYTES (SIGNATURE "\x22\x11\0\x0c"), CONFABD_HEAD_REFUSED, 0, NULL },
  { "endless", BYTES (SIGNATURE "\x21\x11\xff\xff"), CONFABD_HEAD_REFUSED, 0, NULL },
};
/* clang-format on */

static void
test_case (gconstpointer data)
{
  const Case *expected = data;
  g_autofree char *bytes = g_memdup2 (expected->bytes, MAX (expected->length, 1));
  g_autoptr (GInetAddress) proxy = g_inet_address_new_from_string ("127.0.0.9");
  ConfabdPeer peer = { 0 };
  ConfabdRefusal refusal = { 0 };
  gsize size = 0;

  confabd_peer_set_inet (&peer, proxy);
  g_assert_cmpint (confabd_proxy_header_parse (bytes, expected->length, &size, &peer, &refusal), ==,
                   expected->result);
  g_assert_cmpuint (size, ==, expected->size);
  g_assert_cmpuint (refusal.status, ==, expected->result == CONFABD_HEAD_REFUSED ? 400 : 0);
  if (expected->peer != NULL) {
    g_autoptr (GInetAddress) address = confabd_peer_to_inet (&peer);
    g_autofree char *text = g_inet_address_to_string (address);

    g_assert_cmpstr (text, ==, expected->peer);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/proxy-header/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  return g_test_run ();
}
