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
#include "confab-audio-uplink.h"

#define BUFFER_US     20000 /* with 10 ms a period: 57 ms from mouth to ear, measured */
#define LATENCY_US    10000
#define FEED_BACKLOG  (200 * GST_MSECOND)
#define FEED_MAX_SKEW (500 * GST_MSECOND) /* suspended: go on at the time it is now */

#define RAW_CAPS                                                          \
  "audio/x-raw, format=(string)S16LE, rate=(int)48000, channels=(int)1, " \
  "layout=(string)interleaved"

struct _ConfabAudioCapture {
  const ConfabAudioParts *parts; /* (unowned) outlives it */
  GstBin *pipeline;              /* (unowned) the device pipeline, outlives it */
  GstElement *bin;               /* (owned) (nullable) NULL: closed */
  ConfabAudioUplink *uplink;     /* (owned) */
  GstElement *device;            /* (unowned) (nullable) the microphone in bin */
  ConfabAudioDeviceDelay delay;
  gint n_buffers; /* (atomic) since the last question */

  GMutex lock;
  GstElement *feed;       /* (owned) (nullable) appsrc; guarded by lock */
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
}

static void
process_voice (gint16 *samples, guint n_samples, gpointer user_data)
{
  confab_audio_voice_process (user_data, samples);
}

/* A buffer that cannot be read is dropped: nothing passes unmuted. */
static GstFlowReturn
on_sample (GstAppSink *sink, gpointer user_data)
{
  ConfabAudioCapture *self = user_data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  GstBuffer *buffer = NULL;
  GstMapInfo map;

  if (sample == NULL)
    return GST_FLOW_EOS;
  buffer = gst_sample_get_buffer (sample);
  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return GST_FLOW_OK;
  /* Opus leaves silence out, but not while somebody new waits to be connected. */
  confab_audio_encoder_set_dtx (confab_audio_uplink_get_encoder (self->uplink),
                                !confab_audio_fanout_is_awaited (self->parts->fanout));
  confab_audio_uplink_feed (self->uplink, (const gint16 *) (gconstpointer) map.data,
                            (guint) (map.size / sizeof (gint16)), GST_BUFFER_PTS (buffer));
  gst_buffer_unmap (buffer, &map);
  if (self->device != NULL)
    confab_audio_device_delay_note_source (&self->delay, self->device);
  g_atomic_int_inc (&self->n_buffers);
  return GST_FLOW_OK;
}

/* ---- building ---- */

static GstElement *
make_caps_filter (void)
{
  GstElement *filter = gst_element_factory_make ("capsfilter", NULL);
  g_autoptr (GstCaps) caps = gst_caps_from_string (RAW_CAPS);

  g_object_set (filter, "caps", caps, NULL);
  return filter;
}

static GstElement *
make_sink (ConfabAudioCapture *self)
{
  GstElement *sink = gst_element_factory_make ("appsink", NULL);
  GstAppSinkCallbacks callbacks = { .new_sample = on_sample };

  /* async=false: else the speaker waits for the microphone. */
  g_object_set (sink, "sync", FALSE, "async", FALSE, "max-buffers", 10, "drop", TRUE, NULL);
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, self, NULL);
  return sink;
}

