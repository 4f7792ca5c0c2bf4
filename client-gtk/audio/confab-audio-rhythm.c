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
  if (self->taken == 0)
    return;
  if (self->n_bursts == 0 || self->taken < self->smallest) {
    self->smallest = self->taken;
    self->n_smallest = 0;
  }
  self->n_smallest += self->taken == self->smallest;
  self->n_bursts++;
  self->taken = 0;
}

/* Cards with a timer of their own ask for as much as they have played, now more, now less. No two
 * windows would have the same smallest one: it is rounded down to 2.5, 5, 10 or 20 ms. */
static guint
find_tick (const ConfabAudioRhythm *self)
{
  guint rounded = CONFAB_AUDIO_MIN_FRAME_SAMPLES;

  if (self->n_smallest >= self->n_bursts - self->n_bursts / 4)
    return MIN (self->smallest, CONFAB_AUDIO_MAX_TICK_SAMPLES);
  while (2 * rounded <= MIN (self->smallest, CONFAB_AUDIO_MAX_TICK_SAMPLES))
    rounded *= 2;
  return rounded;
}

static void
turn_window (ConfabAudioRhythm *self, gint64 now_us)
{
  if (self->n_bursts == 0 || now_us - self->since_us < WINDOW_US)
    return;
  self->tick_samples = find_tick (self);
  self->n_bursts = 0;
  self->since_us = now_us;
}

/**
 * confab_audio_rhythm_begin:
 * @self: the rhythm
 * @n_samples: that are asked for now
 * @now_us: monotonic
 *
 * Returns: how many samples the card asks for at a time, at least
 */
guint
confab_audio_rhythm_begin (ConfabAudioRhythm *self, guint n_samples, gint64 now_us)
{
  if (now_us - self->burst_us >= JOIN_US) {
    end_burst (self);
    turn_window (self, now_us);
    self->burst_us = now_us;
  }
  return self->tick_samples > 0 ? self->tick_samples : n_samples;
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
