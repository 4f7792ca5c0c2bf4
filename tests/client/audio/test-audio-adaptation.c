/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>

#include "confab-audio-adaptation.h"
#include "confab-audio-encoder.h"

#define REPORT_US (G_USEC_PER_SEC / 2)

typedef struct {
  ConfabAudioAdaptation *adaptation; /* (owned) */
  gint64 now_us;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->adaptation = confab_audio_adaptation_new ();
  fixture->now_us = 1;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  confab_audio_adaptation_free (fixture->adaptation);
}

/* So many seconds of reports that all say the same. */
static void
hear (Fixture *fixture, const char *receiver, double seconds, ConfabAudioReport report)
{
  for (double t = 0; t < seconds; t += (double) REPORT_US / G_USEC_PER_SEC) {
    fixture->now_us += REPORT_US;
    confab_audio_adaptation_take_report (fixture->adaptation, receiver, &report, fixture->now_us);
  }
}

/* The first that has the plan: a bad way gets what a lossy one does. */
static ConfabAudioWay
get_way (Fixture *fixture)
{
  ConfabAudioPlan plan;

  confab_audio_adaptation_get_plan (fixture->adaptation, fixture->now_us, &plan);
  for (ConfabAudioWay way = 0; way < CONFAB_AUDIO_N_WAYS; way++) {
    ConfabAudioPlan of_way;

    confab_audio_way_get_plan (way, &of_way);
    if (of_way.bitrate == plan.bitrate && of_way.loss_percent == plan.loss_percent)
      return way;
  }
  g_assert_not_reached ();
}

static const ConfabAudioReport clear = { 0, 1, 20 };
static const ConfabAudioReport lossy = { 0.05, 1, 20 };
static const ConfabAudioReport bad = { 0.2, 1, 20 };
static const ConfabAudioReport jittery = { 0, 25, 60 };
static const ConfabAudioReport queued = { 0.05, 5, 400 };

static void
test_tables (Fixture *fixture, gconstpointer data)
{
  for (ConfabAudioWay way = 0; way < CONFAB_AUDIO_N_WAYS; way++) {
    ConfabAudioPlan plan;

    confab_audio_way_get_plan (way, &plan);
    g_assert_cmpuint (plan.bitrate, >=, CONFAB_AUDIO_MIN_BITRATE);
    g_assert_cmpuint (plan.bitrate, <=, CONFAB_AUDIO_MAX_BITRATE);
    g_assert_true (plan.frame_ms == 10 || plan.frame_ms == 20 || plan.frame_ms == 40 ||
                   plan.frame_ms == 60);
    for (ConfabAudioFinding finding = 1; finding < CONFAB_AUDIO_N_FINDINGS; finding++)
      g_assert_cmpint (confab_audio_way_next (way, finding), >=,
                       confab_audio_way_next (way, finding - 1));
    g_assert_cmpint (confab_audio_way_next (way, CONFAB_AUDIO_FINDING_JAM), >=, way);
    g_assert_cmpint (confab_audio_way_next (way, CONFAB_AUDIO_FINDING_CLEAR), <=, way);
    g_assert_cmpint (confab_audio_way_next (way, CONFAB_AUDIO_FINDING_CLEAR), !=,
                     CONFAB_AUDIO_WAY_UNKNOWN);
  }
}

static void
test_clean_way_sends_no_fec (Fixture *fixture, gconstpointer data)
{
  ConfabAudioPlan plan;

  confab_audio_adaptation_get_plan (fixture->adaptation, fixture->now_us, &plan);
  g_assert_cmpuint (plan.frame_ms, ==, 10);
  g_assert_cmpuint (plan.loss_percent, ==, 0); /* until one knows better */
  hear (fixture, "a", 10, clear);
  confab_audio_adaptation_get_plan (fixture->adaptation, fixture->now_us, &plan);
  g_assert_cmpuint (plan.frame_ms, ==, 10);
  g_assert_cmpuint (plan.loss_percent, ==, 0);
}

static void
test_loss_brings_fec_within_a_second (Fixture *fixture, gconstpointer data)
{
  hear (fixture, "a", 10, clear);
  hear (fixture, "a", 1, lossy);
  g_assert_cmpint (get_way (fixture), ==, CONFAB_AUDIO_WAY_LOSSY);
  hear (fixture, "a", 2, bad);
  g_assert_cmpint (get_way (fixture), ==, CONFAB_AUDIO_WAY_LOSSY);
  hear (fixture, "a", 60, bad);
  g_assert_cmpint (get_way (fixture), ==, CONFAB_AUDIO_WAY_LOSSY); /* it is no jam */
  hear (fixture, "a", 5, clear);
  g_assert_cmpint (get_way (fixture), ==, CONFAB_AUDIO_WAY_LOSSY);
  hear (fixture, "a", 25, clear);
  g_assert_cmpint (get_way (fixture), ==, CONFAB_AUDIO_WAY_CLEAN);
}

