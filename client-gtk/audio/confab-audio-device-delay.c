/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-device-delay"

#include "confab-audio-device-delay.h"

#define NOTE_US (100 * 1000) /* asking costs something */
#define NOTES_PER_WINDOW \
  40                /* 4 s: what the jitter buffer takes for the base of its transit times */
#define MAX_MS 1000 /* who says more was asked in a bad moment */
#define WEIGHT 0.2  /* of a new value: a server's answer is a guess between two of its own */

/* What a source holds back now and then makes its packets late, which the jitter buffer at the
 * other end sees, and counts: what is told is what they all have in common. */
static double
take_lowest (ConfabAudioDeviceDelay *self, double ms)
{
  gboolean is_new = self->n_noted % NOTES_PER_WINDOW == 1;

  if (is_new && self->n_noted > 1)
    self->last_lowest_ms = self->lowest_ms;
  self->lowest_ms = is_new ? ms : MIN (self->lowest_ms, ms);
  return self->last_lowest_ms < 0 ? self->lowest_ms : MIN (self->lowest_ms, self->last_lowest_ms);
}

/**
 * confab_audio_device_delay_init:
 * @self: the delay, not known from now on
 */
void
confab_audio_device_delay_init (ConfabAudioDeviceDelay *self)
{
  *self = (ConfabAudioDeviceDelay){ .centi_ms = -1, .last_lowest_ms = -1 };
}

/**
 * confab_audio_device_delay_is_due:
 * @self: the delay
 * @now_us: monotonic
 *
 * Returns: whether the sound server is to be asked again
 */
gboolean
confab_audio_device_delay_is_due (ConfabAudioDeviceDelay *self, gint64 now_us)
{
  if (now_us - self->asked_us < NOTE_US)
    return FALSE;
  self->asked_us = now_us;
  return TRUE;
}

/**
 * confab_audio_device_delay_note:
 * @self: the delay
 * @ms: what the server says
 * @is_input: a microphone, of which the smallest of the last seconds counts
 */
void
confab_audio_device_delay_note (ConfabAudioDeviceDelay *self, double ms, gboolean is_input)
{
  gint before = g_atomic_int_get (&self->centi_ms);

  self->n_noted++;
  if (is_input)
    ms = take_lowest (self, ms);
  if (before >= 0)
    ms = before / 100.0 + WEIGHT * (ms - before / 100.0);
  if (ms <= MAX_MS)
    g_atomic_int_set (&self->centi_ms, (gint) (100 * MAX (ms, 0)));
}

/**
 * confab_audio_device_delay_get_ms:
 * @self: the delay
 *
 * Any thread.
 *
 * Returns: milliseconds; negative: not known yet
 */
double
confab_audio_device_delay_get_ms (ConfabAudioDeviceDelay *self)
{
  gint centi_ms = g_atomic_int_get (&self->centi_ms);

  return centi_ms < 0 ? -1 : centi_ms / 100.0;
}
