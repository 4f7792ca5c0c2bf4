/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-capture"

#include "config.h"

#include <gst/audio/audio.h>
#include <math.h>

#include "confab-audio-capture.h"
#include "confab-audio-fanout.h"
#include "confab-audio-format.h"
#include "confab-audio-uplink.h"

#define PATIENCE_US   (300 * G_TIME_SPAN_MILLISECOND) /* a drop-out is shorter */
#define FEED_MAX_SKEW (500 * GST_MSECOND)             /* suspended: go on at the time it is now */

struct _ConfabAudioCapture {
  const ConfabAudioParts *parts; /* (unowned) outlives it */
  ConfabAudioCaptureErrorFunc func;
  gpointer user_data;              /* (unowned) outlives it */
  ConfabAudioStream *stream;       /* (owned) (nullable) while a device is open */
  ConfabAudioUplink *uplink;       /* (owned) */
  ConfabAudioDelayMode delay_mode; /* of the next device */
  gint n_buffers;                  /* (atomic) since the last question */

  GMutex lock; /* guards all below, and the way through the uplink */

  /* Of the open device. */
  gint64 flowing_mono_us; /* when it delivered last, or was opened */
  GstClockTime next_time; /* of its next sample, counted; none: what the clock says */

  /* Of who feeds. */
  gboolean is_fed;
  GstClockTime feed_time; /* of the next sample */
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

static GstClockTime
to_time (guint n_samples)
{
  return gst_util_uint64_scale (n_samples, GST_SECOND, CONFAB_AUDIO_RATE);
}

/* The microphone's thread. Within one device time is counted samples; from one to the next it is
 * what the clock says. */
static void
take (const gint16 *samples, guint n_samples, gpointer user_data)
{
  ConfabAudioCapture *self = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->flowing_mono_us = g_get_monotonic_time ();
  if (!GST_CLOCK_TIME_IS_VALID (self->next_time))
    self->next_time = get_time (self) - to_time (n_samples);
  send (self, samples, n_samples, self->next_time);
  self->next_time += to_time (n_samples);
  g_atomic_int_inc (&self->n_buffers);
}

/* ---- opening: engine's context ---- */

static void
on_failed (const GError *cause, gpointer user_data)
{
  ConfabAudioCapture *self = user_data;

  self->func (cause, self->user_data);
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
 * Opens a microphone. Errors come later.
 */
void
confab_audio_capture_open_device (ConfabAudioCapture *self, const char *device)
{
  static const ConfabAudioStreamUser user = { .name = "capture",
                                              .take = take,
                                              .failed = on_failed };

  confab_audio_voice_restart (self->parts->voice);
  confab_audio_uplink_set_process (self->uplink, process_voice, self->parts->voice);
  g_atomic_int_set (&self->n_buffers, 0);
  self->flowing_mono_us = g_get_monotonic_time ();
  self->next_time = GST_CLOCK_TIME_NONE;
  self->stream = confab_audio_stream_open (self->parts, &user, device, self->delay_mode, self);
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
  g_clear_pointer (&self->stream, confab_audio_stream_close);
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
  g_autoptr (GMutexLocker) locker = NULL;

  if (self->stream == NULL)
    return;
  locker = g_mutex_locker_new (&self->lock);
  if (g_get_monotonic_time () - self->flowing_mono_us <= PATIENCE_US)
    return;
  self->next_time = GST_CLOCK_TIME_NONE;
  for (guint ms = 0; ms < duration_ms; ms += 10)
    send (self, silence, CONFAB_AUDIO_TICK_SAMPLES, time + ms * GST_MSECOND);
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

  g_return_if_fail (n_samples <= CONFAB_AUDIO_MAX_TICK_SAMPLES);
  g_mutex_lock (&self->lock);
  if (self->is_fed)
    send (self, samples != NULL ? samples : silence, n_samples,
          advance_feed_time (self, to_time (n_samples)));
  g_mutex_unlock (&self->lock);
}

/**
 * confab_audio_capture_get_stream:
 * @self: the capture
 *
 * Returns: (transfer none) (nullable): the microphone; %NULL while none is open
 */
ConfabAudioStream *
confab_audio_capture_get_stream (ConfabAudioCapture *self)
{
  return self->stream;
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
