/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>

#include "confab-audio-voice-switch.h"

#define MS CONFAB_AUDIO_SAMPLES_PER_MS

/* Feeds a tone of that level in pieces of 10 ms; returns how long it was on, in ms. */
static guint
feed (ConfabAudioVoiceSwitch *voice, double dbov, guint ms)
{
  double peak = 32768 * pow (10, dbov / 20) * sqrt (2);
  gint16 tick[CONFAB_AUDIO_TICK_SAMPLES];
  guint on_ms = 0;

  for (guint i = 0; i < CONFAB_AUDIO_TICK_SAMPLES; i++)
    tick[i] = (gint16) lround (peak * sin (2 * G_PI * 400 * i / CONFAB_AUDIO_RATE));
  for (guint i = 0; i < ms / 10; i++)
    on_ms += confab_audio_voice_switch_feed (voice, tick, CONFAB_AUDIO_TICK_SAMPLES) ? 10 : 0;
  return on_ms;
}

static void
test_on_at_once (void)
{
  ConfabAudioVoiceSwitch voice;

  confab_audio_voice_switch_init (&voice);
  g_assert_cmpuint (feed (&voice, -60, 1000), ==, 0);
  g_assert_cmpuint (feed (&voice, -30, 100), ==, 100); /* from the first tick on */
}

static void
test_holds (void)
{
  ConfabAudioVoiceSwitch voice;

  confab_audio_voice_switch_init (&voice);
  feed (&voice, -30, 500);
  g_assert_cmpuint (feed (&voice, -90, 300), ==, 300); /* between two words */
  feed (&voice, -30, 500);
  g_assert_cmpuint (feed (&voice, -90, 2000), ==, CONFAB_AUDIO_VOICE_SWITCH_HOLD_MS - 10);
  g_assert_cmpuint (feed (&voice, -90, 1000), ==, 0);
}

static void
test_hysteresis (void)
{
  ConfabAudioVoiceSwitch voice;

  confab_audio_voice_switch_init (&voice);
  g_assert_cmpuint (feed (&voice, -48, 1000), ==, 0); /* not loud enough to begin */
  feed (&voice, -30, 100);
  g_assert_cmpuint (feed (&voice, -48, 3000), ==, 3000); /* but to go on */
  g_assert_cmpuint (feed (&voice, -54, 3000), <, 500);
}

static void
test_click (void)
{
  ConfabAudioVoiceSwitch voice;
  gint16 click[5 * MS];
  gint16 silence[5 * MS] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (click); i++)
    click[i] = i % 2 ? 9000 : -9000;
  confab_audio_voice_switch_init (&voice);
  for (guint i = 0; i < 20; i++) {
    g_assert_false (confab_audio_voice_switch_feed (&voice, click, G_N_ELEMENTS (click)));
    g_assert_false (confab_audio_voice_switch_feed (&voice, silence, G_N_ELEMENTS (silence)));
  }
}

static void
test_threshold (void)
{
  ConfabAudioVoiceSwitch voice;

  confab_audio_voice_switch_init (&voice);
  confab_audio_voice_switch_set_threshold (&voice, -20);
  g_assert_cmpuint (feed (&voice, -30, 500), ==, 0);
  confab_audio_voice_switch_set_threshold (&voice, -55.5);
  g_assert_cmpuint (feed (&voice, -50, 500), ==, 500);
  g_assert_cmpfloat (confab_audio_voice_switch_get_threshold (&voice), ==, -55.5);
  confab_audio_voice_switch_set_threshold (&voice, 20);
  g_assert_cmpfloat (confab_audio_voice_switch_get_threshold (&voice), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audio/voice-switch/on-at-once", test_on_at_once);
  g_test_add_func ("/audio/voice-switch/holds", test_holds);
  g_test_add_func ("/audio/voice-switch/hysteresis", test_hysteresis);
  g_test_add_func ("/audio/voice-switch/click", test_click);
  g_test_add_func ("/audio/voice-switch/threshold", test_threshold);
  return g_test_run ();
}
