/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-limiter"

#include "confab-audio-limiter.h"

#include <math.h>

#define CEILING \
  (0.8912f * 32768)              /* -1 dBFS: nothing above it leaves; decoders overshoot a little */
#define KNEE    (0.8f * CEILING) /* what the gain leads to, and where the curve begins to bend */
#define RELEASE 1.02f /* a 10 ms: 6 dB in 350 ms, slow enough not to pump with the syllables */

/* Up to the knee as it is, above bent towards the ceiling: only for the milliseconds in which the
 * gain still comes down. */
static float
bend (float sample)
{
  float size = fabsf (sample);

  if (size <= KNEE)
    return sample;
  return copysignf (KNEE + (CEILING - KNEE) * tanhf ((size - KNEE) / (CEILING - KNEE)), sample);
}

static float
get_peak (const float *samples, guint n_samples)
{
  float peak = 0;

  for (guint i = 0; i < n_samples; i++)
    peak = MAX (peak, fabsf (samples[i]));
  return peak;
}

void
confab_audio_limiter_init (ConfabAudioLimiter *self)
{
  self->gain = 1;
}

/**
 * confab_audio_limiter_run:
 * @samples: (array length=n_samples): a sum, in units of 16 bit samples, of any size
 * @out: (array length=n_samples) (out caller-allocates): the same, at most -1 dBFS
 *
 * Leads the gain down over this tick when its peak is above the knee, 2 dB below the ceiling, and
 * slowly up again later.
 */
void
confab_audio_limiter_run (ConfabAudioLimiter *self,
                          const float *samples,
                          gint16 *out,
                          guint n_samples)
{
  float peak = get_peak (samples, n_samples);
  float wanted = peak > KNEE ? KNEE / peak : 1;
  float release = powf (RELEASE, (float) n_samples / CONFAB_AUDIO_TICK_SAMPLES);
  float gain = MIN (wanted, self->gain * release);
  float step = (gain - self->gain) / (float) n_samples;

  for (guint i = 0; i < n_samples; i++)
    out[i] = (gint16) lrintf (bend (samples[i] * (self->gain + step * (float) (i + 1))));
  self->gain = gain;
}
