/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-activity"

#include "confab-audio-activity.h"

#include <math.h>

#define BLOCK_SAMPLES  CONFAB_AUDIO_TICK_SAMPLES
#define SMOOTHING      0.4   /* of the way in 10 ms: noise moves by 2 dB then, a syllable by 10 */
#define QUIETEST_DB    -70.0 /* of rooms with a microphone in them */
#define VALLEY_RISE_DB 0.02  /* in 10 ms: a fan that starts is the room after some seconds */
#define OPEN_DB        9.0   /* above the valley */
#define CLOSE_DB       4.0
#define SWING_DB       6.0 /* between a vowel and the consonant beside it */
#define SPEECH_SWINGS  2   /* ... */
#define SPEECH_BLOCKS  150 /* ... within 1.5 s: one alone is a door or a fan */

static void
begin_swing (ConfabAudioActivity *self)
{
  for (guint i = G_N_ELEMENTS (self->swings) - 1; i > 0; i--)
    self->swings[i] = self->swings[i - 1];
  self->swings[0] = self->n_blocks;
}

static void
follow_swings (ConfabAudioActivity *self)
{
  double way = self->level_db - self->extreme_db;

  if (self->is_rising ? way > 0 : way < 0) {
    self->extreme_db = self->level_db;
  } else if (fabs (way) > SWING_DB) {
    self->is_rising = !self->is_rising;
    self->extreme_db = self->level_db;
    if (self->is_rising)
      begin_swing (self);
  }
}

static void
end_block (ConfabAudioActivity *self)
{
  double power = self->block_energy / BLOCK_SAMPLES;
  double above;

  self->n_blocks++;
  self->power += SMOOTHING * (power - self->power);
  self->level_db = MAX (10 * log10 (self->power + 1e-12), QUIETEST_DB);
  self->valley_db = MIN (self->valley_db + VALLEY_RISE_DB, self->level_db);
  follow_swings (self);
  above = self->level_db - self->valley_db;
  self->is_active = above > (self->is_active ? CLOSE_DB : OPEN_DB);
  self->block_energy = 0;
  self->block_samples = 0;
}

/**
 * confab_audio_activity_init:
 *
 * Begins in a quiet room.
 */
void
confab_audio_activity_init (ConfabAudioActivity *self)
{
  *self = (ConfabAudioActivity){
    .level_db = QUIETEST_DB,
    .valley_db = QUIETEST_DB,
    .extreme_db = QUIETEST_DB,
  };
}

/**
 * confab_audio_activity_feed:
 * @samples: (array length=n_samples): 48 kHz mono
 *
 * What is asked below changes every 10 ms of sound.
 */
void
confab_audio_activity_feed (ConfabAudioActivity *self, const gint16 *samples, guint n_samples)
{
  for (guint i = 0; i < n_samples; i++) {
    double sample = samples[i] / 32768.0;

    self->block_energy += sample * sample;
    if (++self->block_samples == BLOCK_SAMPLES)
      end_block (self);
  }
}

/**
 * confab_audio_activity_is_active:
 *
 * Returns: whether the last 10 ms stood out of what is always there
 */
gboolean
confab_audio_activity_is_active (const ConfabAudioActivity *self)
{
  return self->is_active;
}

/**
 * confab_audio_activity_is_speech:
 *
 * Returns: whether the sound moves as syllables do; a fan, a hum, a slammed door do not
 */
gboolean
confab_audio_activity_is_speech (const ConfabAudioActivity *self)
{
  guint oldest = self->swings[SPEECH_SWINGS - 1];

  return self->is_active && oldest > 0 && self->n_blocks - oldest <= SPEECH_BLOCKS;
}
