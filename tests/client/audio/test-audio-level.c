/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>

#include "confab-audio-level.h"

static void
feed_tone (ConfabAudioLevel *level, double amplitude, guint ms)
{
  for (guint i = 0; i < ms * CONFAB_AUDIO_SAMPLES_PER_MS; i++) {
    gint16 sample = (gint16) (amplitude * sin (2 * G_PI * 1000 * i / CONFAB_AUDIO_RATE));

    confab_audio_level_feed (level, &sample, 1);
  }
}

static void
test_dbov (void)
{
  ConfabAudioLevel level;

  confab_audio_level_init (&level);
  g_assert_cmpfloat (confab_audio_level_get_dbov (&level), ==, -127);
  feed_tone (&level, 32767, 200);
  g_assert_cmpfloat_with_epsilon (confab_audio_level_get_dbov (&level), -3.01, 0.1);
  feed_tone (&level, 3276.7, 2000);
  g_assert_cmpfloat_with_epsilon (confab_audio_level_get_dbov (&level), -23.01, 0.1);
  confab_audio_level_feed (&level, NULL, 20 * CONFAB_AUDIO_RATE);
  g_assert_cmpfloat (confab_audio_level_get_dbov (&level), ==, -127);
}

static void
test_rises_faster_than_it_falls (void)
{
  ConfabAudioLevel level;

  confab_audio_level_init (&level);
  feed_tone (&level, 10000, 30);
  g_assert_cmpfloat (confab_audio_level_get_dbov (&level), >, -15);
  confab_audio_level_feed (&level, NULL, 30 * CONFAB_AUDIO_SAMPLES_PER_MS);
  g_assert_cmpfloat (confab_audio_level_get_dbov (&level), >, -16);
  confab_audio_level_feed (&level, NULL, 500 * CONFAB_AUDIO_SAMPLES_PER_MS);
  g_assert_cmpfloat (confab_audio_level_get_dbov (&level), <, -25);
}

static void
test_speaking_hangs_over (void)
{
  ConfabAudioLevel level;

  confab_audio_level_init (&level);
  feed_tone (&level, 100, 500); /* a quiet room: -53 dBov */
  g_assert_false (confab_audio_level_get_speaking (&level));
  feed_tone (&level, 2000, 10);
  g_assert_true (confab_audio_level_get_speaking (&level));
  confab_audio_level_feed (&level, NULL, 290 * CONFAB_AUDIO_SAMPLES_PER_MS);
  g_assert_true (confab_audio_level_get_speaking (&level));
  confab_audio_level_feed (&level, NULL, 20 * CONFAB_AUDIO_SAMPLES_PER_MS);
  g_assert_false (confab_audio_level_get_speaking (&level));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audio/level/dbov", test_dbov);
  g_test_add_func ("/audio/level/rises-faster-than-it-falls", test_rises_faster_than_it_falls);
  g_test_add_func ("/audio/level/speaking-hangs-over", test_speaking_hangs_over);
  return g_test_run ();
}
