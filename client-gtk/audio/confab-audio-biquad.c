/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-biquad"

#include "confab-audio-biquad.h"

#include <math.h>

#include "confab-audio-format.h"

#define DENORMAL 1e-20f /* a tail that fades for ever costs a hundred times its price */

/* sign: 1 for a high pass, -1 for a low pass */
static void
init (ConfabAudioBiquad *self, double cutoff_hz, double q, int sign)
{
  double omega = 2 * G_PI * cutoff_hz / CONFAB_AUDIO_RATE;
  double alpha = sin (omega) / (2 * q);
  double a0 = 1 + alpha;
  double outer = (1 + sign * cos (omega)) / 2 / a0;

  *self = (ConfabAudioBiquad){
    .b0 = (float) outer,
    .b1 = (float) (-sign * 2 * outer),
    .b2 = (float) outer,
    .a1 = (float) (-2 * cos (omega) / a0),
    .a2 = (float) ((1 - alpha) / a0),
  };
}

/**
 * confab_audio_biquad_init_low_pass:
 * @cutoff_hz: 0 < cutoff < 24000
 * @q: 0.707 for a Butterworth filter by itself
 *
 * Source: Robert Bristow-Johnson, “Cookbook formulae for audio EQ biquad filter coefficients”.
 */
void
confab_audio_biquad_init_low_pass (ConfabAudioBiquad *self, double cutoff_hz, double q)
{
  init (self, cutoff_hz, q, -1);
}

/**
 * confab_audio_biquad_init_high_pass:
 * @cutoff_hz: 0 < cutoff < 24000
 * @q: as for the low pass
 */
void
confab_audio_biquad_init_high_pass (ConfabAudioBiquad *self, double cutoff_hz, double q)
{
  init (self, cutoff_hz, q, 1);
}

float
confab_audio_biquad_run (ConfabAudioBiquad *self, float sample)
{
  float out = self->b0 * sample + self->s1;

  self->s1 = self->b1 * sample - self->a1 * out + self->s2 + DENORMAL;
  self->s2 = self->b2 * sample - self->a2 * out;
  return out;
}
