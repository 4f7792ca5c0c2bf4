/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-sdp"

#include "config.h"

#include <string.h>

#include "confab-audio-candidate.h"
#include "confab-audio-sdp.h"
#include "confab-error.h"

/* What webrtcbin would take without a word and then leak for, crash on or wait for ever with, is
 * refused here, before it sees the description. */
struct _ConfabAudioSdp {
  GstSDPMessage *message; /* (owned) */
  char *fingerprint;      /* (owned) 32 upper-case pairs */
  guint payload_type;     /* of Opus */
};

#define FINGERPRINT_CHARS (32 * 3 - 1)

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError **error, const char *format, ...)
{
  g_autofree char *reason = NULL;
  va_list args;

  va_start (args, format);
  reason = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_MEDIA_FAILED,
               "The other side described its sound in a way we do not accept: %s", reason);
  return FALSE;
}

/* An attribute may stand at the session or at its one medium; twice is as wrong as never. */
static const char *
find_single (const GstSDPMessage *message, const char *name)
{
  const GstSDPMedia *media = gst_sdp_message_get_media (message, 0);
  const char *of_session = gst_sdp_message_get_attribute_val_n (message, name, 0);
  const char *of_media = gst_sdp_media_get_attribute_val_n (media, name, 0);

  if (of_session != NULL && of_media != NULL)
    return NULL;
  if (gst_sdp_message_get_attribute_val_n (message, name, 1) != NULL ||
      gst_sdp_media_get_attribute_val_n (media, name, 1) != NULL)
    return NULL;
  return of_media != NULL ? of_media : of_session;
}

static gboolean
check_length (const GstSDPMessage *message, const char *name, gsize min, gsize max, GError **error)
{
  const char *value = find_single (message, name);

  if (value == NULL || strlen (value) < min || strlen (value) > max)
    return refuse (error, "not exactly one usable “%s”", name);
  return TRUE;
}

static char *
normalize_fingerprint (const char *value)
{
  g_autofree char *digits = NULL;

  if (value == NULL || g_ascii_strncasecmp (value, "sha-256 ", 8) != 0)
    return NULL;
  digits = g_ascii_strup (value + 8, -1);
  if (strlen (digits) != FINGERPRINT_CHARS)
    return NULL;
  for (guint i = 0; i < FINGERPRINT_CHARS; i++) {
    if (i % 3 == 2 ? digits[i] != ':' : !g_ascii_isxdigit (digits[i]))
      return NULL;
  }
  return g_steal_pointer (&digits);
}

static gboolean
has_format (const GstSDPMedia *media, guint payload_type)
{
  for (guint i = 0; i < gst_sdp_media_formats_len (media); i++) {
    guint64 format = 0;

    if (g_ascii_string_to_unsigned (gst_sdp_media_get_format (media, i), 10, 0, 127, &format,
                                    NULL) &&
        format == payload_type)
      return TRUE;
  }
  return FALSE;
}

