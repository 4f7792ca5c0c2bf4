/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>

#include "confab-audio-noise-gate.h"
#include "synthetic-voice.h"

/* Returns: how often the gate began to open */
static guint
run (ConfabAudioNoiseGate *gate, GArray *samples)
{
  guint n_openings = 0;

  for (guint i = 0; i + CONFAB_AUDIO_TICK_SAMPLES <= samples->len; i += CONFAB_AUDIO_TICK_SAMPLES) {
    float before = confab_audio_noise_gate_get_gain (gate);

    confab_audio_noise_gate_run (gate, &g_array_index (samples, gint16, i),
                                 CONFAB_AUDIO_TICK_SAMPLES);
    n_openings += confab_audio_noise_gate_get_gain (gate) > before;
  }
  return n_openings;
}

static void
test_shuts_on_noise (void)
{
  g_autoptr (GArray) fan = synthetic_noise_new (1, 20000, -50);
  ConfabAudioNoiseGate gate;

  confab_audio_noise_gate_init (&gate);
  run (&gate, fan);
  g_assert_cmpfloat (confab_audio_noise_gate_get_gain (&gate), ==, 0);
  g_assert_cmpfloat (synthetic_get_dbfs (fan, 19000, 20000), <, -100);
}

static void
test_opens_for_speech (void)
{
  g_autoptr (GArray) speech = synthetic_voice_new (1, 10000, -30);
  g_autoptr (GArray) room = synthetic_noise_new (1, 10000, -60);
  double before;
  ConfabAudioNoiseGate gate;

  synthetic_add (speech, room);
  before = synthetic_get_dbfs (speech, 0, 10000);
  confab_audio_noise_gate_init (&gate);
  /* 2.4 s a sentence: five in 10 s */
  g_assert_cmpuint (run (&gate, speech), <=, 5);
  g_assert_cmpfloat_with_epsilon (synthetic_get_dbfs (speech, 0, 10000), before, 0.2);
}

/* Sound that stands 8 dB above the room keeps the gate open, but does not open it. */
static void
test_opening_takes_more_than_staying_open (void)
{
  g_autoptr (GArray) room = synthetic_noise_new (1, 5000, -60);
  g_autoptr (GArray) soft = synthetic_noise_new (2, 500, -52);
  g_autoptr (GArray) soft_again = synthetic_noise_new (2, 800, -52);
  g_autoptr (GArray) loud = synthetic_noise_new (3, 200, -30);
  ConfabAudioNoiseGate gate;

  confab_audio_noise_gate_init (&gate);
  run (&gate, room);
  run (&gate, soft);
  g_assert_cmpfloat (confab_audio_noise_gate_get_gain (&gate), <, 1);
  run (&gate, loud);
  g_assert_cmpfloat (confab_audio_noise_gate_get_gain (&gate), ==, 1);
  run (&gate, soft_again);
  g_assert_cmpfloat (confab_audio_noise_gate_get_gain (&gate), ==, 1);
}

static void
test_holds_through_a_gap (void)
{
  g_autoptr (GArray) loud = synthetic_noise_new (1, 1000, -30);
  ConfabAudioNoiseGate gate;
  gint16 silence[CONFAB_AUDIO_TICK_SAMPLES] = { 0 };

  confab_audio_noise_gate_init (&gate);
  run (&gate, loud);
  for (guint i = 0; i < 35; i++)
    confab_audio_noise_gate_run (&gate, silence, CONFAB_AUDIO_TICK_SAMPLES);
  g_assert_cmpfloat (confab_audio_noise_gate_get_gain (&gate), ==, 1);
  for (guint i = 0; i < 60; i++)
    confab_audio_noise_gate_run (&gate, silence, CONFAB_AUDIO_TICK_SAMPLES);
  g_assert_cmpfloat (confab_audio_noise_gate_get_gain (&gate), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audio/noise-gate/noise", test_shuts_on_noise);
  g_test_add_func ("/audio/noise-gate/speech", test_opens_for_speech);
  g_test_add_func ("/audio/noise-gate/hysteresis", test_opening_takes_more_than_staying_open);
  g_test_add_func ("/audio/noise-gate/hold", test_holds_through_a_gap);
  return g_test_run ();
}