static void
test_loss_at_the_limit_does_not_flap (Fixture *fixture, gconstpointer data)
{
  guint n_changes = 0;
  ConfabAudioWay last;

  hear (fixture, "a", 10, clear);
  last = get_way (fixture);
  for (guint i = 0; i < 300; i++) {
    ConfabAudioReport report = { i % 2 ? 0.015 : 0.006, 1, 20 };

    hear (fixture, "a", 1, report);
    n_changes += get_way (fixture) != last;
    last = get_way (fixture);
  }
  g_assert_cmpuint (n_changes, <=, 1);
}

static void
test_jitter_brings_fec (Fixture *fixture, gconstpointer data)
{
  hear (fixture, "a", 10, clear);
  hear (fixture, "a", 10, jittery);
  g_assert_cmpint (get_way (fixture), ==, CONFAB_AUDIO_WAY_LOSSY);
}

/* One that lets 24 kbit/s through, headers included: what is sent beyond it queues up. */
static void
test_narrow_way_is_found_and_left_again (Fixture *fixture, gconstpointer data)
{
  guint n_jams = 0;

  hear (fixture, "a", 20, clear);
  for (guint i = 0; i < 600; i++) {
    ConfabAudioPlan plan;
    gboolean is_jam;

    confab_audio_adaptation_get_plan (fixture->adaptation, fixture->now_us, &plan);
    is_jam = plan.bitrate + 400000 / plan.frame_ms > 24000;
    n_jams += is_jam;
    hear (fixture, "a", 0.5, is_jam ? queued : clear);
    if (i == 20)
      g_assert_cmpint (get_way (fixture), ==, CONFAB_AUDIO_WAY_NARROWEST);
  }
  g_assert_cmpuint (n_jams, <, 600 / 8); /* trials become rare */
  hear (fixture, "a", 400, clear);
  g_assert_cmpint (get_way (fixture), ==, CONFAB_AUDIO_WAY_CLEAN);
}

static void
test_longer_route_is_no_jam_for_ever (Fixture *fixture, gconstpointer data)
{
  const ConfabAudioReport far = { 0, 1, 300 };

  hear (fixture, "a", 20, clear);
  hear (fixture, "a", 300, far);
  g_assert_cmpint (get_way (fixture), ==, CONFAB_AUDIO_WAY_CLEAN);
}

static void
test_worst_receiver_decides (Fixture *fixture, gconstpointer data)
{
  hear (fixture, "a", 20, clear);
  hear (fixture, "b", 20, bad);
  g_assert_cmpint (get_way (fixture), ==, CONFAB_AUDIO_WAY_LOSSY);
  confab_audio_adaptation_forget (fixture->adaptation, "b");
  g_assert_cmpint (get_way (fixture), ==, CONFAB_AUDIO_WAY_CLEAN);
}

/* Whose connection broke says nothing of the others' any more; back again, it counts at once. */
static void
test_silent_receiver_holds_nobody_down (Fixture *fixture, gconstpointer data)
{
  ConfabAudioPlan plan;

  confab_audio_adaptation_set_least_frame_ms (fixture->adaptation, "b", 20, fixture->now_us);
  hear (fixture, "a", 20, clear);
  hear (fixture, "b", 20, clear);
  hear (fixture, "b", 20, queued);
  g_assert_cmpint (get_way (fixture), ==, CONFAB_AUDIO_WAY_NARROWEST);
  hear (fixture, "a", 8, clear); /* a browser reports every five seconds, more or less */
  g_assert_cmpint (get_way (fixture), ==, CONFAB_AUDIO_WAY_NARROWEST);
  hear (fixture, "a", 12, clear);
  g_assert_cmpint (get_way (fixture), ==, CONFAB_AUDIO_WAY_CLEAN);
  confab_audio_adaptation_get_plan (fixture->adaptation, fixture->now_us, &plan);
  g_assert_cmpuint (plan.frame_ms, ==, 20); /* it still takes no shorter one */
  hear (fixture, "b", 0.5, queued);
  g_assert_cmpint (get_way (fixture), ==, CONFAB_AUDIO_WAY_NARROWEST);
}

