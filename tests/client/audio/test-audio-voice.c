/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>
#include <string.h>

#include "confab-audio-voice.h"
#include "synthetic-voice.h"

#define TICK      CONFAB_AUDIO_TICK_SAMPLES
#define LENGTH_MS 12000
#define FAR_DBFS  -20
#define ROOM_MS   40
#define LOSS_DB   6

static void
set_only (ConfabAudioVoice *voice, int step)
{
  for (int i = CONFAB_AUDIO_VOICE_HIGH_PASS; i <= CONFAB_AUDIO_VOICE_GAIN; i++)
    confab_audio_voice_set_step (voice, (ConfabAudioVoiceStep) i, i == step);
}

/* Plays one and hears the other, which becomes what is sent. */
static void
run (ConfabAudioVoice *voice, const GArray *played, GArray *heard)
{
  for (guint i = 0; i + TICK <= heard->len; i += TICK) {
    if (played != NULL)
      confab_audio_voice_take_played (voice, &g_array_index (played, gint16, i), TICK);
    confab_audio_voice_process (voice, &g_array_index (heard, gint16, i));
  }
}

static double
get_erle (guint delay_ms, guint from_ms)
{
  g_autoptr (ConfabAudioVoice) voice = confab_audio_voice_new ();
  g_autoptr (GArray) played = synthetic_voice_new (1, LENGTH_MS, FAR_DBFS);
  g_autoptr (GArray) heard = synthetic_echo_new (played, delay_ms, ROOM_MS, LOSS_DB);
  g_autoptr (GArray) room = synthetic_noise_new (1, LENGTH_MS, -70);
  double before;

  synthetic_add (heard, room);
  before = synthetic_get_dbfs (heard, from_ms, LENGTH_MS);
  set_only (voice, CONFAB_AUDIO_VOICE_ECHO_CANCELLATION);
  run (voice, played, heard);
  g_assert_cmpint (confab_audio_voice_get_echo_state (voice), ==, CONFAB_AUDIO_ECHO_CANCELLED);
  return before - synthetic_get_dbfs (heard, from_ms, LENGTH_MS);
}

static void
test_echo (void)
{
  for (guint delay_ms = 20; delay_ms <= 60; delay_ms += 20) {
    double erle_db = get_erle (delay_ms, 5000);

    g_test_message ("%u ms: %.1f dB", delay_ms, erle_db);
    g_assert_cmpfloat (erle_db, >, 25);
  }
}

static void
test_echo_far_behind (void)
{
  for (guint delay_ms = 140; delay_ms <= 320; delay_ms += 90) {
    double erle_db = get_erle (delay_ms, 5000);

    g_test_message ("%u ms: %.1f dB", delay_ms, erle_db);
    g_assert_cmpfloat (erle_db, >, 15);
  }
}

/* The microphone lost a tenth of a second: its echo comes before what is played is looked at. */
static void
test_echo_in_front (void)
{
  g_autoptr (ConfabAudioVoice) voice = confab_audio_voice_new ();
  g_autoptr (GArray) played = synthetic_voice_new (1, 2 * LENGTH_MS, FAR_DBFS);
  g_autoptr (GArray) heard = synthetic_echo_new (played, 40, ROOM_MS, LOSS_DB);
  guint lost = 100 * CONFAB_AUDIO_SAMPLES_PER_MS;
  guint when = 5 * CONFAB_AUDIO_RATE;
  double before;

  set_only (voice, CONFAB_AUDIO_VOICE_ECHO_CANCELLATION);
  g_array_remove_range (heard, when, lost);
  before = synthetic_get_dbfs (heard, LENGTH_MS, 2 * LENGTH_MS - 200);
  for (guint i = 0, k = 0; i + TICK <= heard->len; i += TICK) {
    for (; k <= i + (i >= when ? lost : 0); k += TICK)
      confab_audio_voice_take_played (voice, &g_array_index (played, gint16, k), TICK);
    confab_audio_voice_process (voice, &g_array_index (heard, gint16, i));
  }
  g_assert_cmpfloat (before - synthetic_get_dbfs (heard, LENGTH_MS, 2 * LENGTH_MS - 200), >, 25);
}

