/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-device-delay"

#include "config.h"

#include <gst/audio/audio.h>

#include "confab-audio-device-delay.h"
#include "confab-audio-format.h"

#define TICKS_PER_NOTE 10 /* the server is asked ten times a second: its lock costs something */
#define NOTES_PER_WINDOW \
  40                /* 4 s: what the jitter buffer takes for the base of its transit times */
#define MAX_MS 1000 /* who says more was asked in a bad moment */
#define WEIGHT 0.2  /* of a new value: a server's answer is a guess between two of its own */

/* What a source holds back now and then makes its packets late, which the jitter buffer at the
 * other end sees, and counts: what is told is what they all have in common. */
static double
take_lowest (ConfabAudioDeviceDelay *self, double ms)
{
  gboolean is_new = self->n_noted % (TICKS_PER_NOTE * NOTES_PER_WINDOW) == 1;

  if (is_new && self->n_noted > 1)
    self->last_lowest_ms = self->lowest_ms;
  self->lowest_ms = is_new ? ms : MIN (self->lowest_ms, ms);
  return self->last_lowest_ms < 0 ? self->lowest_ms : MIN (self->lowest_ms, self->last_lowest_ms);
}

static void
note (ConfabAudioDeviceDelay *self, double ms)
{
  gint before = g_atomic_int_get (&self->centi_ms);
  double smoothed = before < 0 ? ms : before / 100.0 + WEIGHT * (ms - before / 100.0);

  if (ms <= MAX_MS)
    g_atomic_int_set (&self->centi_ms, (gint) (100 * MAX (smoothed, 0)));
}

/**
 * confab_audio_device_delay_forget:
 * @self: the delay
 * @has_device: whether there is a device whose delay will be noted; without one there is none
 *
 * While nobody notes.
 */
void
confab_audio_device_delay_forget (ConfabAudioDeviceDelay *self, gboolean has_device)
{
  self->n_noted = 0;
  self->last_lowest_ms = -1;
  g_atomic_int_set (&self->centi_ms, has_device ? -1 : 0);
}

/**
 * confab_audio_device_delay_note_source:
 * @self: the delay
 * @source: a #GstAudioBaseSrc that has just delivered
 *
 * Notes how old the newest of the delivered sound is: what the card and the server still hold came
 * after it. The smallest of the last seconds counts.
 */
void
confab_audio_device_delay_note_source (ConfabAudioDeviceDelay *self, GstElement *source)
{
  GstAudioRingBuffer *buffer = GST_AUDIO_BASE_SRC (source)->ringbuffer;
  double ms = 0;

  if (self->n_noted++ % TICKS_PER_NOTE != 0 || buffer == NULL)
    return;
  ms = gst_audio_ring_buffer_delay (buffer) / (double) CONFAB_AUDIO_SAMPLES_PER_MS;
  note (self, take_lowest (self, ms));
}

/**
 * confab_audio_device_delay_note_sink:
 * @self: the delay
 * @sink: a #GstAudioBaseSink that asks for more
 *
 * Notes how long the next sound will wait until it is heard: between the sample that is written
 * next and the one that the sound server says is heard now.
 */
void
confab_audio_device_delay_note_sink (ConfabAudioDeviceDelay *self, GstElement *sink)
{
  GstAudioBaseSink *base = GST_AUDIO_BASE_SINK (sink);
  GstClockTime heard = GST_CLOCK_TIME_NONE;
  gint64 ahead_ns = 0;

  if (self->n_noted++ % TICKS_PER_NOTE != 0 || base->provided_clock == NULL ||
      base->next_sample == (guint64) -1)
    return;
  heard = gst_audio_clock_get_time (GST_AUDIO_CLOCK (base->provided_clock));
  if (!GST_CLOCK_TIME_IS_VALID (heard))
    return;
  ahead_ns = (gint64) gst_util_uint64_scale (base->next_sample, GST_SECOND, CONFAB_AUDIO_RATE) -
             (gint64) heard;
  note (self, (double) MAX (ahead_ns, 0) / 1e6);
}

/**
 * confab_audio_device_delay_get_ms:
 * @self: the delay
 *
 * Any thread.
 *
 * Returns: milliseconds; 0 without a device, negative: not known yet
 */
double
confab_audio_device_delay_get_ms (ConfabAudioDeviceDelay *self)
{
  gint centi_ms = g_atomic_int_get (&self->centi_ms);

  return centi_ms < 0 ? -1 : centi_ms / 100.0;
}
