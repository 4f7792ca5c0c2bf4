/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-audio-format.h"
#include "confab-audio-timeline.h"

#define FRAME 480

static void
test_time_stamps_decide (void)
{
  ConfabAudioTimeline timeline = { 0 };
  guint32 rtp = G_MAXUINT32 - FRAME; /* wraps with the third */

  g_assert_cmpint (confab_audio_timeline_place (&timeline, 7, rtp, 1000), ==, 960);
  g_assert_cmpint (confab_audio_timeline_place (&timeline, 7, rtp + 2 * FRAME, 5000), ==,
                   960 + 2 * FRAME);
  g_assert_cmpint (confab_audio_timeline_place (&timeline, 7, rtp + FRAME, 5000), ==, 960 + FRAME);
  g_assert_cmpint (confab_audio_timeline_place (&timeline, 7, rtp - FRAME, 5000), ==, 960 - FRAME);
}

static void
test_jump_begins_anew (void)
{
  ConfabAudioTimeline timeline = { 0 };
  gint64 hour = 3600 * (gint64) CONFAB_AUDIO_RATE;

  confab_audio_timeline_place (&timeline, 7, 0, 0);
  g_assert_cmpint (confab_audio_timeline_place (&timeline, 7, 0x80000000u, hour), ==, hour);
  g_assert_cmpint (confab_audio_timeline_place (&timeline, 7, 0x80000000u + FRAME, hour), ==,
                   hour + FRAME);
}

/* Two that take turns stay where they are; a third one takes the place of the one that was silent
 * for longer. */
static void
test_streams_take_turns (void)
{
  ConfabAudioTimeline timeline = { 0 };

  g_assert_cmpint (confab_audio_timeline_place (&timeline, 7, 1000, 480), ==, 480);
  g_assert_cmpint (confab_audio_timeline_place (&timeline, 8, 90000, 720), ==, 720);
  for (guint i = 1; i < 10; i++) {
    g_assert_cmpint (confab_audio_timeline_place (&timeline, 7, 1000 + i * FRAME, 600 + i * FRAME),
                     ==, 480 + i * FRAME);
    g_assert_cmpint (confab_audio_timeline_place (&timeline, 8, 90000 + i * FRAME, 960 + i * FRAME),
                     ==, 720 + i * FRAME);
  }
  g_assert_cmpint (confab_audio_timeline_place (&timeline, 9, 5, 9600), ==, 9600);
  g_assert_cmpint (confab_audio_timeline_place (&timeline, 8, 90000 + 20 * FRAME, 9600), ==,
                   720 + 20 * FRAME);
  g_assert_cmpint (confab_audio_timeline_place (&timeline, 7, 1000 + 20 * FRAME, 9000), ==, 9000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audio/timeline/time-stamps-decide", test_time_stamps_decide);
  g_test_add_func ("/audio/timeline/jump-begins-anew", test_jump_begins_anew);
  g_test_add_func ("/audio/timeline/streams-take-turns", test_streams_take_turns);
  return g_test_run ();
}
