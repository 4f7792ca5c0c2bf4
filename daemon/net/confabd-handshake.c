/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "confabd-handshake.h"

#define KEY_BYTES 16

/* RFC 6455 §1.3 */
#define HANDSHAKE_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

static gboolean
refuse (ConfabdRefusal *refusal, guint status, ConfabError code, const char *detail)
{
  *refusal = (ConfabdRefusal){ status, code, detail };
  return FALSE;
}

static gboolean
is_key (const char *text)
{
  g_autofree guchar *key = NULL;
  gsize length = 0;

  if (text == NULL || strlen (text) != 24 ||
      strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                    "0123456789+/") != 22)
    return FALSE;
  key = g_base64_decode (text, &length);
  return length == KEY_BYTES;
}

/**
 * confabd_handshake_check:
 * @head: a request for which confabd_head_wants_websocket () is true
 * @protocol: (nullable): the sub-protocol that the client has to offer
 * @refusal: (out caller-allocates): why not
 *
 * Refuses with 400 what is no handshake, and with 426 a version other than 13. Extensions the
 * client offers are no reason: they are just not accepted, so that nothing is ever inflated here.
 * Source: RFC 6455 §4.2.
 *
 * Returns: whether the handshake can be answered
 */
gboolean
confabd_handshake_check (ConfabdHead *head, const char *protocol, ConfabdRefusal *refusal)
{
  const char *version = confabd_head_get_field (head, "sec-websocket-version");

  if (!g_str_equal (confabd_head_get_method (head), "GET") ||
      confabd_head_get_minor_version (head) == 0 || confabd_head_get_content_length (head) > 0)
    return refuse (refusal, 400, CONFAB_ERROR_BAD_REQUEST,
                   "A WebSocket begins with GET, HTTP/1.1 and no body.");
  if (g_strcmp0 (version, "13") != 0)
    return refuse (refusal, 426, CONFAB_ERROR_UNSUPPORTED,
                   "Only version 13 of WebSocket is spoken here.");
  if (!is_key (confabd_head_get_field (head, "sec-websocket-key")))
    return refuse (refusal, 400, CONFAB_ERROR_BAD_REQUEST,
                   "The Sec-WebSocket-Key is not 16 bytes in base64.");
  if (protocol != NULL && !confabd_head_has_token (head, "sec-websocket-protocol", protocol))
    return refuse (refusal, 400, CONFAB_ERROR_UNSUPPORTED,
                   "The client does not offer the sub-protocol that is spoken here.");
  return TRUE;
}

/**
 * confabd_handshake_accept:
 * @head: a request that confabd_handshake_check () found good
 * @protocol: (nullable): the sub-protocol that was asked for there
 *
 * Returns: (transfer full): the answer, head and empty line
 */
char *
confabd_handshake_accept (ConfabdHead *head, const char *protocol)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *accept = NULL;
  guint8 digest[20];
  gsize length = sizeof digest;

  g_checksum_update (checksum, (const guchar *) confabd_head_get_field (head, "sec-websocket-key"),
                     -1);
  g_checksum_update (checksum, (const guchar *) HANDSHAKE_GUID, -1);
  g_checksum_get_digest (checksum, digest, &length);
  accept = g_base64_encode (digest, length);

  return g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\n"
                          "Upgrade: websocket\r\n"
                          "Connection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: %s\r\n"
                          "%s%s%s\r\n",
                          accept, protocol != NULL ? "Sec-WebSocket-Protocol: " : "",
                          protocol != NULL ? protocol : "", protocol != NULL ? "\r\n" : "");
}