/* a=rtpmap:111 opus/48000/2 */
static gboolean
find_opus (const GstSDPMedia *media, guint *payload_type)
{
  const char *value = NULL;

  for (guint i = 0; (value = gst_sdp_media_get_attribute_val_n (media, "rtpmap", i)) != NULL; i++) {
    g_auto (GStrv) words = g_strsplit (value, " ", 2);
    guint64 number = 0;

    if (words[0] == NULL || words[1] == NULL ||
        !g_ascii_string_to_unsigned (words[0], 10, 0, 127, &number, NULL))
      continue;
    g_strstrip (words[1]);
    if (g_ascii_strcasecmp (words[1], "opus/48000/2") == 0 && has_format (media, (guint) number)) {
      *payload_type = (guint) number;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
check_setup (const GstSDPMessage *message, GError **error)
{
  const char *setup = find_single (message, "setup");

  if (g_strcmp0 (setup, "actpass") == 0 || g_strcmp0 (setup, "active") == 0 ||
      g_strcmp0 (setup, "passive") == 0)
    return TRUE;
  return refuse (error, "not exactly one usable “setup”");
}

static gboolean
check_media (const GstSDPMessage *message, GError **error)
{
  const GstSDPMedia *media = NULL;

  if (gst_sdp_message_medias_len (message) != 1)
    return refuse (error, "%u media instead of one", gst_sdp_message_medias_len (message));
  media = gst_sdp_message_get_media (message, 0);
  if (g_strcmp0 (gst_sdp_media_get_media (media), "audio") != 0)
    return refuse (error, "its medium is not audio");
  if (gst_sdp_media_get_port (media) == 0)
    return refuse (error, "its audio is switched off");
  return TRUE;
}

/* RFC 8839, section 5.4: ufrag 4..256, password 22..256 characters. */
static gboolean
check (ConfabAudioSdp *self, GError **error)
{
  const GstSDPMedia *media = NULL;

  if (!check_media (self->message, error) || !check_setup (self->message, error) ||
      !check_length (self->message, "ice-ufrag", 4, 256, error) ||
      !check_length (self->message, "ice-pwd", 22, 256, error) ||
      !check_length (self->message, "mid", 1, 32, error))
    return FALSE;
  media = gst_sdp_message_get_media (self->message, 0);
  self->fingerprint = normalize_fingerprint (find_single (self->message, "fingerprint"));
  if (self->fingerprint == NULL)
    return refuse (error, "not exactly one SHA-256 fingerprint");
  if (!find_opus (media, &self->payload_type))
    return refuse (error, "no Opus");
  return TRUE;
}

/* Candidates inside the description are held to the same rules as those that trickle. */
static void
drop_unusable_candidates (GstSDPMessage *message)
{
  GstSDPMedia *media = (GstSDPMedia *) gst_sdp_message_get_media (message, 0);
  guint kept = 0;
  guint i = 0;

  while (i < gst_sdp_media_attributes_len (media)) {
    const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (media, i);

    if (g_strcmp0 (attribute->key, "candidate") != 0) {
      i++;
    } else if (kept < CONFAB_AUDIO_MAX_CANDIDATES &&
               confab_audio_candidate_is_usable (attribute->value)) {
      kept++;
      i++;
    } else {
      gst_sdp_media_remove_attribute (media, i);
    }
  }
}

/**
 * confab_audio_sdp_new:
 * @text: (nullable): an offer or an answer of somebody else
 * @error: return location for a #GError
 *
 * Accepts what Confab's contract allows and nothing else: at most %CONFAB_AUDIO_SDP_MAX_BYTES, one
 * medium, which is audio with Opus at 48 kHz, one SHA-256 fingerprint, one ufrag, password, setup
 * role and mid. Fails with %CONFAB_ERROR_MEDIA_FAILED.
 *
 * Source: RFC 8829 (JSEP), RFC 8839, RFC 8122.
 *
 * Returns: (transfer full): the description
 */
ConfabAudioSdp *
confab_audio_sdp_new (const char *text, GError **error)
{
  g_autoptr (ConfabAudioSdp) self = g_new0 (ConfabAudioSdp, 1);

  if (text == NULL || *text == '\0') {
    refuse (error, "it is empty");
    return NULL;
  }
  if (strlen (text) > CONFAB_AUDIO_SDP_MAX_BYTES) {
    refuse (error, "it is longer than %u bytes", CONFAB_AUDIO_SDP_MAX_BYTES);
    return NULL;
  }
  if (gst_sdp_message_new_from_text (text, &self->message) != GST_SDP_OK) {
    refuse (error, "it is no SDP");
    return NULL;
  }
  if (!check (self, error))
    return NULL;
  drop_unusable_candidates (self->message);
  return g_steal_pointer (&self);
}

void
confab_audio_sdp_free (ConfabAudioSdp *self)
{
  g_clear_pointer (&self->message, gst_sdp_message_free);
  g_free (self->fingerprint);
  g_free (self);
}

const GstSDPMessage *
confab_audio_sdp_get_message (ConfabAudioSdp *self)
{
  return self->message;
}

const char *
confab_audio_sdp_get_fingerprint (ConfabAudioSdp *self)
{
  return self->fingerprint;
}

guint
confab_audio_sdp_get_payload_type (ConfabAudioSdp *self)
{
  return self->payload_type;
}

/* a=fmtp:111 minptime=10;useinbandfec=1 */
static const char *
find_parameters (ConfabAudioSdp *self)
{
  const GstSDPMedia *media = gst_sdp_message_get_media (self->message, 0);
  g_autofree char *start = g_strdup_printf ("%u ", self->payload_type);
  const char *value = NULL;

  for (guint i = 0; (value = gst_sdp_media_get_attribute_val_n (media, "fmtp", i)) != NULL; i++)
    if (g_str_has_prefix (value, start))
      return value + strlen (start);
  return "";
}

/**
 * confab_audio_sdp_get_least_frame_ms:
 * @self: a description
 *
 * How short our packets to the other side may be. Who does not say so gets what everybody takes:
 * aiortc 1.4 throws away whatever is not 20 ms.
 *
 * Source: RFC 7587, section 6.1: `minptime`, and the default of `ptime`.
 *
 * Returns: 10 or 20 ms
 */
guint
confab_audio_sdp_get_least_frame_ms (ConfabAudioSdp *self)
{
  g_auto (GStrv) parameters = g_strsplit (find_parameters (self), ";", -1);

  for (guint i = 0; parameters[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (parameters[i], "=", 2);
    guint64 minptime_ms = 0;

    if (pair[0] != NULL && pair[1] != NULL && g_str_equal (g_strstrip (pair[0]), "minptime") &&
        g_ascii_string_to_unsigned (g_strstrip (pair[1]), 10, 3, 120, &minptime_ms, NULL))
      return minptime_ms <= 10 ? 10 : 20;
  }
  return 20;
}