/* How much of one signal is in another, by the one place where it fits best within 20 ms. */
static double
get_share_db (const GArray *signal, const GArray *in, guint from_ms, guint to_ms)
{
  guint from = from_ms * CONFAB_AUDIO_SAMPLES_PER_MS;
  guint to = to_ms * CONFAB_AUDIO_SAMPLES_PER_MS;
  double best = 0;

  for (guint lag = 0; lag <= 2 * TICK; lag += 1) {
    double product = 0;
    double energy = 1;

    for (guint i = from; i < to; i += 7) {
      double sample = g_array_index (signal, gint16, i);

      product += sample * g_array_index (in, gint16, i + lag);
      energy += sample * sample;
    }
    best = MAX (best, product / energy);
  }
  return 20 * log10 (best + 1e-9);
}

static void
test_double_talk (void)
{
  g_autoptr (ConfabAudioVoice) voice = confab_audio_voice_new ();
  g_autoptr (GArray) played = synthetic_voice_new (1, LENGTH_MS, FAR_DBFS);
  g_autoptr (GArray) heard = synthetic_echo_new (played, 40, ROOM_MS, LOSS_DB);
  g_autoptr (GArray) talk = synthetic_voice_new (2, 4000, -23);
  g_autoptr (GArray) near_voice = g_array_new (FALSE, TRUE, sizeof (gint16));
  double share_db;

  g_array_set_size (near_voice, 7000 * CONFAB_AUDIO_SAMPLES_PER_MS);
  g_array_append_vals (near_voice, talk->data, talk->len);
  synthetic_add (heard, near_voice);
  set_only (voice, CONFAB_AUDIO_VOICE_ECHO_CANCELLATION);
  run (voice, played, heard);
  share_db = get_share_db (near_voice, heard, 7000, 10900);
  g_test_message ("the near voice: %.1f dB", share_db);
  g_assert_cmpfloat (share_db, >, -6);
  g_assert_cmpint (confab_audio_voice_get_echo_state (voice), ==, CONFAB_AUDIO_ECHO_CANCELLED);
}

static void
test_noise (void)
{
  g_autoptr (ConfabAudioVoice) voice = confab_audio_voice_new ();
  g_autoptr (GArray) noise = synthetic_noise_new (1, 8000, -50);

  set_only (voice, CONFAB_AUDIO_VOICE_NOISE_SUPPRESSION);
  run (voice, NULL, noise);
  g_assert_cmpfloat (synthetic_get_dbfs (noise, 4000, 8000), <, -65);
}

/* Where there is no noise, nothing is taken from the voice either: it is late, and that is all. */
static void
test_quiet_room (void)
{
  g_autoptr (ConfabAudioVoice) voice = confab_audio_voice_new ();
  g_autoptr (GArray) said = synthetic_voice_new (1, 5000, -23);
  g_autoptr (GArray) sent = synthetic_voice_new (1, 5000, -23);
  double error = 0;
  double energy = 0;

  set_only (voice, CONFAB_AUDIO_VOICE_NOISE_SUPPRESSION);
  run (voice, NULL, sent);
  for (guint i = 2 * CONFAB_AUDIO_RATE; i + TICK < said->len; i++) {
    double clean = g_array_index (said, gint16, i);
    double difference = g_array_index (sent, gint16, i + TICK) - clean;

    energy += clean * clean;
    error += difference * difference;
  }
  g_assert_cmpfloat (10 * log10 (energy / (error + 1)), >, 38);
}

static void
test_rumble (void)
{
  g_autoptr (ConfabAudioVoice) voice = confab_audio_voice_new ();
  g_autoptr (GArray) speech = synthetic_voice_new (1, 4000, -23);
  gint16 hum[TICK * 100];
  g_autoptr (GArray) rumble = g_array_new (FALSE, FALSE, sizeof (gint16));

  for (guint i = 0; i < G_N_ELEMENTS (hum); i++)
    hum[i] = (gint16) (8000 * sin (2 * G_PI * 25 * i / CONFAB_AUDIO_RATE));
  g_array_append_vals (rumble, hum, G_N_ELEMENTS (hum));
  set_only (voice, CONFAB_AUDIO_VOICE_HIGH_PASS);
  run (voice, NULL, rumble);
  g_assert_cmpfloat (synthetic_get_dbfs (rumble, 500, 1000), <, -15.2 - 20);
  run (voice, NULL, speech);
  g_assert_cmpfloat_with_epsilon (synthetic_get_dbfs (speech, 0, 4000), -23, 1.5);
}

