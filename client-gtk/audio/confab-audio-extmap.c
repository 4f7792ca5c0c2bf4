/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-extmap"

#include "config.h"

#include <string.h>

#include "confab-audio-extmap.h"

#define LEVEL_URI   "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
#define CAPTURE_URI "urn:x-confab:rtp-hdrext:capture-delay"
#define MAX_ID      14 /* of a one-byte header, RFC 8285, section 4.2 */

/* “1 URI”, “1/sendrecv URI”, either with attributes behind. */
static gboolean
parse (const char *value, guint *id, const char **uri)
{
  g_auto (GStrv) words = g_strsplit (value, " ", 3);
  guint64 number = 0;
  char *slash = NULL;

  if (words[0] == NULL || words[1] == NULL)
    return FALSE;
  slash = strchr (words[0], '/');
  if (slash != NULL) {
    *slash = '\0';
    if (strcmp (slash + 1, "sendrecv") != 0)
      return FALSE;
  }
  if (!g_ascii_string_to_unsigned (words[0], 10, 1, MAX_ID, &number, NULL))
    return FALSE;
  *id = (guint) number;
  *uri = strcmp (words[1], LEVEL_URI) == 0     ? LEVEL_URI
         : strcmp (words[1], CAPTURE_URI) == 0 ? CAPTURE_URI
                                               : NULL;
  return *uri != NULL;
}

/**
 * confab_audio_extmap_read:
 * @message: of the other side, with one medium
 *
 * What the other side understands of what we do. A number for two things is none for either.
 *
 * Source: RFC 8285, section 5.
 *
 * Returns: the numbers it gives them
 */
ConfabAudioExtmap
confab_audio_extmap_read (const GstSDPMessage *message)
{
  const GstSDPMedia *media = gst_sdp_message_get_media (message, 0);
  ConfabAudioExtmap self = { 0, 0 };
  const char *value = NULL;

  for (guint i = 0; (value = gst_sdp_media_get_attribute_val_n (media, "extmap", i)) != NULL; i++) {
    const char *uri = NULL;
    guint id = 0;

    if (!parse (value, &id, &uri))
      continue;
    if (strcmp (uri, LEVEL_URI) == 0)
      self.level = id;
    else
      self.capture = id;
  }
  if (self.level == self.capture)
    self = (ConfabAudioExtmap){ 0, 0 };
  return self;
}

static void
add (GstSDPMedia *media, guint id, const char *uri)
{
  g_autofree char *value = g_strdup_printf ("%u %s", id, uri);

  if (id != 0)
    gst_sdp_media_add_attribute (media, "extmap", value);
}

/**
 * confab_audio_extmap_write:
 * @self: what to offer, or what was offered to us
 * @message: ours, with one medium
 *
 * Says so in our description, and nothing else of the kind: webrtcbin answers with whatever it was
 * offered, whether it does it or not.
 */
void
confab_audio_extmap_write (const ConfabAudioExtmap *self, GstSDPMessage *message)
{
  GstSDPMedia *media = (GstSDPMedia *) gst_sdp_message_get_media (message, 0);
  guint i = 0;

  while (i < gst_sdp_media_attributes_len (media)) {
    if (g_strcmp0 (gst_sdp_media_get_attribute (media, i)->key, "extmap") == 0)
      gst_sdp_media_remove_attribute (media, i);
    else
      i++;
  }
  add (media, self->level, LEVEL_URI " vad=off");
  add (media, self->capture, CAPTURE_URI);
}
