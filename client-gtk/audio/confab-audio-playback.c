/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-playback"

#include "config.h"

#include <gst/app/app.h>

#include "confab-audio-device-delay.h"
#include "confab-audio-format.h"
#include "confab-audio-playback.h"
#include "confab-audio-stage.h"

#define MIN_PULLS 3 /* the first buffers are pulled before the stream is open */

#define RAW_CAPS                                                          \
  "audio/x-raw, format=(string)S16LE, rate=(int)48000, channels=(int)1, " \
  "layout=(string)interleaved"

struct _ConfabAudioPlayback {
  const ConfabAudioParts *parts; /* (unowned) outlives it */
  ConfabAudioPlaybackErrorFunc func;
  gpointer user_data;              /* (unowned) outlives it */
  ConfabAudioStage *stage;         /* (owned) (nullable) NULL: closed */
  GstElement *device;              /* (unowned) (nullable) the speaker on the stage */
  ConfabAudioDelayMode delay_mode; /* of the next device */
  ConfabAudioDeviceDelay delay;
  gint n_pulls; /* (atomic) since the last question */
};

static GstBuffer *
mix_tick (ConfabAudioPlayback *self)
{
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
  return buffer;
}

/* The sound card's thread: there is room for one tick more. */
static void
on_need_data (GstAppSrc *source, guint size, gpointer user_data)
{
  ConfabAudioStage *stage = user_data;
  ConfabAudioPlayback *self = confab_audio_stage_enter (stage);
  GstBuffer *tick = self != NULL ? mix_tick (self) : NULL;

  confab_audio_stage_leave (stage);
  if (tick != NULL)
    gst_app_src_push_buffer (source, tick);
}

static void
on_error (const GError *cause, gpointer user_data)
{
  ConfabAudioPlayback *self = user_data;

  self->func (cause, self->user_data);
}

static GstElement *
make_source (ConfabAudioStage *stage)
{
  GstElement *source = gst_element_factory_make ("appsrc", NULL);
  g_autoptr (GstCaps) caps = gst_caps_from_string (RAW_CAPS);
  GstAppSrcCallbacks callbacks = { .need_data = on_need_data };

  g_object_set (source, "is-live", TRUE, "format", GST_FORMAT_TIME, "min-latency", (gint64) 0,
                "max-bytes", (guint64) 0, "max-buffers", (guint64) 0, "max-time", (guint64) 0,
                "caps", caps, NULL);
  gst_app_src_set_callbacks (GST_APP_SRC (source), &callbacks, confab_audio_stage_ref (stage),
                             confab_audio_stage_unref);
  return source;
}

static GstElement *
make_sink (const char *device, ConfabAudioDelayMode mode)
{
  GstElement *sink = gst_element_factory_make ("pulsesink", NULL);

  /* sync=false: the card asks when it has room. With sync the same chain takes 110 ms, not 53. */
  if (sink != NULL)
    g_object_set (sink, "device", device, "client-name", "Confab", "provide-clock", FALSE, "sync",
                  FALSE, "async", FALSE, "buffer-time",
                  confab_audio_delay_mode_get_buffer_us (mode), "latency-time",
                  confab_audio_delay_mode_get_latency_us (mode), NULL);
  return sink;
}

/**
 * confab_audio_playback_set_delay_mode:
 * @self: the playback
 * @mode: of devices that are opened from now on
 */
void
confab_audio_playback_set_delay_mode (ConfabAudioPlayback *self, ConfabAudioDelayMode mode)
{
  self->delay_mode = mode;
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
  GstElement *sink = make_sink (device, self->delay_mode);
  GstElement *source = NULL;

  if (sink == NULL)
    return FALSE;
  g_atomic_int_set (&self->n_pulls, 0);
  self->device = sink;
  confab_audio_device_delay_forget (&self->delay, TRUE);
  self->stage = confab_audio_stage_new (self->parts, "playback", on_error, self);
  source = make_source (self->stage);
  gst_bin_add_many (confab_audio_stage_get_bin (self->stage), source, sink, NULL);
  gst_element_link (source, sink);
  if (confab_audio_stage_play (self->stage))
    return TRUE;
  confab_audio_playback_close (self);
  return FALSE;
}

/**
 * confab_audio_playback_close:
 * @self: the playback, open or not
 *
 * Once this returns, the mixer is not pulled any more.
 */
void
confab_audio_playback_close (ConfabAudioPlayback *self)
{
  g_clear_pointer (&self->stage, confab_audio_stage_close);
  self->device = NULL;
  confab_audio_device_delay_forget (&self->delay, FALSE);
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
 * confab_audio_playback_get_pipeline:
 * @self: the playback
 *
 * Returns: (transfer none) (nullable): what a speaker is in; %NULL while none is open
 */
GstElement *
confab_audio_playback_get_pipeline (ConfabAudioPlayback *self)
{
  return self->stage != NULL ? GST_ELEMENT (confab_audio_stage_get_bin (self->stage)) : NULL;
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
confab_audio_playback_new (const ConfabAudioParts *parts,
                           ConfabAudioPlaybackErrorFunc func,
                           gpointer user_data)
{
  ConfabAudioPlayback *self = g_new0 (ConfabAudioPlayback, 1);

  self->parts = parts;
  self->func = func;
  self->user_data = user_data;
  return self;
}

void
confab_audio_playback_free (ConfabAudioPlayback *self)
{
  confab_audio_playback_close (self);
  g_free (self);
}
