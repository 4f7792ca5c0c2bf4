/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-certificate"

#include "config.h"

#include <gst/webrtc/webrtc.h>
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

/**
 * confab_audio_certificate_dup_shown:
 * @webrtc: a connected webrtcbin
 * @which: "certificate", that we showed, or "remote-certificate", that we were shown
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): its fingerprint, or %NULL when there is none
 */
char *
confab_audio_certificate_dup_shown (GstElement *webrtc, const char *which)
{
  g_autoptr (GstWebRTCRTPTransceiver) transceiver = NULL;
  g_autoptr (GstWebRTCRTPSender) sender = NULL;
  g_autoptr (GstWebRTCDTLSTransport) transport = NULL;
  g_autofree char *pem = NULL;

  g_signal_emit_by_name (webrtc, "get-transceiver", 0, &transceiver);
  if (transceiver != NULL)
    g_object_get (transceiver, "sender", &sender, NULL);
  if (sender != NULL)
    g_object_get (sender, "transport", &transport, NULL);
  if (transport != NULL)
    g_object_get (transport, which, &pem, NULL);
  return confab_audio_certificate_fingerprint (pem);
}