static void
test_frame_can_be_fixed (Fixture *fixture, gconstpointer data)
{
  ConfabAudioPlan plan;

  confab_audio_adaptation_set_frame_ms (fixture->adaptation, 40);
  hear (fixture, "a", 5, bad);
  confab_audio_adaptation_get_plan (fixture->adaptation, fixture->now_us, &plan);
  g_assert_cmpuint (plan.frame_ms, ==, 40);
  g_assert_cmpuint (plan.loss_percent, >, 0);
}

static void
test_frame_is_one_that_all_take (Fixture *fixture, gconstpointer data)
{
  ConfabAudioPlan plan;

  confab_audio_adaptation_set_least_frame_ms (fixture->adaptation, "a", 10, 1);
  confab_audio_adaptation_set_least_frame_ms (fixture->adaptation, "b", 20, 1);
  hear (fixture, "a", 10, clear);
  hear (fixture, "b", 10, clear);
  confab_audio_adaptation_set_frame_ms (fixture->adaptation, 10);
  confab_audio_adaptation_get_plan (fixture->adaptation, fixture->now_us, &plan);
  g_assert_cmpuint (plan.frame_ms, ==, 20);
  confab_audio_adaptation_forget (fixture->adaptation, "b");
  confab_audio_adaptation_get_plan (fixture->adaptation, fixture->now_us, &plan);
  g_assert_cmpuint (plan.frame_ms, ==, 10);
}

/* In a mesh of four each frame goes out three times. */
static void
test_crowd_gets_longer_frames (Fixture *fixture, gconstpointer data)
{
  ConfabAudioPlan plan;

  hear (fixture, "a", 10, clear);
  hear (fixture, "b", 10, clear);
  confab_audio_adaptation_get_plan (fixture->adaptation, fixture->now_us, &plan);
  g_assert_cmpuint (plan.frame_ms, ==, 10);
  hear (fixture, "c", 1, clear);
  confab_audio_adaptation_get_plan (fixture->adaptation, fixture->now_us, &plan);
  g_assert_cmpuint (plan.frame_ms, ==, 20);
  hear (fixture, "c", 2, lossy);
  confab_audio_adaptation_get_plan (fixture->adaptation, fixture->now_us, &plan);
  g_assert_cmpuint (plan.frame_ms, ==, 20);
  confab_audio_adaptation_set_frame_ms (fixture->adaptation, 10);
  hear (fixture, "c", 60, clear);
  confab_audio_adaptation_get_plan (fixture->adaptation, fixture->now_us, &plan);
  g_assert_cmpuint (plan.frame_ms, ==, 10);
}

/* A receiver may write anything: the plan stays one of ours. */
static void
test_nonsense_is_bounded (Fixture *fixture, gconstpointer data)
{
  const ConfabAudioReport nonsense[] = {
    { -5, -1e300, -7 }, { 1e300, 1e300, 1e300 }, { NAN, NAN, NAN }, { 0, 0, INFINITY }
  };

  for (guint i = 0; i < G_N_ELEMENTS (nonsense); i++)
    hear (fixture, "a", 5, nonsense[i]);
  get_way (fixture);
  hear (fixture, "a", 600, clear);
  g_assert_cmpint (get_way (fixture), ==, CONFAB_AUDIO_WAY_CLEAN);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*func) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "tables", test_tables },
    { "clean-way-sends-no-fec", test_clean_way_sends_no_fec },
    { "loss-brings-fec-within-a-second", test_loss_brings_fec_within_a_second },
    { "loss-at-the-limit-does-not-flap", test_loss_at_the_limit_does_not_flap },
    { "jitter-brings-fec", test_jitter_brings_fec },
    { "narrow-way-is-found-and-left-again", test_narrow_way_is_found_and_left_again },
    { "longer-route-is-no-jam-for-ever", test_longer_route_is_no_jam_for_ever },
    { "worst-receiver-decides", test_worst_receiver_decides },
    { "silent-receiver-holds-nobody-down", test_silent_receiver_holds_nobody_down },
    { "frame-can-be-fixed", test_frame_can_be_fixed },
    { "frame-is-one-that-all-take", test_frame_is_one_that_all_take },
    { "crowd-gets-longer-frames", test_crowd_gets_longer_frames },
    { "nonsense-is-bounded", test_nonsense_is_bounded },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strdup_printf ("/audio/adaptation/%s", tests[i].path);

    g_test_add (path, Fixture, NULL, set_up, tests[i].func, tear_down);
  }
  return g_test_run ();
}