static void
test_nothing_is_changed_when_all_is_off (void)
{
  g_autoptr (ConfabAudioVoice) voice = confab_audio_voice_new ();
  g_autoptr (GArray) speech = synthetic_voice_new (1, 2000, -12);
  g_autoptr (GArray) same = synthetic_voice_new (1, 2000, -12);

  set_only (voice, -1);
  run (voice, same, speech);
  g_assert_cmpmem (speech->data, speech->len * sizeof (gint16), same->data,
                   same->len * sizeof (gint16));
}

static int
get_largest_step (const GArray *samples)
{
  int largest = 0;

  for (guint i = 1; i < samples->len; i++)
    largest = MAX (
        largest, ABS (g_array_index (samples, gint16, i) - g_array_index (samples, gint16, i - 1)));
  return largest;
}

static guint
get_longest_silence_ms (const GArray *samples)
{
  guint longest = 0;
  guint length = 0;

  for (guint i = 0; i < samples->len; i++) {
    length = ABS (g_array_index (samples, gint16, i)) > 200 ? 0 : length + 1;
    longest = MAX (longest, length);
  }
  return longest / CONFAB_AUDIO_SAMPLES_PER_MS;
}

/* A tone in which a click or a hole is seen at once. */
static void
test_switching_does_not_click (void)
{
  g_autoptr (ConfabAudioVoice) voice = confab_audio_voice_new ();
  g_autoptr (GArray) tone = g_array_new (FALSE, FALSE, sizeof (gint16));
  int step_before;

  for (guint i = 0; i < 8 * CONFAB_AUDIO_RATE; i++) {
    gint16 sample = (gint16) (8000 * sin (2 * G_PI * 400 * i / CONFAB_AUDIO_RATE));

    g_array_append_val (tone, sample);
  }
  step_before = get_largest_step (tone);
  set_only (voice, -1);
  for (guint i = 0; i + TICK <= tone->len; i += TICK) {
    guint tick = i / TICK;

    if (tick % 10 == 0)
      confab_audio_voice_set_step (voice, (ConfabAudioVoiceStep) (tick / 10 % 3),
                                   tick / 30 % 2 == 0);
    confab_audio_voice_process (voice, &g_array_index (tone, gint16, i));
  }
  g_assert_cmpint (get_largest_step (tone), <, 3 * step_before / 2);
  g_assert_cmpuint (get_longest_silence_ms (tone), <, 20);
}

static void
test_says_when_the_echo_stays (void)
{
  g_autoptr (GArray) played = synthetic_voice_new (1, LENGTH_MS, FAR_DBFS);
  g_autoptr (GArray) heard = synthetic_echo_new (played, 130, ROOM_MS, LOSS_DB);
  g_autoptr (GArray) talk = synthetic_voice_new (2, LENGTH_MS, -26);
  ConfabAudioEchoMonitor monitor;
  int delay = 0;

  synthetic_add (heard, talk);
  confab_audio_echo_monitor_init (&monitor);
  for (guint i = 0; i + TICK <= heard->len; i += TICK) {
    const gint16 *sent = &g_array_index (heard, gint16, i);

    confab_audio_echo_monitor_feed (&monitor, &g_array_index (played, gint16, i), sent, sent);
  }
  g_assert_cmpint (confab_audio_echo_monitor_get_state (&monitor), ==, CONFAB_AUDIO_ECHO_SENT);
  g_assert_cmpfloat_with_epsilon (confab_audio_echo_monitor_get_left_db (&monitor), 0, 0.5);
  g_assert_true (confab_audio_echo_monitor_get_delay (&monitor, &delay));
  g_assert_cmpint (ABS (delay - 130 * CONFAB_AUDIO_SAMPLES_PER_MS), <,
                   2 * CONFAB_AUDIO_SAMPLES_PER_MS);
}

/* Two speakers, one of them 140 ms late: more than any filter of ours reaches. Half
 * a conversation is better than an echo. */
