/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-capture"

#include "config.h"

#include <gst/app/app.h>
#include <gst/audio/audio.h>
#include <math.h>

#include "confab-audio-capture.h"
#include "confab-audio-device-delay.h"
#include "confab-audio-fanout.h"
#include "confab-audio-format.h"
#include "confab-audio-stage.h"
#include "confab-audio-uplink.h"

#define PATIENCE_US   (300 * G_TIME_SPAN_MILLISECOND) /* a drop-out is shorter */
#define FEED_MAX_SKEW (500 * GST_MSECOND)             /* suspended: go on at the time it is now */

#define RAW_CAPS                                                          \
  "audio/x-raw, format=(string)S16LE, rate=(int)48000, channels=(int)1, " \
  "layout=(string)interleaved"

struct _ConfabAudioCapture {
  const ConfabAudioParts *parts; /* (unowned) outlives it */
  ConfabAudioCaptureErrorFunc func;
  gpointer user_data;              /* (unowned) outlives it */
  ConfabAudioStage *stage;         /* (owned) (nullable) while a device is open */
  ConfabAudioUplink *uplink;       /* (owned) */
  GstElement *device;              /* (unowned) (nullable) the microphone on the stage */
  ConfabAudioDelayMode delay_mode; /* of the next device */
  ConfabAudioDeviceDelay delay;
  gint n_buffers; /* (atomic) since the last question */

  /* Of the open device; guarded by the stage. */
  gint64 flowing_mono_us;  /* when it delivered last, or was opened */
  gboolean is_placed;      /* its time stamps have a place in ours */
  GstClockTimeDiff offset; /* from its time stamps to ours */

  GMutex lock;
  gboolean is_fed;        /* guarded by lock */
  GstClockTime feed_time; /* of the next sample; guarded by lock */
};

/* ---- the capture's thread ---- */

static void
on_frame (const ConfabAudioEncoderFrame *frame, gpointer user_data)
{
  ConfabAudioCapture *self = user_data;
  g_autoptr (GstBuffer) buffer = gst_buffer_new_memdup (frame->data, frame->size);
  gboolean is_speaking = FALSE;
  double level_dbov = 0;

  GST_BUFFER_PTS (buffer) = frame->time_ns;
  GST_BUFFER_DURATION (buffer) =
      gst_util_uint64_scale (frame->n_samples, GST_SECOND, CONFAB_AUDIO_RATE);
  level_dbov = confab_audio_uplink_get_level (self->uplink, &is_speaking);
  gst_buffer_add_audio_level_meta (buffer, (guint8) lround (-level_dbov), is_speaking);
  confab_audio_fanout_push (self->parts->fanout, buffer);
  confab_audio_recorder_put (
      self->parts->recorder, CONFAB_AUDIO_RECORDER_SELF, 0,
      (guint32) gst_util_uint64_scale (frame->time_ns, CONFAB_AUDIO_RATE, GST_SECOND), frame->data,
      frame->size, g_get_monotonic_time ());
}

static void
process_voice (gint16 *samples, guint n_samples, gpointer user_data)
{
  confab_audio_voice_process (user_data, samples);
}

static void
send (ConfabAudioCapture *self, const gint16 *samples, guint n_samples, GstClockTime time)
{
  /* Opus leaves silence out, but not while somebody new waits to be connected. */
  confab_audio_encoder_set_dtx (confab_audio_uplink_get_encoder (self->uplink),
                                !confab_audio_fanout_is_awaited (self->parts->fanout));
  confab_audio_uplink_feed (self->uplink, samples, n_samples, time);
}

static GstClockTime
get_time (ConfabAudioCapture *self)
{
  return gst_clock_get_time (self->parts->clock) - self->parts->base_time;
}

/* Within one device time is counted samples; from one to the next it is what the clock says. */
static GstClockTime
place (ConfabAudioCapture *self, GstBuffer *buffer, guint n_samples)
{
  GstClockTime pts = GST_BUFFER_PTS_IS_VALID (buffer) ? GST_BUFFER_PTS (buffer) : 0;

  if (!self->is_placed)
    self->offset = GST_CLOCK_DIFF (
        pts + gst_util_uint64_scale (n_samples, GST_SECOND, CONFAB_AUDIO_RATE), get_time (self));
  self->is_placed = TRUE;
  return pts + (GstClockTime) self->offset;
}

/* A buffer that cannot be read is dropped: nothing passes unmuted. */
static void
take_buffer (ConfabAudioCapture *self, GstBuffer *buffer)
{
  GstMapInfo map;
  guint n_samples = 0;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  n_samples = (guint) (map.size / sizeof (gint16));
  self->flowing_mono_us = g_get_monotonic_time ();
  send (self, (const gint16 *) (gconstpointer) map.data, n_samples,
        place (self, buffer, n_samples));
  gst_buffer_unmap (buffer, &map);
  if (self->device != NULL)
    confab_audio_device_delay_note_source (&self->delay, self->device);
  g_atomic_int_inc (&self->n_buffers);
}

