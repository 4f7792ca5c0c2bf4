/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-stretch"

#include "confab-audio-stretch.h"

#include <math.h>
#include <string.h>

#define FADE 240 /* 5 ms of cross-fade, and what is compared to find a period */
#define MIN_LAG                                                                                   \
  120               /* 2.5 ms: the period of a voice of 400 Hz; higher ones have it twice or more \
                     */
#define SEARCH    2 /* every second lag and sample: 24 kHz is plenty for finding a pitch */
#define TIE       0.005f /* what two equally good lags may differ by */
#define SPLICE    120    /* 2.5 ms over which a step is spread */
#define QUIET_RMS 60     /* -55 dBFS: noise, where any place will do */

static gint16 *
get_head (ConfabAudioStretch *self)
{
  return self->samples + CONFAB_AUDIO_STRETCH_PAST;
}

static float
get_energy (const gint16 *samples)
{
  float energy = 1; /* never zero: it divides */

  for (guint i = 0; i < FADE; i += SEARCH)
    energy += (float) samples[i] * samples[i];
  return energy;
}

static float
get_product (const gint16 *a, const gint16 *b)
{
  float product = 0;

  for (guint i = 0; i < FADE; i += SEARCH)
    product += (float) a[i] * b[i];
  return product;
}

/* How alike the signal is at the head and at every lag; below -1 where it may not be. */
static void
compare_lags (const gint16 *head,
              int direction,
              guint min_lag,
              guint max_lag,
              const ConfabAudioLags allowed,
              float *alike)
{
  float energy = get_energy (head);

  for (guint lag = min_lag; lag <= max_lag; lag += SEARCH) {
    const gint16 *other = head + direction * (int) lag;

    alike[lag] = allowed[lag] ? get_product (head, other) / sqrtf (energy * get_energy (other))
                              : -G_MAXFLOAT;
  }
}

/* The allowed lag at which the signal is most like that at the head, the shortest of those that are
 * as good: smaller moves are heard less. 0 when nothing is alike enough. */
static guint
find_lag (const gint16 *head,
          int direction,
          guint min_lag,
          guint max_lag,
          const ConfabAudioLags allowed,
          double likeness)
{
  float alike[CONFAB_AUDIO_STRETCH_MAX_LAG + 1];
  gboolean is_quiet = get_energy (head) < (float) FADE / SEARCH * QUIET_RMS * QUIET_RMS;
  float best = is_quiet ? -1 : (float) likeness;
  guint last = min_lag + (max_lag - min_lag) / SEARCH * SEARCH;

  compare_lags (head, direction, min_lag, max_lag, allowed, alike);
  for (guint lag = min_lag; lag <= last; lag += SEARCH)
    best = MAX (best, alike[lag]);
  for (guint lag = min_lag; lag <= last; lag += SEARCH) {
    gboolean is_peak = lag == last || alike[lag] >= alike[lag + SEARCH];

    if (alike[lag] >= best || (is_peak && alike[lag] >= best - TIE && alike[lag] >= likeness))
      return lag;
  }
  return 0;
}

static gint16
cross_fade (gint16 from, gint16 to, guint i)
{
  return (gint16) ((from * (int) (FADE - i) + to * (int) i) / FADE);
}

/* Spreads the step from the sample before to the first of a piece that does not continue it. */
static void
smooth_step (gint16 *samples, guint n_samples)
{
  int step = samples[-1] - samples[0];
  guint n = MIN (n_samples, SPLICE);

  for (guint i = 0; i < n; i++) {
    int smooth = samples[i] + step * (int) (SPLICE - i) / SPLICE;

    samples[i] = (gint16) CLAMP (smooth, G_MININT16, G_MAXINT16);
  }
}

/**
 * confab_audio_stretch_append:
 * @samples: (nullable) (array length=n_samples): %NULL for silence
 * @is_splice: whether @samples do not continue what was appended before
 *
 * Returns: how many samples there was room for; the rest is dropped
 */
