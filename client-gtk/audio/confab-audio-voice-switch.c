/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-voice-switch"

#include "confab-audio-voice-switch.h"

#include <math.h>

#define BLOCK_SAMPLES   (5 * CONFAB_AUDIO_SAMPLES_PER_MS)
#define BLOCKS_TO_BEGIN 2 /* a key stroke is loud for 5 ms, a consonant for longer */
#define BLOCKS_TO_HOLD  (CONFAB_AUDIO_VOICE_SWITCH_HOLD_MS / 5)
#define HYSTERESIS_DB   6 /* what has begun goes on when somebody drops their voice */
#define MIN_DBOV        (-127.0)

static double
get_power (double dbov)
{
  return pow (10, dbov / 10);
}

static void
end_block (ConfabAudioVoiceSwitch *self)
{
  double power = self->block_energy / BLOCK_SAMPLES;
  double threshold_dbov = confab_audio_voice_switch_get_threshold (self);
  gboolean is_loud = power > get_power (threshold_dbov);
  gboolean is_held = self->hold_blocks > 0 && power > get_power (threshold_dbov - HYSTERESIS_DB);

  self->loud_blocks = is_loud ? self->loud_blocks + 1 : 0;
  if (self->loud_blocks >= BLOCKS_TO_BEGIN || is_held)
    self->hold_blocks = BLOCKS_TO_HOLD;
  else if (self->hold_blocks > 0)
    self->hold_blocks--;
  self->block_energy = 0;
  self->block_samples = 0;
}

/**
 * confab_audio_voice_switch_init:
 *
 * Begins off, with the usual threshold.
 */
void
confab_audio_voice_switch_init (ConfabAudioVoiceSwitch *self)
{
  *self = (ConfabAudioVoiceSwitch){ 0 };
  confab_audio_voice_switch_set_threshold (self, CONFAB_AUDIO_VOICE_SWITCH_THRESHOLD_DBOV);
}

/**
 * confab_audio_voice_switch_set_threshold:
 * @dbov: -127..0; others are brought into that range
 *
 * Any thread.
 */
void
confab_audio_voice_switch_set_threshold (ConfabAudioVoiceSwitch *self, double dbov)
{
  g_atomic_int_set (&self->threshold_centi_dbov, (gint) lround (100 * CLAMP (dbov, MIN_DBOV, 0)));
}

double
confab_audio_voice_switch_get_threshold (ConfabAudioVoiceSwitch *self)
{
  return g_atomic_int_get (&self->threshold_centi_dbov) / 100.0;
}

/**
 * confab_audio_voice_switch_feed:
 * @samples: (array length=n_samples): 48 kHz mono
 * @n_samples: how many
 *
 * Listens. On after 10 ms above the threshold; off again once it has been more than 6 dB below it
 * for %CONFAB_AUDIO_VOICE_SWITCH_HOLD_MS. The samples are the only clock. One thread.
 *
 * Returns: whether it is on at the end of @samples
 */
gboolean
confab_audio_voice_switch_feed (ConfabAudioVoiceSwitch *self,
                                const gint16 *samples,
                                guint n_samples)
{
  for (guint i = 0; i < n_samples; i++) {
    double sample = samples[i] / 32768.0;

    self->block_energy += sample * sample;
    if (++self->block_samples == BLOCK_SAMPLES)
      end_block (self);
  }
  return self->hold_blocks > 0;
}