static GstFlowReturn
on_sample (GstAppSink *sink, gpointer user_data)
{
  ConfabAudioStage *stage = user_data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  ConfabAudioCapture *self = NULL;

  if (sample == NULL)
    return GST_FLOW_EOS;
  self = confab_audio_stage_enter (stage);
  if (self != NULL)
    take_buffer (self, gst_sample_get_buffer (sample));
  confab_audio_stage_leave (stage);
  return GST_FLOW_OK;
}

/* ---- building: engine's context ---- */

static void
on_error (const GError *cause, gpointer user_data)
{
  ConfabAudioCapture *self = user_data;

  self->func (cause, self->user_data);
}

static GstElement *
make_caps_filter (void)
{
  GstElement *filter = gst_element_factory_make ("capsfilter", NULL);
  g_autoptr (GstCaps) caps = gst_caps_from_string (RAW_CAPS);

  g_object_set (filter, "caps", caps, NULL);
  return filter;
}

static GstElement *
make_sink (ConfabAudioStage *stage)
{
  GstElement *sink = gst_element_factory_make ("appsink", NULL);
  GstAppSinkCallbacks callbacks = { .new_sample = on_sample };

  /* async=false: else the speaker waits for the microphone. */
  g_object_set (sink, "sync", FALSE, "async", FALSE, "max-buffers", 10, "drop", TRUE, NULL);
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, confab_audio_stage_ref (stage),
                              confab_audio_stage_unref);
  return sink;
}

/**
 * confab_audio_capture_set_delay_mode:
 * @self: the capture
 * @mode: of devices that are opened from now on
 */
void
confab_audio_capture_set_delay_mode (ConfabAudioCapture *self, ConfabAudioDelayMode mode)
{
  self->delay_mode = mode;
}

/**
 * confab_audio_capture_open_device:
 * @self: a closed capture
 * @device: (nullable): of the sound server; %NULL for its default
 *
 * Opens a microphone. Most errors come later, as a message of the pipeline.
 *
 * Returns: whether it could be begun; if not the capture is closed
 */
gboolean
confab_audio_capture_open_device (ConfabAudioCapture *self, const char *device)
{
  GstElement *source = gst_element_factory_make ("pulsesrc", NULL);
  GstElement *filter = NULL;
  GstElement *sink = NULL;

  if (source == NULL)
    return FALSE;
  /* slave-method none: time stamps are counted samples. Slaved to another clock the source holds
   * back what the device delivers faster, and the delay grows. */
  g_object_set (source, "device", device, "client-name", "Confab", "provide-clock", FALSE,
                "buffer-time", confab_audio_delay_mode_get_buffer_us (self->delay_mode),
                "latency-time", confab_audio_delay_mode_get_latency_us (self->delay_mode), NULL);
  gst_util_set_object_arg (G_OBJECT (source), "slave-method", "none");
  confab_audio_voice_restart (self->parts->voice);
  confab_audio_uplink_set_process (self->uplink, process_voice, self->parts->voice);
  confab_audio_device_delay_forget (&self->delay, TRUE);
  self->device = source;
  g_atomic_int_set (&self->n_buffers, 0);
  self->flowing_mono_us = g_get_monotonic_time ();
  self->is_placed = FALSE;
  self->stage = confab_audio_stage_new (self->parts, "capture", on_error, self);
  filter = make_caps_filter ();
  sink = make_sink (self->stage);
  gst_bin_add_many (confab_audio_stage_get_bin (self->stage), source, filter, sink, NULL);
  gst_element_link_many (source, filter, sink, NULL);
  if (confab_audio_stage_play (self->stage))
    return TRUE;
  confab_audio_capture_close (self);
  return FALSE;
}

/**
 * confab_audio_capture_open_feed:
 * @self: a closed capture
 *
 * Opens a capture of what confab_audio_capture_feed () brings.
 */
void
confab_audio_capture_open_feed (ConfabAudioCapture *self)
{
  confab_audio_uplink_set_process (self->uplink, NULL, NULL); /* files go out as they are */
  g_mutex_lock (&self->lock);
  self->is_fed = TRUE;
  self->feed_time = GST_CLOCK_TIME_NONE;
  g_mutex_unlock (&self->lock);
}

/**
 * confab_audio_capture_close:
 * @self: the capture, open or not
 *
 * Once this returns, nothing is sent any more.
 */
