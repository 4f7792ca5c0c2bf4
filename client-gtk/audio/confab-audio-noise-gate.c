/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-noise-gate"

#include "confab-audio-noise-gate.h"

#define HOLD_TICKS 40    /* 400 ms: the pauses between words, and the soft end of the last one */
#define CLOSING    0.05f /* in a tick: shut within 200 ms, which nobody hears as a cut */

/**
 * confab_audio_noise_gate_init:
 *
 * Begins shut.
 */
void
confab_audio_noise_gate_init (ConfabAudioNoiseGate *self)
{
  *self = (ConfabAudioNoiseGate){ 0 };
  confab_audio_activity_init (&self->activity);
}

/**
 * confab_audio_noise_gate_run:
 * @samples: (array length=n_samples) (inout): 48 kHz mono
 * @n_samples: of one tick of 10 ms
 *
 * Opens within this tick when somebody begins to speak; shuts slowly, a while after they ended.
 * Opening needs more above the noise of the room than staying open.
 */
void
confab_audio_noise_gate_run (ConfabAudioNoiseGate *self, gint16 *samples, guint n_samples)
{
  float gain = 1;
  float step;

  confab_audio_activity_feed (&self->activity, samples, n_samples);
  if (confab_audio_activity_is_active (&self->activity))
    self->hold_ticks = HOLD_TICKS;
  else if (self->hold_ticks > 0)
    self->hold_ticks--;
  if (self->hold_ticks == 0)
    gain = MAX (self->gain - CLOSING, 0);
  step = (gain - self->gain) / (float) n_samples;
  if (gain < 1 || self->gain < 1)
    for (guint i = 0; i < n_samples; i++)
      samples[i] = (gint16) ((float) samples[i] * (self->gain + step * (float) (i + 1)));
  self->gain = gain;
}

float
confab_audio_noise_gate_get_gain (const ConfabAudioNoiseGate *self)
{
  return self->gain;
}
