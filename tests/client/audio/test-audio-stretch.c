/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>
#include <string.h>

#include "confab-audio-steering.h"
#include "confab-audio-stretch.h"

#define PERIOD 240 /* 200 Hz */
#define MS     CONFAB_AUDIO_SAMPLES_PER_MS

typedef struct {
  ConfabAudioStretch queue;
  ConfabAudioLags all;
  guint position; /* of the voice that is put in */
} Fixture;

/* A voice-like wave: a pitch with overtones, every period like the one before. */
static gint16
get_voice (guint position)
{
  double phase = 2 * G_PI * position / PERIOD;

  return (gint16) (6000 * sin (phase) + 3000 * sin (2 * phase + 1) + 2000 * sin (3 * phase + 2));
}

static void
put (Fixture *fixture, guint n)
{
  for (guint i = 0; i < n; i++) {
    gint16 sample = get_voice (fixture->position++);

    g_assert_cmpuint (confab_audio_stretch_append (&fixture->queue, &sample, 1, FALSE), ==, 1);
  }
}

static int
take_largest_step (Fixture *fixture, gint16 *last)
{
  int largest = 0;

  while (fixture->queue.n_queued > 0) {
    gint16 sample;

    confab_audio_stretch_take (&fixture->queue, &sample, 1);
    largest = MAX (largest, ABS (sample - *last));
    *last = sample;
  }
  return largest;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  gint16 past[2000];

  for (guint i = 0; i < G_N_ELEMENTS (fixture->all); i++)
    fixture->all[i] = TRUE;
  put (fixture, G_N_ELEMENTS (past));
  confab_audio_stretch_take (&fixture->queue, past, G_N_ELEMENTS (past));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
}

static void
test_cuts_a_period (Fixture *fixture, gconstpointer data)
{
  gint16 last = get_voice (fixture->position - 1);

  put (fixture, 1440);
  g_assert_cmpuint (confab_audio_stretch_cut (&fixture->queue, fixture->all, 0.9) % PERIOD, ==, 0);
  g_assert_cmpuint (fixture->queue.n_queued % PERIOD, ==, 0);
  g_assert_cmpuint (fixture->queue.n_queued, <, 1440);
  g_assert_cmpint (take_largest_step (fixture, &last), <, 800); /* the voice itself has 600 */
  g_assert_cmpint (last, ==, get_voice (fixture->position - 1));
}

static void
test_repeats_a_period (Fixture *fixture, gconstpointer data)
{
  gint16 last = get_voice (fixture->position - 1);

  put (fixture, 480);
  g_assert_cmpuint (confab_audio_stretch_repeat (&fixture->queue, fixture->all, 0.9), ==, PERIOD);
  g_assert_cmpuint (fixture->queue.n_queued, ==, 480 + PERIOD);
  g_assert_cmpint (take_largest_step (fixture, &last), <, 800);
  g_assert_cmpint (last, ==, get_voice (fixture->position - 1));
}

static void
test_only_what_is_allowed (Fixture *fixture, gconstpointer data)
{
  ConfabAudioLags some = { FALSE };

  put (fixture, 1440);
  g_assert_cmpuint (confab_audio_stretch_cut (&fixture->queue, some, 0), ==, 0);
  g_assert_cmpuint (confab_audio_stretch_repeat (&fixture->queue, some, 0), ==, 0);
  some[480] = TRUE;
  g_assert_cmpuint (confab_audio_stretch_cut (&fixture->queue, some, 0.9), ==, 480);
  some[480] = FALSE;
  some[360] = TRUE; /* one and a half periods: nothing alike */
  g_assert_cmpuint (confab_audio_stretch_cut (&fixture->queue, some, 0.6), ==, 0);
}

static void
test_noise_has_no_period_but_quiet_needs_none (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  gint16 noise[2000];

  for (guint i = 0; i < G_N_ELEMENTS (noise); i++)
    noise[i] = (gint16) g_rand_int_range (random, -8000, 8000);
  confab_audio_stretch_append (&fixture->queue, noise, G_N_ELEMENTS (noise), TRUE);
  g_assert_cmpuint (confab_audio_stretch_cut (&fixture->queue, fixture->all, 0.6), ==, 0);
  confab_audio_stretch_take (&fixture->queue, noise, G_N_ELEMENTS (noise));
  for (guint i = 0; i < G_N_ELEMENTS (noise); i++)
    noise[i] = (gint16) g_rand_int_range (random, -40, 40);
  confab_audio_stretch_append (&fixture->queue, noise, G_N_ELEMENTS (noise), FALSE);
  g_assert_cmpuint (confab_audio_stretch_cut (&fixture->queue, fixture->all, 0.6), >, 0);
}

