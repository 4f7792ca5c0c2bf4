/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>
#include <string.h>

#include "confab-audio-talk.h"

#define MS      CONFAB_AUDIO_SAMPLES_PER_MS
#define LOUD    8000
#define FADE_MS 5

static void
process (ConfabAudioTalk *talk, gint16 *tick, gint16 value)
{
  for (guint i = 0; i < CONFAB_AUDIO_TICK_SAMPLES; i++)
    tick[i] = value;
  confab_audio_talk_process (talk, tick, CONFAB_AUDIO_TICK_SAMPLES);
}

/* The position of the first sample from which on everything is that. */
static guint
find_settled (const gint16 *tick, gint16 value)
{
  guint i = CONFAB_AUDIO_TICK_SAMPLES;

  while (i > 0 && tick[i - 1] == value)
    i--;
  return i;
}

static gboolean
is_heard (ConfabAudioTalk *talk)
{
  gint16 tick[CONFAB_AUDIO_TICK_SAMPLES];

  process (talk, tick, LOUD);
  process (talk, tick, LOUD);
  g_assert_true (find_settled (tick, LOUD) == 0 || find_settled (tick, 0) == 0);
  g_assert_cmpint (confab_audio_talk_is_on (talk), ==, tick[0] == LOUD);
  return tick[0] == LOUD;
}

/* A click is a jump: none is larger than what a fade of 5 ms makes. */
static void
assert_smooth (const gint16 *tick, gint16 before)
{
  for (guint i = 0; i < CONFAB_AUDIO_TICK_SAMPLES; i++) {
    g_assert_cmpint (ABS (tick[i] - before), <=, LOUD / (FADE_MS * MS) + 1);
    before = tick[i];
  }
}

static void
test_key_to_silence (void)
{
  ConfabAudioTalk talk;
  gint16 tick[CONFAB_AUDIO_TICK_SAMPLES];

  confab_audio_talk_init (&talk);
  confab_audio_talk_set_mode (&talk, CONFAB_AUDIO_TALK_MODE_PUSH_TO_TALK);
  confab_audio_talk_set_key_down (&talk, TRUE);
  g_assert_true (is_heard (&talk));

  /* From the setter to the first silent sample: 5 ms into the tick that comes next, so 15 ms
   * when the tick before it had just been handed over. */
  confab_audio_talk_set_key_down (&talk, FALSE);
  process (&talk, tick, LOUD);
  g_assert_cmpuint (find_settled (tick, 0), <=, FADE_MS * MS);
  assert_smooth (tick, LOUD);

  confab_audio_talk_set_key_down (&talk, TRUE);
  process (&talk, tick, LOUD);
  g_assert_cmpuint (find_settled (tick, LOUD), <=, FADE_MS * MS);
  assert_smooth (tick, 0);
}

static void
test_in_the_middle_of_a_fade (void)
{
  ConfabAudioTalk talk;
  gint16 half[2 * MS];
  gint16 before = LOUD;

  confab_audio_talk_init (&talk);
  for (guint round = 0; round < 20; round++) {
    confab_audio_talk_set_muted (&talk, round % 2 == 0);
    for (guint i = 0; i < G_N_ELEMENTS (half); i++)
      half[i] = LOUD;
    confab_audio_talk_process (&talk, half, G_N_ELEMENTS (half));
    for (guint i = 0; i < G_N_ELEMENTS (half); i++) {
      g_assert_cmpint (ABS (half[i] - before), <=, LOUD / (FADE_MS * MS) + 1);
      before = half[i];
    }
  }
}

static void
test_muted_wins (void)
{
  ConfabAudioTalk talk;

  confab_audio_talk_init (&talk);
  g_assert_true (is_heard (&talk));
  confab_audio_talk_set_key_down (&talk, TRUE);
  for (ConfabAudioTalkMode mode = 0; mode <= CONFAB_AUDIO_TALK_MODE_VOICE; mode++) {
    confab_audio_talk_set_mode (&talk, mode);
    confab_audio_talk_set_muted (&talk, TRUE);
    g_assert_false (is_heard (&talk));
    confab_audio_talk_set_muted (&talk, FALSE);
    g_assert_true (is_heard (&talk));
  }
}

