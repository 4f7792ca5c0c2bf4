/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-rhythm"

#include "confab-audio-rhythm.h"

#define JOIN_US   1000 /* closer together than the shortest tick, 2.5 ms, and late by less */
#define WINDOW_US (250 * 1000) /* some dozen bursts */

/* The smallest one is the card's: two that a late thread made one are none. */
static void
end_burst (ConfabAudioRhythm *self)
{
  if (self->taken > 0 && (self->smallest == 0 || self->taken < self->smallest))
    self->smallest = self->taken;
  self->taken = 0;
}

static void
turn_window (ConfabAudioRhythm *self, gint64 now_us)
{
  if (now_us - self->since_us < WINDOW_US)
    return;
  self->last_smallest = self->smallest;
  self->smallest = 0;
  self->since_us = now_us;
}

static guint
get_smaller (guint a, guint b)
{
  return a == 0 || b == 0 ? MAX (a, b) : MIN (a, b);
}

/**
 * confab_audio_rhythm_begin:
 * @self: the rhythm
 * @n_samples: that are asked for now
 * @now_us: monotonic
 *
 * Returns: how many samples the card asks for at a time, @n_samples or more
 */
guint
confab_audio_rhythm_begin (ConfabAudioRhythm *self, guint n_samples, gint64 now_us)
{
  guint tick_samples = 0;

  if (now_us - self->burst_us >= JOIN_US) {
    end_burst (self);
    turn_window (self, now_us);
    self->burst_us = now_us;
  }
  tick_samples = get_smaller (self->smallest, self->last_smallest);
  return CLAMP (tick_samples, n_samples, CONFAB_AUDIO_MAX_TICK_SAMPLES);
}

/**
 * confab_audio_rhythm_end:
 * @self: the rhythm
 * @n_samples: that were given
 */
void
confab_audio_rhythm_end (ConfabAudioRhythm *self, guint n_samples)
{
  self->taken += n_samples;
}

/**
 * confab_audio_rhythm_get_taken:
 * @self: the rhythm
 *
 * Returns: what was given at the same moment already: it is played before what is given now
 */
guint
confab_audio_rhythm_get_taken (const ConfabAudioRhythm *self)
{
  return self->taken;
}
