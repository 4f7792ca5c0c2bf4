/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-level"

#include "confab-audio-level.h"

#include <math.h>

#define BLOCK_SAMPLES    CONFAB_AUDIO_TICK_SAMPLES
#define RISE             0.5     /* of the way in 10 ms: a syllable is seen at once */
#define FALL             0.08    /* about 120 ms: a meter that can be read */
#define SPEAKING_DBOV    (-45.0) /* above the noise of a quiet room, below somebody leaning back */
#define HANG_OVER_BLOCKS 30      /* 300 ms: the pauses between words */

static double
energy_to_dbov (double mean_square)
{
  if (mean_square <= 0)
    return CONFAB_AUDIO_LEVEL_MIN_DBOV;
  return CLAMP (10 * log10 (mean_square), CONFAB_AUDIO_LEVEL_MIN_DBOV, 0);
}

static void
end_block (ConfabAudioLevel *self)
{
  double mean_square = self->block_energy / BLOCK_SAMPLES;
  double weight = mean_square > self->smoothed ? RISE : FALL;

  self->smoothed += weight * (mean_square - self->smoothed);
  if (energy_to_dbov (mean_square) > SPEAKING_DBOV)
    self->hang_over_blocks = HANG_OVER_BLOCKS;
  else if (self->hang_over_blocks > 0)
    self->hang_over_blocks--;
  self->block_energy = 0;
  self->block_samples = 0;
  g_atomic_int_set (&self->centi_dbov, (int) lround (100 * energy_to_dbov (self->smoothed)));
  g_atomic_int_set (&self->is_speaking, self->hang_over_blocks > 0);
}

/**
 * confab_audio_level_init:
 *
 * Begins in silence.
 */
void
confab_audio_level_init (ConfabAudioLevel *self)
{
  *self = (ConfabAudioLevel){ .centi_dbov = (int) (100 * CONFAB_AUDIO_LEVEL_MIN_DBOV) };
}

/**
 * confab_audio_level_feed:
 * @samples: (nullable) (array length=n_samples): 48 kHz mono; %NULL for silence
 *
 * Takes the next samples into account. What is read changes every 10 ms of sound; the samples are
 * the only clock. One thread.
 */
void
confab_audio_level_feed (ConfabAudioLevel *self, const gint16 *samples, guint n_samples)
{
  for (guint i = 0; i < n_samples; i++) {
    double sample = samples != NULL ? samples[i] / 32768.0 : 0;

    self->block_energy += sample * sample;
    if (++self->block_samples == BLOCK_SAMPLES)
      end_block (self);
  }
}

/**
 * confab_audio_level_get_dbov:
 *
 * Any thread. Source: RFC 6464, section 3: 0 is the overload point, so a full sine has -3.
 *
 * Returns: the level, -127..0 dBov
 */
double
confab_audio_level_get_dbov (ConfabAudioLevel *self)
{
  return g_atomic_int_get (&self->centi_dbov) / 100.0;
}

/**
 * confab_audio_level_get_speaking:
 *
 * Any thread.
 *
 * Returns: whether this has been louder than -45 dBov within the last 300 ms of sound
 */
gboolean
confab_audio_level_get_speaking (ConfabAudioLevel *self)
{
  return g_atomic_int_get (&self->is_speaking);
}
