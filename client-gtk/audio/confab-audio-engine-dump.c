/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-engine"

#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "confab-audio-engine-private.h"
#include "confab-audio-member.h"
#include "confab-error.h"

/* Properties and capabilities stay out: the private key of the certificate, the keys of SRTP and
 * the passwords of relays are among them. */
#define DETAILS (GST_DEBUG_GRAPH_SHOW_MEDIA_TYPE | GST_DEBUG_GRAPH_SHOW_STATES)

static gboolean
write_dot (const char *data, const char *folder, const char *name, GError **error)
{
  g_autofree char *file = g_strconcat (name, ".dot", NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autoptr (GError) cause = NULL;

  if (g_file_set_contents (path, data, -1, &cause))
    return TRUE;
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_FILE, "%s", cause->message);
  return FALSE;
}

static gboolean
dump_stream (ConfabAudioStream *stream, const char *folder, const char *name, GError **error)
{
  g_autofree char *data = stream != NULL ? confab_audio_stream_draw (stream) : NULL;

  return data == NULL || write_dot (data, folder, name, error);
}

static gboolean
dump_pipeline (GstElement *pipeline, const char *folder, const char *name, GError **error)
{
  g_autofree char *data = NULL;

  if (pipeline == NULL)
    return TRUE;
  data = gst_debug_bin_to_dot_data (GST_BIN (pipeline), DETAILS);
  if (data != NULL)
    return write_dot (data, folder, name, error);
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_MEDIA_FAILED,
               "This GStreamer cannot draw pipelines");
  return FALSE;
}

static gboolean
dump_devices (ConfabAudioEngine *self, const char *folder, GError **error)
{
  ConfabAudioDevicePipeline *devices = confab_audio_engine_get_devices (self);
  ConfabAudioStream *microphone = NULL;
  ConfabAudioStream *speaker = NULL;

  if (devices == NULL) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_MEDIA_FAILED, "GStreamer does not work here");
    return FALSE;
  }
  confab_audio_device_pipeline_get_streams (devices, &microphone, &speaker);
  return dump_stream (microphone, folder, "capture", error) &&
         dump_stream (speaker, folder, "playback", error);
}

/* The id is what a server says: it becomes a file name, not a path. */
static gboolean
dump_member (const char *id, ConfabAudioMember *member, const char *folder, GError **error)
{
  ConfabAudioPeer *peer =
      confab_audio_generations_get_best (confab_audio_member_get_generations (member));
  g_autofree char *name = g_strconcat ("peer-", id, NULL);

  g_strcanon (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_", '_');
  return dump_pipeline (peer != NULL ? confab_audio_peer_get_pipeline (peer) : NULL, folder, name,
                        error);
}

/**
 * confab_audio_engine_dump_dot:
 * @self: the engine
 * @folder: where the files go; made when it is not there
 * @error: return location for a #GError
 *
 * Draws what there is now, for Graphviz: capture.dot and playback.dot while a microphone and a
 * speaker are open, and peer-ID.dot for each participant with a connection. Files
 * that are there are replaced. Elements, links, media types and states are drawn, and no secrets.
 *
 * Fails with %CONFAB_ERROR_BAD_FILE, and with %CONFAB_ERROR_MEDIA_FAILED where there is nothing to
 * draw or to draw with; some of the files may have been written then.
 */
gboolean
confab_audio_engine_dump_dot (ConfabAudioEngine *self, const char *folder, GError **error)
{
  GHashTableIter iter;
  gpointer id = NULL;
  gpointer member = NULL;

  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (self), FALSE);
  if (g_mkdir_with_parents (folder, 0700) != 0) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_FILE, "The folder “%s” cannot be made: %s",
                 folder, g_strerror (errno));
    return FALSE;
  }
  if (!dump_devices (self, folder, error))
    return FALSE;
  g_hash_table_iter_init (&iter, confab_audio_engine_get_members (self));
  while (g_hash_table_iter_next (&iter, &id, &member))
    if (!dump_member (id, member, folder, error))
      return FALSE;
  return TRUE;
}