static void
test_modes (void)
{
  ConfabAudioTalk talk;
  gint16 tick[CONFAB_AUDIO_TICK_SAMPLES];

  confab_audio_talk_init (&talk);
  confab_audio_talk_set_mode (&talk, CONFAB_AUDIO_TALK_MODE_PUSH_TO_TALK);
  g_assert_false (is_heard (&talk));
  confab_audio_talk_set_mode (&talk, CONFAB_AUDIO_TALK_MODE_OPEN);
  g_assert_true (is_heard (&talk)); /* whatever the key */

  confab_audio_talk_set_mode (&talk, CONFAB_AUDIO_TALK_MODE_VOICE);
  for (guint i = 0; i < 50; i++)
    process (&talk, tick, 30); /* -61 dBov */
  g_assert_cmpuint (find_settled (tick, 0), ==, 0);
  g_assert_true (is_heard (&talk));
  confab_audio_talk_set_voice_threshold (&talk, -5);
  for (guint i = 0; i < 50; i++)
    process (&talk, tick, LOUD); /* -12 dBov */
  g_assert_cmpuint (find_settled (tick, 0), ==, 0);
}

static void
test_open_touches_nothing (void)
{
  ConfabAudioTalk talk;
  gint16 tick[CONFAB_AUDIO_TICK_SAMPLES], sent[CONFAB_AUDIO_TICK_SAMPLES];

  confab_audio_talk_init (&talk);
  for (guint i = 0; i < CONFAB_AUDIO_TICK_SAMPLES; i++)
    tick[i] = sent[i] = (gint16) g_random_int_range (G_MININT16, G_MAXINT16);
  confab_audio_talk_process (&talk, sent, CONFAB_AUDIO_TICK_SAMPLES);
  g_assert_cmpmem (sent, sizeof sent, tick, sizeof tick);
}

static gboolean
speaks_unheard (ConfabAudioTalk *talk)
{
  gint16 tick[CONFAB_AUDIO_TICK_SAMPLES];

  for (guint i = 0; i < 300; i++)
    process (talk, tick, i % 30 < 20 ? LOUD : 0);
  return confab_audio_talk_take_unheard (talk);
}

static void
test_unheard (void)
{
  ConfabAudioTalk talk;

  confab_audio_talk_init (&talk);
  confab_audio_talk_set_mode (&talk, CONFAB_AUDIO_TALK_MODE_PUSH_TO_TALK);
  g_assert_false (speaks_unheard (&talk)); /* the key is up: that is meant so */
  confab_audio_talk_set_muted (&talk, TRUE);
  g_assert_true (speaks_unheard (&talk));
  g_assert_false (speaks_unheard (&talk)); /* once a mute */
  confab_audio_talk_set_muted (&talk, FALSE);
  g_assert_false (speaks_unheard (&talk));
  confab_audio_talk_set_muted (&talk, TRUE);
  g_assert_true (speaks_unheard (&talk));
}

static void
test_names (void)
{
  ConfabAudioTalkMode mode = CONFAB_AUDIO_TALK_MODE_OPEN;

  for (ConfabAudioTalkMode each = 0; each <= CONFAB_AUDIO_TALK_MODE_VOICE; each++) {
    g_assert_true (confab_audio_talk_mode_from_name (confab_audio_talk_mode_to_name (each), &mode));
    g_assert_cmpint (mode, ==, each);
  }
  g_assert_false (confab_audio_talk_mode_from_name ("shout", &mode));
  g_assert_false (confab_audio_talk_mode_from_name (NULL, &mode));
  g_assert_cmpint (mode, ==, CONFAB_AUDIO_TALK_MODE_VOICE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audio/talk/key-to-silence", test_key_to_silence);
  g_test_add_func ("/audio/talk/in-the-middle-of-a-fade", test_in_the_middle_of_a_fade);
  g_test_add_func ("/audio/talk/muted-wins", test_muted_wins);
  g_test_add_func ("/audio/talk/modes", test_modes);
  g_test_add_func ("/audio/talk/open-touches-nothing", test_open_touches_nothing);
  g_test_add_func ("/audio/talk/unheard", test_unheard);
  g_test_add_func ("/audio/talk/names", test_names);
  return g_test_run ();
}
