/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-certificate"

#include "config.h"

#include <string.h>

#include "confab-audio-certificate.h"

#define PEM_BEGIN    "-----BEGIN CERTIFICATE-----"
#define PEM_END      "-----END CERTIFICATE-----"
#define SHA256_BYTES 32

/**
 * confab_audio_certificate_fingerprint:
 * @pem: (nullable): one certificate in PEM, as a DTLS transport shows it
 *
 * The SHA-256 of the certificate's DER in the notation of SDP: 32 pairs of upper-case hexadecimal
 * digits with colons between. Safe to call from any thread. Source: RFC 8122, section 5.
 *
 * Returns: (transfer full) (nullable): the fingerprint, or %NULL when @pem holds no certificate
 */
char *
confab_audio_certificate_fingerprint (const char *pem)
{
  const char *begin = pem != NULL ? strstr (pem, PEM_BEGIN) : NULL;
  const char *end = begin != NULL ? strstr (begin, PEM_END) : NULL;
  g_autofree char *base64 = NULL;
  g_autofree guchar *der = NULL;
  g_autoptr (GChecksum) checksum = NULL;
  g_autoptr (GString) text = NULL;
  guint8 digest[SHA256_BYTES];
  gsize digest_size = sizeof digest;
  gsize der_size = 0;

  if (end == NULL)
    return NULL;
  begin += strlen (PEM_BEGIN);
  base64 = g_strndup (begin, (gsize) (end - begin));
  der = g_base64_decode (base64, &der_size);
  if (der_size == 0)
    return NULL;

  checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (checksum, der, (gssize) der_size);
  g_checksum_get_digest (checksum, digest, &digest_size);
  text = g_string_sized_new (3 * SHA256_BYTES);
  for (gsize i = 0; i < digest_size; i++)
    g_string_append_printf (text, i == 0 ? "%02X" : ":%02X", digest[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