static void
test_splice_has_no_step (Fixture *fixture, gconstpointer data)
{
  gint16 last = get_voice (fixture->position - 1);
  gint16 loud[480];

  for (guint i = 0; i < G_N_ELEMENTS (loud); i++)
    loud[i] = G_MAXINT16;
  confab_audio_stretch_append (&fixture->queue, loud, G_N_ELEMENTS (loud), TRUE);
  confab_audio_stretch_append (&fixture->queue, NULL, 480, TRUE);
  g_assert_cmpint (take_largest_step (fixture, &last), <, 400);
  g_assert_cmpint (last, ==, 0);
}

static void
test_is_bounded (Fixture *fixture, gconstpointer data)
{
  const gint16 samples[CONFAB_AUDIO_MAX_FRAME_SAMPLES] = { 0 };
  guint n_taken = 0;

  for (guint i = 0; i < 10; i++)
    n_taken +=
        confab_audio_stretch_append (&fixture->queue, samples, G_N_ELEMENTS (samples), FALSE);
  g_assert_cmpuint (n_taken, ==, CONFAB_AUDIO_STRETCH_CAPACITY);
  g_assert_cmpuint (confab_audio_stretch_repeat (&fixture->queue, fixture->all, 0), ==, 0);
}

/* --- steering --- */

/* Decodes with this margin every 20 ms until something is moved, at most for two seconds. */
static void
steer (Fixture *fixture, ConfabAudioSteering *steering, gint64 margin, gint64 target)
{
  gint64 now_us = 1000000;

  for (guint i = 0; i < 100 && steering->cuts + steering->repeats == 0; i++, now_us += 20000) {
    gint16 out[960];

    put (fixture, 960);
    confab_audio_steering_record (steering, margin, now_us);
    confab_audio_steering_move (steering, &fixture->queue, margin, target, 0, now_us);
    confab_audio_stretch_take (&fixture->queue, out, 960);
  }
}

static void
test_steering_holds_the_target (Fixture *fixture, gconstpointer data)
{
  const struct {
    gint64 margin_ms;
    guint cuts;
    guint repeats;
  } cases[] = { { 10, 0, 0 }, { 13, 0, 0 }, { 9, 0, 1 }, { 0, 0, 1 }, { 21, 1, 0 }, { 60, 1, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    ConfabAudioSteering steering;

    confab_audio_steering_init (&steering, 960, 480);
    steer (fixture, &steering, cases[i].margin_ms * MS, 10 * MS);
    g_assert_cmpuint (steering.cuts, ==, cases[i].cuts);
    g_assert_cmpuint (steering.repeats, ==, cases[i].repeats);
  }
}

/* What waits beside whole ticks protects nobody: cutting it costs no margin. */
static void
test_steering_knows_the_phase (Fixture *fixture, gconstpointer data)
{
  ConfabAudioSteering steering;

  confab_audio_steering_init (&steering, 960, 480);
  g_assert_cmpint (confab_audio_steering_get_margin (&steering, 500, 0), ==, 500);
  g_assert_cmpint (confab_audio_steering_get_margin (&steering, 500, 300), ==, 500);
  g_assert_cmpint (confab_audio_steering_get_margin (&steering, 500, 500), ==, 980);
  confab_audio_steering_init (&steering, 120, 480);
  g_assert_cmpint (confab_audio_steering_get_margin (&steering, 500, 0), ==, 140);
  g_assert_cmpint (confab_audio_steering_get_margin (&steering, 500, 300), ==, 380);
}

static void
test_steering_waits_for_the_worst_moment (Fixture *fixture, gconstpointer data)
{
  ConfabAudioSteering steering;

  confab_audio_steering_init (&steering, 960, 480);
  for (guint i = 0; i < 50; i++)
    confab_audio_steering_record (&steering, i % 5 == 0 ? 500 : 900, 1000000 + i * 20000);
  g_assert_cmpint (confab_audio_steering_get_excess (&steering, 480), ==, 20);
  confab_audio_steering_forget (&steering);
  g_assert_cmpint (confab_audio_steering_get_excess (&steering, 480), ==, -1);
}

#define ADD(path, function) g_test_add ("/audio/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("stretch/cuts-a-period", test_cuts_a_period);
  ADD ("stretch/repeats-a-period", test_repeats_a_period);
  ADD ("stretch/only-what-is-allowed", test_only_what_is_allowed);
  ADD ("stretch/noise-has-no-period", test_noise_has_no_period_but_quiet_needs_none);
  ADD ("stretch/splice-has-no-step", test_splice_has_no_step);
  ADD ("stretch/is-bounded", test_is_bounded);
  ADD ("steering/holds-the-target", test_steering_holds_the_target);
  ADD ("steering/knows-the-phase", test_steering_knows_the_phase);
  ADD ("steering/waits-for-the-worst-moment", test_steering_waits_for_the_worst_moment);
  return g_test_run ();
}
