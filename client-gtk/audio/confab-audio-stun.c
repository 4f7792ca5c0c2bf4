/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-stun"

#include "config.h"

#include <string.h>

#include "confab-audio-stun.h"

#define MAGIC_COOKIE    0x2112a442
#define CLASS_SUCCESS   0x0100
#define CLASS_ERROR     0x0110
#define ID_BYTES        12
#define INTEGRITY_BYTES 20
#define TRANSPORT_UDP   17
#define MAX_TEXT_BYTES \
  763 /* of realm and nonce: 127 characters of up to six bytes, RFC 8489, 14.9 */

typedef enum {
  USERNAME = 0x0006,
  MESSAGE_INTEGRITY = 0x0008,
  ERROR_CODE = 0x0009,
  LIFETIME = 0x000d,
  REALM = 0x0014,
  NONCE = 0x0015,
  REQUESTED_TRANSPORT = 0x0019,
} Attribute;

/* ---- writing ---- */

static void
put16 (GByteArray *message, guint value)
{
  guint16 bytes = GUINT16_TO_BE ((guint16) value);

  g_byte_array_append (message, (const guint8 *) &bytes, sizeof bytes);
}

static void
put32 (GByteArray *message, guint32 value)
{
  guint32 bytes = GUINT32_TO_BE (value);

  g_byte_array_append (message, (const guint8 *) &bytes, sizeof bytes);
}

static void
put_attribute (GByteArray *message, Attribute type, gconstpointer value, gsize size)
{
  static const guint8 padding[4] = { 0 };

  put16 (message, type);
  put16 (message, (guint) size);
  g_byte_array_append (message, value, (guint) size);
  g_byte_array_append (message, padding, (guint) (-size & 3));
}

static void
put_text (GByteArray *message, Attribute type, const char *text)
{
  put_attribute (message, type, text, strlen (text));
}

static void
set_length (GByteArray *message, gsize size)
{
  message->data[2] = (guint8) (size >> 8);
  message->data[3] = (guint8) size;
}

/* The key is MD5 of "user:realm:password"; the length in front already counts the attribute.
 * Source: RFC 8489, sections 9.2.2 and 14.5. */
static void
put_integrity (GByteArray *message, const ConfabAudioStunLogin *login)
{
  g_autofree char *text = g_strjoin (":", login->username, login->realm, login->password, NULL);
  g_autoptr (GChecksum) md5 = g_checksum_new (G_CHECKSUM_MD5);
  g_autoptr (GHmac) hmac = NULL;
  guint8 key[16];
  guint8 digest[INTEGRITY_BYTES];
  gsize key_size = sizeof key;
  gsize digest_size = sizeof digest;

  g_checksum_update (md5, (const guchar *) text, -1);
  g_checksum_get_digest (md5, key, &key_size);
  set_length (message, message->len - CONFAB_AUDIO_STUN_HEAD_BYTES + 4 + INTEGRITY_BYTES);
  hmac = g_hmac_new (G_CHECKSUM_SHA1, key, key_size);
  g_hmac_update (hmac, message->data, message->len);
  g_hmac_get_digest (hmac, digest, &digest_size);
  put_attribute (message, MESSAGE_INTEGRITY, digest, sizeof digest);
}

/**
 * confab_audio_stun_request:
 * @method: what to ask for
 * @lifetime_s: of the place, in seconds; 0 gives it back
 * @login: who asks; without a realm: nobody yet, to learn realm and nonce
 *
 * Returns: (transfer full): a request with a transaction id of its own
 */
GByteArray *
confab_audio_stun_request (ConfabAudioStunMethod method,
                           guint32 lifetime_s,
                           const ConfabAudioStunLogin *login)
{
  GByteArray *message = g_byte_array_new ();
  const guint8 udp[4] = { TRANSPORT_UDP };
  guint32 lifetime = GUINT32_TO_BE (lifetime_s);

  put16 (message, method);
  put16 (message, 0);
  put32 (message, MAGIC_COOKIE);
  for (guint i = 0; i < ID_BYTES / 4; i++)
    put32 (message, g_random_int ());
  if (method == CONFAB_AUDIO_STUN_ALLOCATE)
    put_attribute (message, REQUESTED_TRANSPORT, udp, sizeof udp);
  put_attribute (message, LIFETIME, &lifetime, sizeof lifetime);
  if (login->realm != NULL && login->nonce != NULL) {
    put_text (message, USERNAME, login->username);
    put_text (message, REALM, login->realm);
    put_text (message, NONCE, login->nonce);
    put_integrity (message, login);
  } else {
    set_length (message, message->len - CONFAB_AUDIO_STUN_HEAD_BYTES);
  }
  return message;
}

/* ---- reading ---- */

static guint
get16 (const guint8 *data)
{
  return (guint) data[0] << 8 | data[1];
}

static void
take_text (char **field, const guint8 *value, gsize size)
{
  if (size > MAX_TEXT_BYTES || memchr (value, '\0', size) != NULL)
    return;
  g_free (*field);
  *field = g_strndup ((const char *) value, size);
}

static void
take_attribute (ConfabAudioStunReply *reply, guint type, const guint8 *value, gsize size)
{
  if (type == ERROR_CODE && size >= 4)
    reply->error_code = (value[2] & 7u) * 100 + value[3] % 100u;
  else if (type == REALM)
    take_text (&reply->realm, value, size);
  else if (type == NONCE)
    take_text (&reply->nonce, value, size);
}

/**
 * confab_audio_stun_parse_reply:
 * @data: (array length=size): one whole message from the network
 * @size: its bytes
 * @request: what it should answer
 * @reply: (out caller-allocates): what it says, to be cleared when this returns %TRUE
 *
 * Returns: whether it is a whole answer to @request
 */
gboolean
confab_audio_stun_parse_reply (const guint8 *data,
                               gsize size,
                               const guint8 *request,
                               ConfabAudioStunReply *reply)
{
  guint kind = 0;
  gsize at = CONFAB_AUDIO_STUN_HEAD_BYTES;

  memset (reply, 0, sizeof *reply);
  if (size < CONFAB_AUDIO_STUN_HEAD_BYTES || size > CONFAB_AUDIO_STUN_MAX_BYTES ||
      get16 (data + 2) != size - CONFAB_AUDIO_STUN_HEAD_BYTES ||
      memcmp (data + 4, request + 4, 4 + ID_BYTES) != 0)
    return FALSE;
  kind = get16 (data);
  if ((kind & ~(guint) CLASS_ERROR) != get16 (request) || (kind & CLASS_SUCCESS) == 0)
    return FALSE;
  reply->is_success = (kind & CLASS_ERROR) == CLASS_SUCCESS;
  while (at + 4 <= size) {
    gsize length = get16 (data + at + 2);

    if (at + 4 + length > size)
      break;
    take_attribute (reply, get16 (data + at), data + at + 4, length);
    at += 4 + ((length + 3) & ~(gsize) 3);
  }
  return TRUE;
}

void
confab_audio_stun_reply_clear (ConfabAudioStunReply *reply)
{
  g_clear_pointer (&reply->realm, g_free);
  g_clear_pointer (&reply->nonce, g_free);
}
