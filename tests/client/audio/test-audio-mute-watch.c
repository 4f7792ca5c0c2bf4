/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>

#include "confab-audio-mute-watch.h"

/* Syllables of 200 ms with pauses of 100 ms, over the noise of a room. */
static gint16
get_speech (guint n)
{
  gboolean is_voiced = n / (100 * CONFAB_AUDIO_SAMPLES_PER_MS) % 3 < 2;

  return (gint16) ((is_voiced ? 4000 : 20) * sin (2 * G_PI * 200 * n / CONFAB_AUDIO_RATE));
}

static gint16
get_noise (guint n)
{
  return (gint16) g_random_int_range (-600, 600); /* -39 dBov: a loud fan */
}

static gint16
get_silence (guint n)
{
  return 0;
}

static gint16
get_clicks (guint n)
{
  return n % CONFAB_AUDIO_RATE < CONFAB_AUDIO_TICK_SAMPLES ? 9000 : 0; /* one a second */
}

/* Returns: after how many ms it was noticed; 0: it was not */
static guint
listen (ConfabAudioMuteWatch *watch, gint16 (*sound) (guint n), guint ms, gboolean is_muted)
{
  gint16 tick[CONFAB_AUDIO_TICK_SAMPLES];
  guint noticed_ms = 0;
  guint n = 0;

  for (guint at_ms = 0; at_ms < ms; at_ms += 10) {
    for (guint i = 0; i < CONFAB_AUDIO_TICK_SAMPLES; i++)
      tick[i] = sound (n++);
    if (!confab_audio_mute_watch_feed (watch, tick, CONFAB_AUDIO_TICK_SAMPLES, is_muted))
      continue;
    g_assert_cmpuint (noticed_ms, ==, 0);
    noticed_ms = at_ms + 10;
  }
  return noticed_ms;
}

static void
test_speech (void)
{
  ConfabAudioMuteWatch watch;
  guint noticed_ms = 0;

  confab_audio_mute_watch_init (&watch);
  g_assert_cmpuint (listen (&watch, get_silence, 500, TRUE), ==, 0);
  noticed_ms = listen (&watch, get_speech, 10000, TRUE); /* once, however long it goes on */
  g_assert_cmpuint (noticed_ms, >=, CONFAB_AUDIO_MUTE_WATCH_SPEECH_MS);
  g_assert_cmpuint (noticed_ms, <=, 1500);
}

static void
test_not_muted (void)
{
  ConfabAudioMuteWatch watch;

  confab_audio_mute_watch_init (&watch);
  g_assert_cmpuint (listen (&watch, get_speech, 5000, FALSE), ==, 0);
  g_assert_cmpuint (listen (&watch, get_speech, 700, TRUE), ==, 0); /* the end of a sentence */
  g_assert_cmpuint (listen (&watch, get_silence, 5000, TRUE), ==, 0);
}

static void
test_again_with_the_next_mute (void)
{
  ConfabAudioMuteWatch watch;

  confab_audio_mute_watch_init (&watch);
  g_assert_cmpuint (listen (&watch, get_silence, 100, TRUE), ==, 0);
  g_assert_cmpuint (listen (&watch, get_speech, 3000, TRUE), >, 0);
  g_assert_cmpuint (listen (&watch, get_speech, 3000, TRUE), ==, 0);
  g_assert_cmpuint (listen (&watch, get_speech, 100, FALSE), ==, 0);
  g_assert_cmpuint (listen (&watch, get_speech, 3000, TRUE), >, 0);
}

static void
test_noise_is_no_speech (void)
{
  ConfabAudioMuteWatch watch;

  confab_audio_mute_watch_init (&watch);
  g_assert_cmpuint (listen (&watch, get_noise, 60000, TRUE), ==, 0);
  g_assert_cmpuint (listen (&watch, get_clicks, 60000, TRUE), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audio/mute-watch/speech", test_speech);
  g_test_add_func ("/audio/mute-watch/not-muted", test_not_muted);
  g_test_add_func ("/audio/mute-watch/again-with-the-next-mute", test_again_with_the_next_mute);
  g_test_add_func ("/audio/mute-watch/noise-is-no-speech", test_noise_is_no_speech);
  return g_test_run ();
}