static void
test_ducks_when_it_cannot_cancel (void)
{
  g_autoptr (ConfabAudioVoice) voice = confab_audio_voice_new ();
  g_autoptr (GArray) played = synthetic_voice_new (1, 2 * LENGTH_MS, FAR_DBFS);
  g_autoptr (GArray) heard = synthetic_echo_new (played, 50, ROOM_MS, LOSS_DB);
  g_autoptr (GArray) late = synthetic_echo_new (played, 190, ROOM_MS, LOSS_DB);
  double before;

  synthetic_add (heard, late);
  before = synthetic_get_dbfs (heard, LENGTH_MS, 2 * LENGTH_MS);
  set_only (voice, CONFAB_AUDIO_VOICE_ECHO_CANCELLATION);
  run (voice, played, heard);
  g_assert_cmpint (confab_audio_voice_get_echo_state (voice), ==, CONFAB_AUDIO_ECHO_SENT);
  g_assert_cmpfloat (synthetic_get_dbfs (heard, LENGTH_MS, 2 * LENGTH_MS), <, before - 20);
}

static void
test_a_headset_has_no_echo (void)
{
  g_autoptr (ConfabAudioVoice) voice = confab_audio_voice_new ();
  g_autoptr (GArray) played = synthetic_voice_new (1, LENGTH_MS, FAR_DBFS);
  g_autoptr (GArray) talk = synthetic_voice_new (2, LENGTH_MS, -23);
  g_autoptr (GArray) same = synthetic_voice_new (2, LENGTH_MS, -23);

  set_only (voice, CONFAB_AUDIO_VOICE_ECHO_CANCELLATION);
  run (voice, played, talk);
  g_assert_cmpint (confab_audio_voice_get_echo_state (voice), ==, CONFAB_AUDIO_ECHO_NONE);
  g_assert_cmpfloat_with_epsilon (get_share_db (same, talk, 5000, LENGTH_MS - 100), 0, 0.5);
}

/* What is 70 dB below the far voice is heard by nobody. In the zeros of a microphone that is
 * switched off at its cable there is chance alone. */
static void
test_next_to_nothing_is_no_echo (void)
{
  const double losses_db[] = { 70, HUGE_VAL };

  for (guint i = 0; i < G_N_ELEMENTS (losses_db); i++) {
    g_autoptr (GArray) played = synthetic_voice_new (1, LENGTH_MS, FAR_DBFS);
    g_autoptr (GArray) heard = synthetic_echo_new (played, 40, ROOM_MS, losses_db[i]);
    ConfabAudioEchoMonitor monitor;
    int delay = 0;

    confab_audio_echo_monitor_init (&monitor);
    for (guint at = 0; at + TICK <= heard->len; at += TICK) {
      const gint16 *tick = &g_array_index (heard, gint16, at);

      confab_audio_echo_monitor_feed (&monitor, &g_array_index (played, gint16, at), tick, tick);
    }
    g_assert_cmpint (confab_audio_echo_monitor_get_state (&monitor), ==, CONFAB_AUDIO_ECHO_NONE);
    g_assert_false (confab_audio_echo_monitor_get_delay (&monitor, &delay));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audio/voice/echo", test_echo);
  g_test_add_func ("/audio/voice/echo-far-behind", test_echo_far_behind);
  g_test_add_func ("/audio/voice/echo-in-front", test_echo_in_front);
  g_test_add_func ("/audio/voice/double-talk", test_double_talk);
  g_test_add_func ("/audio/voice/noise", test_noise);
  g_test_add_func ("/audio/voice/quiet-room", test_quiet_room);
  g_test_add_func ("/audio/voice/rumble", test_rumble);
  g_test_add_func ("/audio/voice/off", test_nothing_is_changed_when_all_is_off);
  g_test_add_func ("/audio/voice/switching", test_switching_does_not_click);
  g_test_add_func ("/audio/voice/echo-stays", test_says_when_the_echo_stays);
  g_test_add_func ("/audio/voice/ducks", test_ducks_when_it_cannot_cancel);
  g_test_add_func ("/audio/voice/headset", test_a_headset_has_no_echo);
  g_test_add_func ("/audio/voice/next-to-nothing", test_next_to_nothing_is_no_echo);
  return g_test_run ();
}
