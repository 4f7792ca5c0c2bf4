/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "synthetic-voice.h"

#include <math.h>

#define SYLLABLE_MS    220
#define VOWEL_MS       150
#define SENTENCE       9 /* syllables */
#define PAUSE_SYLLABLE 2
#define RAMP_MS        30.0
#define TAPS_PER_MS    6 /* reflections of the room; a denser one takes longer and tells no more */

typedef struct {
  double a1, a2; /* of a two-pole resonator */
  double y1, y2;
} Formant;

static void
set_formant (Formant *self, double frequency_hz, double width_hz)
{
  double radius = exp (-G_PI * width_hz / CONFAB_AUDIO_RATE);

  self->a1 = 2 * radius * cos (2 * G_PI * frequency_hz / CONFAB_AUDIO_RATE);
  self->a2 = -radius * radius;
}

static double
run_formant (Formant *self, double sample)
{
  double out = sample + self->a1 * self->y1 + self->a2 * self->y2;

  self->y2 = self->y1;
  self->y1 = out;
  return out;
}

static GArray *
to_samples (const double *signal, guint n, double rms_dbfs)
{
  GArray *samples = g_array_sized_new (FALSE, FALSE, sizeof (gint16), n);
  double energy = 1e-9;
  double gain;

  for (guint i = 0; i < n; i++)
    energy += signal[i] * signal[i];
  gain = pow (10, rms_dbfs / 20) / sqrt (energy / n);
  for (guint i = 0; i < n; i++) {
    gint16 sample = (gint16) lrint (CLAMP (signal[i] * gain, -1, 1) * 32767);

    g_array_append_val (samples, sample);
  }
  return samples;
}

/* In and out without a click; 0 in the consonant behind the vowel. */
static double
get_envelope (guint syllable_ms)
{
  if (syllable_ms >= VOWEL_MS)
    return 0;
  return MIN (1, MIN (syllable_ms, VOWEL_MS - syllable_ms) / RAMP_MS);
}

GArray *
synthetic_voice_new (guint32 seed, guint length_ms, double rms_dbfs)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  guint n = length_ms * CONFAB_AUDIO_SAMPLES_PER_MS;
  g_autofree double *signal = g_new0 (double, n);
  Formant low = { 0 };
  Formant high = { 0 };
  double pitch_hz = 120;
  double loudness = 1;
  double phase = 0;

  for (guint i = 0; i < n; i++) {
    guint ms = i / CONFAB_AUDIO_SAMPLES_PER_MS;
    guint syllable = ms / SYLLABLE_MS % (SENTENCE + PAUSE_SYLLABLE);
    double excitation = g_rand_double_range (random, -0.05, 0.05);

    if (i % (SYLLABLE_MS * CONFAB_AUDIO_SAMPLES_PER_MS) == 0) {
      set_formant (&low, g_rand_double_range (random, 300, 900), 80);
      set_formant (&high, g_rand_double_range (random, 1000, 2800), 120);
      pitch_hz = g_rand_double_range (random, 95, 190);
      loudness = g_rand_double_range (random, 0.6, 1.2);
    }
    pitch_hz += g_rand_double_range (random, -0.02, 0.02);
    phase += pitch_hz / CONFAB_AUDIO_RATE;
    if (phase >= 1) {
      phase -= 1;
      excitation += 1;
    }
    if (syllable < SENTENCE)
      excitation *= loudness * get_envelope (ms % SYLLABLE_MS);
    else
      excitation = 0;
    signal[i] = run_formant (&low, excitation) + run_formant (&high, excitation);
  }
  return to_samples (signal, n, rms_dbfs);
}

GArray *
synthetic_noise_new (guint32 seed, guint length_ms, double rms_dbfs)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  guint n = length_ms * CONFAB_AUDIO_SAMPLES_PER_MS;
  g_autofree double *signal = g_new0 (double, n);

  for (guint i = 0; i < n; i++)
    signal[i] = g_rand_double_range (random, -1, 1);
  return to_samples (signal, n, rms_dbfs);
}

GArray *
synthetic_echo_new (const GArray *played, guint delay_ms, guint room_ms, double loss_db)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  guint n_taps = room_ms * TAPS_PER_MS;
  guint room_samples = room_ms * CONFAB_AUDIO_SAMPLES_PER_MS;
  g_autofree double *signal = g_new0 (double, played->len);
  GArray *samples = g_array_sized_new (FALSE, FALSE, sizeof (gint16), played->len);

  for (guint k = 0; k <= n_taps; k++) {
    guint place = k == 0 ? 0 : (guint) g_rand_int_range (random, 1, (gint32) room_samples);
    double size =
        k == 0 ? 1 : g_rand_double_range (random, -0.3, 0.3) * exp (-6.9 * place / room_samples);
    guint shift = delay_ms * CONFAB_AUDIO_SAMPLES_PER_MS + place;

    for (guint i = shift; i < played->len; i++)
      signal[i] += size * g_array_index (played, gint16, i - shift);
  }
  for (guint i = 0; i < played->len; i++) {
    gint16 sample = (gint16) lrint (CLAMP (signal[i] * pow (10, -loss_db / 20), -32768, 32767));

    g_array_append_val (samples, sample);
  }
  return samples;
}

void
synthetic_add (GArray *into, const GArray *other)
{
  for (guint i = 0; i < MIN (into->len, other->len); i++) {
    gint16 *sample = &g_array_index (into, gint16, i);

    *sample = (gint16) CLAMP (*sample + g_array_index (other, gint16, i), -32768, 32767);
  }
}

double
synthetic_get_dbfs (const GArray *samples, guint from_ms, guint to_ms)
{
  guint from = from_ms * CONFAB_AUDIO_SAMPLES_PER_MS;
  guint to = MIN (to_ms * CONFAB_AUDIO_SAMPLES_PER_MS, samples->len);
  double energy = 0;

  g_assert_cmpuint (from, <, to);
  for (guint i = from; i < to; i++)
    energy += pow (g_array_index (samples, gint16, i) / 32768.0, 2);
  return 10 * log10 (energy / (to - from) + 1e-12);
}