void
confab_audio_capture_close (ConfabAudioCapture *self)
{
  g_mutex_lock (&self->lock);
  self->is_fed = FALSE;
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&self->stage, confab_audio_stage_close);
  self->device = NULL;
  confab_audio_device_delay_forget (&self->delay, FALSE);
  confab_audio_uplink_reset (self->uplink);
}

/**
 * confab_audio_capture_is_flowing:
 * @self: the capture
 *
 * Returns: whether the source has delivered anything since this was asked last
 */
gboolean
confab_audio_capture_is_flowing (ConfabAudioCapture *self)
{
  return g_atomic_int_exchange (&self->n_buffers, 0) > 0;
}

/**
 * confab_audio_capture_fill:
 * @self: the capture
 * @duration_ms: how long ago this was called last, a multiple of 10
 *
 * Sends silence for a device that is open and delivers nothing just now, as a headset that changes
 * its profile or a server that hangs: without it the others would take us for gone after 2 s.
 */
void
confab_audio_capture_fill (ConfabAudioCapture *self, guint duration_ms)
{
  static const gint16 silence[CONFAB_AUDIO_TICK_SAMPLES];
  GstClockTime time = get_time (self) - duration_ms * GST_MSECOND;

  if (self->stage == NULL)
    return;
  confab_audio_stage_enter (self->stage);
  if (g_get_monotonic_time () - self->flowing_mono_us > PATIENCE_US) {
    self->is_placed = FALSE;
    for (guint ms = 0; ms < duration_ms; ms += 10)
      send (self, silence, CONFAB_AUDIO_TICK_SAMPLES, time + ms * GST_MSECOND);
  }
  confab_audio_stage_leave (self->stage);
}

/* ---- feeding: the pacer's or the mixer's thread ---- */

static GstClockTime
advance_feed_time (ConfabAudioCapture *self, GstClockTime duration)
{
  GstClockTime now = get_time (self);
  GstClockTime time = self->feed_time;

  if (!GST_CLOCK_TIME_IS_VALID (time) || ABS (GST_CLOCK_DIFF (time, now)) > FEED_MAX_SKEW)
    time = now;
  self->feed_time = time + duration;
  return time;
}

/**
 * confab_audio_capture_feed:
 * @self: the capture
 * @samples: (array length=n_samples) (nullable): 48 kHz mono; %NULL for silence
 * @n_samples: how many, at most 20 ms
 *
 * Brings the next sound; without effect unless the capture is open for it. Does not wait.
 */
void
confab_audio_capture_feed (ConfabAudioCapture *self, const gint16 *samples, guint n_samples)
{
  static const gint16 silence[CONFAB_AUDIO_MAX_TICK_SAMPLES];
  GstClockTime duration = gst_util_uint64_scale (n_samples, GST_SECOND, CONFAB_AUDIO_RATE);

  g_return_if_fail (n_samples <= CONFAB_AUDIO_MAX_TICK_SAMPLES);
  g_mutex_lock (&self->lock);
  if (self->is_fed)
    send (self, samples != NULL ? samples : silence, n_samples, advance_feed_time (self, duration));
  g_mutex_unlock (&self->lock);
}

/**
 * confab_audio_capture_get_delay_ms:
 * @self: the capture
 *
 * Returns: how long sound takes from the microphone to us; 0 without one, negative: not known
 */
double
confab_audio_capture_get_delay_ms (ConfabAudioCapture *self)
{
  return confab_audio_device_delay_get_ms (&self->delay);
}

/**
 * confab_audio_capture_get_pipeline:
 * @self: the capture
 *
 * Returns: (transfer none) (nullable): what a microphone is in; %NULL while none is open
 */
GstElement *
confab_audio_capture_get_pipeline (ConfabAudioCapture *self)
{
  return self->stage != NULL ? GST_ELEMENT (confab_audio_stage_get_bin (self->stage)) : NULL;
}

/**
 * confab_audio_capture_get_uplink:
 * @self: the capture
 *
 * Returns: (transfer none): what the sound goes through, whatever the source is
 */
ConfabAudioUplink *
confab_audio_capture_get_uplink (ConfabAudioCapture *self)
{
  return self->uplink;
}

ConfabAudioCapture *
confab_audio_capture_new (const ConfabAudioParts *parts,
                          ConfabAudioCaptureErrorFunc func,
                          gpointer user_data)
{
  ConfabAudioCapture *self = g_new0 (ConfabAudioCapture, 1);

  self->parts = parts;
  self->func = func;
  self->user_data = user_data;
  self->uplink = confab_audio_uplink_new (parts->talk, on_frame, self);
  g_mutex_init (&self->lock);
  return self;
}

void
confab_audio_capture_free (ConfabAudioCapture *self)
{
  confab_audio_capture_close (self);
  confab_audio_uplink_free (self->uplink);
  g_mutex_clear (&self->lock);
  g_free (self);
}