static gboolean
open_with (ConfabAudioCapture *self, GstElement *source)
{
  GstElement *filter = make_caps_filter ();
  GstElement *sink = make_sink (self);

  g_atomic_int_set (&self->n_buffers, 0);
  self->bin = gst_object_ref_sink (gst_bin_new ("capture"));
  gst_bin_add_many (GST_BIN (self->bin), source, filter, sink, NULL);
  gst_element_link_many (source, filter, sink, NULL);
  gst_bin_add (self->pipeline, self->bin);
  return gst_element_sync_state_with_parent (self->bin);
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

  if (source == NULL)
    return FALSE;
  /* slave-method none: time stamps are counted samples. Slaved to another clock the source holds
   * back what the device delivers faster, and the delay grows. */
  g_object_set (source, "device", device, "client-name", "Confab", "provide-clock", FALSE,
                "buffer-time", (gint64) BUFFER_US, "latency-time", (gint64) LATENCY_US, NULL);
  gst_util_set_object_arg (G_OBJECT (source), "slave-method", "none");
  confab_audio_voice_restart (self->parts->voice);
  confab_audio_uplink_set_process (self->uplink, process_voice, self->parts->voice);
  self->device = source;
  confab_audio_device_delay_forget (&self->delay, TRUE);
  if (open_with (self, source))
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
  GstElement *source = gst_element_factory_make ("appsrc", NULL);
  g_autoptr (GstCaps) caps = gst_caps_from_string (RAW_CAPS);

  g_object_set (source, "is-live", TRUE, "format", GST_FORMAT_TIME, "max-bytes", (guint64) 0,
                "max-buffers", (guint64) 0, "max-time", (guint64) FEED_BACKLOG, "leaky-type",
                GST_APP_LEAKY_TYPE_DOWNSTREAM, "caps", caps, NULL);
  confab_audio_uplink_set_process (self->uplink, NULL, NULL); /* files go out as they are */
  open_with (self, source);
  g_mutex_lock (&self->lock);
  self->feed = gst_object_ref (source);
  self->feed_time = GST_CLOCK_TIME_NONE;
  g_mutex_unlock (&self->lock);
}

/**
 * confab_audio_capture_close:
 * @self: the capture, open or not
 *
 * Returns when its threads have ended.
 */
void
confab_audio_capture_close (ConfabAudioCapture *self)
{
  g_mutex_lock (&self->lock);
  gst_clear_object (&self->feed);
  g_mutex_unlock (&self->lock);
  if (self->bin == NULL)
    return;
  gst_element_set_locked_state (self->bin, TRUE);
  gst_element_set_state (self->bin, GST_STATE_NULL);
  gst_bin_remove (self->pipeline, self->bin);
  gst_clear_object (&self->bin);
  self->device = NULL;
  confab_audio_device_delay_forget (&self->delay, FALSE);
  confab_audio_uplink_reset (self->uplink);
}

gboolean
confab_audio_capture_owns (ConfabAudioCapture *self, GstObject *object)
{
  return self->bin != NULL && gst_object_has_as_ancestor (object, GST_OBJECT (self->bin));
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

/* ---- feeding: the pacer's or the mixer's thread ---- */

static GstClockTime
advance_feed_time (ConfabAudioCapture *self, GstClockTime duration)
{
  GstClockTime now = gst_clock_get_time (self->parts->clock) - self->parts->base_time;
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
 * @n_samples: how many
 *
 * Brings the next sound; without effect unless the capture is open for it. Does not wait.
 */
void
confab_audio_capture_feed (ConfabAudioCapture *self, const gint16 *samples, guint n_samples)
{
  GstClockTime duration = gst_util_uint64_scale (n_samples, GST_SECOND, CONFAB_AUDIO_RATE);
  gsize size = n_samples * sizeof (gint16);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  if (samples != NULL)
    gst_buffer_fill (buffer, 0, samples, size);
  else
    gst_buffer_memset (buffer, 0, 0, size);
  g_mutex_lock (&self->lock);
  if (self->feed != NULL) {
    GST_BUFFER_PTS (buffer) = advance_feed_time (self, duration);
    GST_BUFFER_DURATION (buffer) = duration;
    gst_app_src_push_buffer (GST_APP_SRC (self->feed), g_steal_pointer (&buffer));
  }
  g_mutex_unlock (&self->lock);
  gst_clear_buffer (&buffer);
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
confab_audio_capture_new (const ConfabAudioParts *parts, GstBin *pipeline)
{
  ConfabAudioCapture *self = g_new0 (ConfabAudioCapture, 1);

  self->parts = parts;
  self->pipeline = pipeline;
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
