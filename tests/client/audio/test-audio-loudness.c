/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <ebur128.h>
#include <math.h>

#include "confab-audio-limiter.h"
#include "confab-audio-loudness.h"
#include "synthetic-voice.h"

#define SPEECH_MS 20000
#define TALKERS   8
#define WITHIN    3.0 /* LU */

/* Amplifies samples in place, with the limiter behind, as in a call. */
static void
amplify (GArray *samples, float *greatest_gain)
{
  g_autoptr (ConfabAudioLoudness) loudness = confab_audio_loudness_new ();
  ConfabAudioLimiter limiter;

  confab_audio_limiter_init (&limiter);
  for (guint i = 0; i + CONFAB_AUDIO_TICK_SAMPLES <= samples->len; i += CONFAB_AUDIO_TICK_SAMPLES) {
    gint16 *tick = &g_array_index (samples, gint16, i);
    float gain = confab_audio_loudness_feed (loudness, tick, CONFAB_AUDIO_TICK_SAMPLES);
    float louder[CONFAB_AUDIO_TICK_SAMPLES];

    for (guint k = 0; k < CONFAB_AUDIO_TICK_SAMPLES; k++)
      louder[k] = (float) tick[k] * gain;
    confab_audio_limiter_run (&limiter, louder, tick, CONFAB_AUDIO_TICK_SAMPLES);
    *greatest_gain = MAX (*greatest_gain, gain);
  }
}

static double
measure_lufs (const GArray *samples, guint from_ms)
{
  ebur128_state *meter = ebur128_init (1, CONFAB_AUDIO_RATE, EBUR128_MODE_I);
  guint from = from_ms * CONFAB_AUDIO_SAMPLES_PER_MS;
  double lufs = 0;

  ebur128_add_frames_short (meter, &g_array_index (samples, gint16, from), samples->len - from);
  g_assert_cmpint (ebur128_loudness_global (meter, &lufs), ==, EBUR128_SUCCESS);
  ebur128_destroy (&meter);
  return lufs;
}

static void
test_brings_everybody_to_the_target (void)
{
  for (int dbfs = -46; dbfs <= -8; dbfs += 6) {
    g_autoptr (GArray) samples = synthetic_voice_new (1, SPEECH_MS, dbfs);
    float greatest_gain = 0;
    double before = measure_lufs (samples, 3500);
    double lufs;

    amplify (samples, &greatest_gain);
    lufs = measure_lufs (samples, 3500);
    g_test_message ("%.1f LUFS became %.1f", before, lufs);
    g_assert_cmpfloat_with_epsilon (lufs, CONFAB_AUDIO_LOUDNESS_TARGET_LUFS, WITHIN);
  }
}

static void
test_follows_somebody_who_leans_back (void)
{
  g_autoptr (GArray) samples = synthetic_voice_new (2, SPEECH_MS, -20);
  g_autoptr (GArray) away = synthetic_voice_new (3, SPEECH_MS, -35);
  float greatest_gain = 0;

  g_array_append_vals (samples, away->data, away->len);
  amplify (samples, &greatest_gain);
  g_assert_cmpfloat_with_epsilon (measure_lufs (samples, SPEECH_MS + 12000),
                                  CONFAB_AUDIO_LOUDNESS_TARGET_LUFS, WITHIN);
}

static void
test_leaves_noise_alone (void)
{
  g_autoptr (GArray) quiet = synthetic_noise_new (1, 2000, -90);
  g_autoptr (GArray) fan = synthetic_noise_new (2, 20000, -50);
  float greatest_gain = 0;

  g_array_append_vals (quiet, fan->data, fan->len);
  amplify (quiet, &greatest_gain);
  g_assert_cmpfloat (greatest_gain, ==, 1);
}

static void
test_does_not_lift_pauses (void)
{
  g_autoptr (GArray) samples = synthetic_voice_new (1, SPEECH_MS, -40);
  g_autoptr (GArray) room = synthetic_noise_new (2, SPEECH_MS + 10000, -62);
  g_autoptr (GArray) pause = synthetic_noise_new (3, 10000, -90);
  float greatest_gain = 0;

  g_array_append_vals (samples, pause->data, pause->len);
  synthetic_add (samples, room);
  amplify (samples, &greatest_gain);
  g_assert_cmpfloat (greatest_gain, >, 4);
  g_assert_cmpfloat (synthetic_get_dbfs (samples, SPEECH_MS + 2000, SPEECH_MS + 10000), <, -61);
}

/* Eight who talk at once, each at another loudness, and all of them heard. */
static void
test_eight_talkers_do_not_clip (void)
{
  g_autoptr (GArray) talkers = g_array_new (FALSE, FALSE, sizeof (gint16));
  ConfabAudioLoudness *gains[TALKERS];
  ConfabAudioLimiter limiter;
  int loudest = 0;

  confab_audio_limiter_init (&limiter);
  for (guint i = 0; i < TALKERS; i++) {
    g_autoptr (GArray) voice = synthetic_voice_new (i, SPEECH_MS, -34 + 3 * (double) i);

    gains[i] = confab_audio_loudness_new ();
    g_array_append_vals (talkers, voice->data, voice->len);
  }
  for (guint i = 0; i + CONFAB_AUDIO_TICK_SAMPLES <= talkers->len / TALKERS;
       i += CONFAB_AUDIO_TICK_SAMPLES) {
    float sum[CONFAB_AUDIO_TICK_SAMPLES] = { 0 };
    gint16 out[CONFAB_AUDIO_TICK_SAMPLES];

    for (guint t = 0; t < TALKERS; t++) {
      const gint16 *tick = &g_array_index (talkers, gint16, t * (talkers->len / TALKERS) + i);
      float gain = confab_audio_loudness_feed (gains[t], tick, CONFAB_AUDIO_TICK_SAMPLES);

      for (guint k = 0; k < CONFAB_AUDIO_TICK_SAMPLES; k++)
        sum[k] += gain * (float) tick[k];
    }
    confab_audio_limiter_run (&limiter, sum, out, CONFAB_AUDIO_TICK_SAMPLES);
    for (guint k = 0; k < CONFAB_AUDIO_TICK_SAMPLES; k++)
      loudest = MAX (loudest, ABS (out[k]));
  }
  for (guint t = 0; t < TALKERS; t++)
    confab_audio_loudness_free (gains[t]);
  g_assert_cmpint (loudest, >, 16000);
  g_assert_cmpint (loudest, <=, 29205); /* -1 dBFS */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audio/loudness/everybody", test_brings_everybody_to_the_target);
  g_test_add_func ("/audio/loudness/leans-back", test_follows_somebody_who_leans_back);
  g_test_add_func ("/audio/loudness/noise", test_leaves_noise_alone);
  g_test_add_func ("/audio/loudness/pauses", test_does_not_lift_pauses);
  g_test_add_func ("/audio/loudness/eight-talkers", test_eight_talkers_do_not_clip);
  return g_test_run ();
}
