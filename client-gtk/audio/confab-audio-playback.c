/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-playback"

#include "config.h"

#include <gst/app/app.h>

#include "confab-audio-device-delay.h"
#include "confab-audio-format.h"
#include "confab-audio-playback.h"

#define BUFFER_US  20000 /* as the capture */
#define LATENCY_US 10000
#define MIN_PULLS  3 /* the first buffers are pulled before the stream is open */

#define RAW_CAPS                                                          \
  "audio/x-raw, format=(string)S16LE, rate=(int)48000, channels=(int)1, " \
  "layout=(string)interleaved"

struct _ConfabAudioPlayback {
  const ConfabAudioParts *parts; /* (unowned) outlives it */
  GstBin *pipeline;              /* (unowned) the device pipeline, outlives it */
  GstElement *bin;               /* (owned) (nullable) NULL: closed */
  GstElement *device;            /* (unowned) (nullable) the speaker in bin */
  ConfabAudioDeviceDelay delay;
  gint n_pulls; /* (atomic) since the last question */
};

/* The sound card's thread: there is room for one tick more. */
static void
on_need_data (GstAppSrc *source, guint size, gpointer user_data)
{
  ConfabAudioPlayback *self = user_data;
  gsize tick_bytes = CONFAB_AUDIO_TICK_SAMPLES * sizeof (gint16);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, tick_bytes, NULL);
  GstMapInfo map;

  confab_audio_device_delay_note_sink (&self->delay, self->device);
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  confab_audio_mixer_mix (self->parts->mixer, (gint16 *) (gpointer) map.data,
                          CONFAB_AUDIO_TICK_SAMPLES, g_get_monotonic_time ());
  confab_audio_voice_take_played (self->parts->voice, (const gint16 *) (gconstpointer) map.data,
                                  CONFAB_AUDIO_TICK_SAMPLES);
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = gst_clock_get_time (self->parts->clock) - self->parts->base_time;
  GST_BUFFER_DURATION (buffer) =
      gst_util_uint64_scale (CONFAB_AUDIO_TICK_SAMPLES, GST_SECOND, CONFAB_AUDIO_RATE);
  g_atomic_int_inc (&self->n_pulls);
  gst_app_src_push_buffer (source, buffer);
}

static GstElement *
make_source (ConfabAudioPlayback *self)
{
  GstElement *source = gst_element_factory_make ("appsrc", NULL);
  g_autoptr (GstCaps) caps = gst_caps_from_string (RAW_CAPS);
  GstAppSrcCallbacks callbacks = { .need_data = on_need_data };

  g_object_set (source, "is-live", TRUE, "format", GST_FORMAT_TIME, "min-latency", (gint64) 0,
                "max-bytes", (guint64) 0, "max-buffers", (guint64) 0, "max-time", (guint64) 0,
                "caps", caps, NULL);
  gst_app_src_set_callbacks (GST_APP_SRC (source), &callbacks, self, NULL);
  return source;
}

static GstElement *
make_sink (const char *device)
{
  GstElement *sink = gst_element_factory_make ("pulsesink", NULL);

  /* sync=false: the card asks when it has room. With sync the same chain takes 110 ms, not 53. */
  if (sink != NULL)
    g_object_set (sink, "device", device, "client-name", "Confab", "provide-clock", FALSE, "sync",
                  FALSE, "async", FALSE, "buffer-time", (gint64) BUFFER_US, "latency-time",
                  (gint64) LATENCY_US, NULL);
  return sink;
}

/**
 * confab_audio_playback_open_device:
 * @self: a closed playback
 * @device: (nullable): of the sound server; %NULL for its default
 *
 * Opens a speaker. Most errors come later, as a message of the pipeline.
 *
 * Returns: whether it could be begun; if not the playback is closed
 */
gboolean
confab_audio_playback_open_device (ConfabAudioPlayback *self, const char *device)
{
  GstElement *sink = make_sink (device);
  GstElement *source = NULL;

  if (sink == NULL)
    return FALSE;
  g_atomic_int_set (&self->n_pulls, 0);
  self->device = sink;
  confab_audio_device_delay_forget (&self->delay, TRUE);
  source = make_source (self);
  self->bin = gst_object_ref_sink (gst_bin_new ("playback"));
  gst_bin_add_many (GST_BIN (self->bin), source, sink, NULL);
  gst_element_link (source, sink);
  gst_bin_add (self->pipeline, self->bin);
  if (gst_element_sync_state_with_parent (self->bin))
    return TRUE;
  confab_audio_playback_close (self);
  return FALSE;
}

/**
 * confab_audio_playback_close:
 * @self: the playback, open or not
 *
 * Returns when its threads have ended.
 */
void
confab_audio_playback_close (ConfabAudioPlayback *self)
{
  if (self->bin == NULL)
    return;
  gst_element_set_locked_state (self->bin, TRUE);
  gst_element_set_state (self->bin, GST_STATE_NULL);
  gst_bin_remove (self->pipeline, self->bin);
  gst_clear_object (&self->bin);
  self->device = NULL;
  confab_audio_device_delay_forget (&self->delay, FALSE);
}

gboolean
confab_audio_playback_owns (ConfabAudioPlayback *self, GstObject *object)
{
  return self->bin != NULL && gst_object_has_as_ancestor (object, GST_OBJECT (self->bin));
}

/**
 * confab_audio_playback_is_flowing:
 * @self: the playback
 *
 * Returns: whether the speaker has taken sound since this was asked last
 */
gboolean
confab_audio_playback_is_flowing (ConfabAudioPlayback *self)
{
  return g_atomic_int_exchange (&self->n_pulls, 0) >= MIN_PULLS;
}

/**
 * confab_audio_playback_get_delay_ms:
 * @self: the playback
 *
 * Returns: how long sound takes from us to the speaker; 0 without one, negative: not known
 */
double
confab_audio_playback_get_delay_ms (ConfabAudioPlayback *self)
{
  return confab_audio_device_delay_get_ms (&self->delay);
}

ConfabAudioPlayback *
confab_audio_playback_new (const ConfabAudioParts *parts, GstBin *pipeline)
{
  ConfabAudioPlayback *self = g_new0 (ConfabAudioPlayback, 1);

  self->parts = parts;
  self->pipeline = pipeline;
  return self;
}

void
confab_audio_playback_free (ConfabAudioPlayback *self)
{
  confab_audio_playback_close (self);
  g_free (self);
}
