/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-correlator"

#include "confab-audio-correlator.h"

#include <math.h>
#include <string.h>

#define LAGS      CONFAB_AUDIO_CORRELATOR_LAGS
#define TICK      CONFAB_AUDIO_CORRELATOR_TICK
#define CUTOFF_HZ 1200
#define FLATTEN   0.9f   /* speech falls by 6 dB an octave here; flat, its peak is narrow */
#define MEMORY    0.995f /* of a tick: 2 s */

void
confab_audio_decimator_init (ConfabAudioDecimator *self)
{
  self->before = 0;
  confab_audio_biquad_init_low_pass (&self->low_pass[0], CUTOFF_HZ, 0.541); /* together a */
  confab_audio_biquad_init_low_pass (&self->low_pass[1], CUTOFF_HZ,
                                     1.307); /* Butterworth of 4th order */
}

/**
 * confab_audio_decimator_run:
 * @tick: (array fixed-size=480): 48 kHz mono
 * @out: (array fixed-size=30) (out caller-allocates): the same at 3 kHz
 */
void
confab_audio_decimator_run (ConfabAudioDecimator *self, const gint16 *tick, float *out)
{
  for (guint i = 0; i < CONFAB_AUDIO_TICK_SAMPLES; i++) {
    float sample = confab_audio_biquad_run (&self->low_pass[0], (float) tick[i] / 32768);

    sample = confab_audio_biquad_run (&self->low_pass[1], sample);
    if (i % CONFAB_AUDIO_CORRELATOR_STEP > 0)
      continue;
    out[i / CONFAB_AUDIO_CORRELATOR_STEP] = sample - FLATTEN * self->before;
    self->before = sample;
  }
}

/**
 * confab_audio_correlator_past_push:
 * @samples: (array fixed-size=30): the next tick of the signal that is looked for
 */
void
confab_audio_correlator_past_push (ConfabAudioCorrelatorPast *self, const float *samples)
{
  memmove (self->samples, self->samples + TICK, LAGS * sizeof (float));
  memcpy (self->samples + LAGS, samples, TICK * sizeof (float));
}

/**
 * confab_audio_correlator_feed:
 * @past: its newest tick is beside @samples
 * @samples: (array fixed-size=30): the signal that it is looked for in
 */
void
confab_audio_correlator_feed (ConfabAudioCorrelator *self,
                              const ConfabAudioCorrelatorPast *past,
                              const float *samples)
{
  for (guint lag = 0; lag < LAGS; lag++)
    self->products[lag] *= MEMORY;
  self->energy *= MEMORY;
  for (guint i = 0; i < TICK; i++) {
    const float *played = past->samples + 1 + i;
    float sample = samples[i];

    for (guint lag = 0; lag < LAGS; lag++)
      self->products[lag] += sample * played[lag];
    self->energy += played[LAGS - 1] * played[LAGS - 1];
  }
}

/**
 * confab_audio_correlator_find:
 * @from_lag: the shortest delay to look at, in steps
 * @to_lag: the longest one; %CONFAB_AUDIO_CORRELATOR_LAGS - 1 at most is looked at
 * @peak: (out caller-allocates): what stands out most between them, and the mean of all
 */
void
confab_audio_correlator_find (const ConfabAudioCorrelator *self,
                              guint from_lag,
                              guint to_lag,
                              ConfabAudioCorrelatorPeak *peak)
{
  *peak = (ConfabAudioCorrelatorPeak){ .lag = from_lag };
  for (guint i = 0; i < LAGS; i++) {
    float size = fabsf (self->products[i]);
    guint lag = LAGS - 1 - i;

    peak->mean += size / LAGS;
    if (lag < from_lag || lag > to_lag || size <= peak->peak)
      continue;
    peak->peak = size;
    peak->lag = lag;
  }
  peak->gain = self->energy > 0 ? peak->peak / self->energy : 0;
}