guint
confab_audio_stretch_append (ConfabAudioStretch *self,
                             const gint16 *samples,
                             guint n_samples,
                             gboolean is_splice)
{
  gint16 *end = get_head (self) + self->n_queued;
  guint n = MIN (n_samples, CONFAB_AUDIO_STRETCH_CAPACITY - self->n_queued);

  if (n == 0)
    return 0;
  if (samples != NULL)
    memcpy (end, samples, n * sizeof *end);
  else
    memset (end, 0, n * sizeof *end);
  if (is_splice)
    smooth_step (end, n);
  self->n_queued += n;
  return n;
}

/**
 * confab_audio_stretch_take:
 * @n_samples: at most n_queued
 *
 * Takes the oldest samples; they stay known as the past to repeat from.
 */
void
confab_audio_stretch_take (ConfabAudioStretch *self, gint16 *out, guint n_samples)
{
  g_assert (n_samples <= self->n_queued);

  memcpy (out, get_head (self), n_samples * sizeof *out);
  self->n_queued -= n_samples;
  memmove (self->samples, self->samples + n_samples,
           (CONFAB_AUDIO_STRETCH_PAST + self->n_queued) * sizeof *out);
}

/**
 * confab_audio_stretch_drop:
 * @n_samples: at most n_queued
 *
 * Takes the newest samples back.
 */
void
confab_audio_stretch_drop (ConfabAudioStretch *self, guint n_samples)
{
  g_assert (n_samples <= self->n_queued);

  self->n_queued -= n_samples;
}

/**
 * confab_audio_stretch_cut:
 * @allowed: the lags to choose from
 * @likeness: 0..1, how alike the two places must be when it is not quiet
 *
 * Takes one pitch period out at the head.
 *
 * Returns: how many samples fewer wait now; 0 when there was no good place
 */
guint
confab_audio_stretch_cut (ConfabAudioStretch *self, const ConfabAudioLags allowed, double likeness)
{
  gint16 *head = get_head (self);
  guint lag;

  if (self->n_queued < MIN_LAG + FADE)
    return 0;
  lag = find_lag (head, 1, MIN_LAG, MIN (CONFAB_AUDIO_STRETCH_MAX_LAG, self->n_queued - FADE),
                  allowed, likeness);
  if (lag == 0)
    return 0;
  for (guint i = 0; i < FADE; i++)
    head[i] = cross_fade (head[i], head[i + lag], i);
  memmove (head + FADE, head + FADE + lag, (self->n_queued - FADE - lag) * sizeof *head);
  self->n_queued -= lag;
  return lag;
}

/**
 * confab_audio_stretch_repeat:
 * @allowed: the lags to choose from
 * @likeness: 0..1, how alike the two places must be when it is not quiet
 *
 * Plays the last pitch period once more before the head.
 *
 * Returns: how many samples more wait now; 0 when there was no good place
 */
guint
confab_audio_stretch_repeat (ConfabAudioStretch *self,
                             const ConfabAudioLags allowed,
                             double likeness)
{
  gint16 period[CONFAB_AUDIO_STRETCH_MAX_LAG];
  gint16 *head = get_head (self);
  guint lag;

  if (self->n_queued < FADE ||
      self->n_queued + CONFAB_AUDIO_STRETCH_MAX_LAG > CONFAB_AUDIO_STRETCH_CAPACITY)
    return 0;
  lag = find_lag (head, -1, FADE, CONFAB_AUDIO_STRETCH_MAX_LAG, allowed, likeness);
  if (lag == 0)
    return 0;
  for (guint i = 0; i < lag; i++) {
    const gint16 *before = head + i - lag;

    period[i] = i < FADE ? cross_fade (head[i], *before, i) : *before;
  }
  memmove (head + lag, head, self->n_queued * sizeof *head);
  memcpy (head, period, lag * sizeof *head);
  self->n_queued += lag;
  return lag;
}
