/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-audio-attempts.h"
#include "confab-error.h"
#include "test-loop.h"

/* Deadline and pauses so short that one sees them come; nothing counts their length. */
static const ConfabAudioTiming timing = {
  .attempt_ms = 20,
  .retry_first_ms = 5,
  .retry_limit_ms = 10,
  .max_attempts = 3,
  .slow_retry_ms = 30,
};

typedef struct {
  ConfabAudioAttempts *attempts; /* (owned) (nullable) */
  guint n_again;
  guint n_timed_out;
  gboolean frees;
} Fixture;

static void
let_go (Fixture *fixture)
{
  if (fixture->frees)
    g_clear_pointer (&fixture->attempts, confab_audio_attempts_free);
}

static void
on_again (gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_false (confab_audio_attempts_are_under_way (fixture->attempts));
  fixture->n_again++;
  let_go (fixture);
}

static void
on_timed_out (const GError *error, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT);
  g_assert_false (confab_audio_attempts_are_under_way (fixture->attempts));
  fixture->n_timed_out++;
  let_go (fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const ConfabAudioAttemptsEvents events = { on_again, on_timed_out };

  fixture->attempts =
      confab_audio_attempts_new (g_main_context_default (), &timing, &events, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->attempts, confab_audio_attempts_free);
}

/* Some follow each other, and from then on one now and then; until one was of use. */
static void
test_fewer_after_some (Fixture *fixture, gconstpointer data)
{
  g_assert_false (confab_audio_attempts_are_under_way (fixture->attempts));
  for (guint round = 0; round < 2; round++) {
    for (guint i = 0; i < timing.max_attempts + 2; i++) {
      guint n_again = fixture->n_again;

      g_assert_cmpint (confab_audio_attempts_fail (fixture->attempts), ==,
                       i + 1 < timing.max_attempts);
      g_assert_true (confab_audio_attempts_are_under_way (fixture->attempts));
      test_wait_until (fixture->n_again > n_again);
    }
    confab_audio_attempts_settle (fixture->attempts);
  }
  g_assert_cmpuint (fixture->n_timed_out, ==, 0);
}

static void
test_deadline (Fixture *fixture, gconstpointer data)
{
  confab_audio_attempts_begin (fixture->attempts);
  g_assert_true (confab_audio_attempts_are_under_way (fixture->attempts));
  test_wait_until (fixture->n_timed_out == 1);
  g_assert_cmpuint (fixture->n_again, ==, 0);
}

/* What was stopped or settled does not come; the attempt that is begun later does. */
static void
test_stopped (Fixture *fixture, gconstpointer data)
{
  confab_audio_attempts_fail (fixture->attempts);
  confab_audio_attempts_stop (fixture->attempts);
  g_assert_false (confab_audio_attempts_are_under_way (fixture->attempts));
  confab_audio_attempts_fail (fixture->attempts);
  confab_audio_attempts_settle (fixture->attempts);
  g_assert_false (confab_audio_attempts_are_under_way (fixture->attempts));
  confab_audio_attempts_begin (fixture->attempts); /* longer than any of the pauses */
  test_wait_until (fixture->n_timed_out == 1);
  g_assert_cmpuint (fixture->n_again, ==, 0);
}

static void
test_freed_by_what_is_due (Fixture *fixture, gconstpointer data)
{
  fixture->frees = TRUE;
  confab_audio_attempts_begin (fixture->attempts);
  test_wait_until (fixture->n_timed_out == 1);
  g_assert_null (fixture->attempts);
  set_up (fixture, NULL);
  confab_audio_attempts_fail (fixture->attempts);
  test_wait_until (fixture->n_again == 1);
  g_assert_null (fixture->attempts);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/audio/attempts/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("fewer-after-some", test_fewer_after_some);
  ADD ("deadline", test_deadline);
  ADD ("stopped", test_stopped);
  ADD ("freed-by-what-is-due", test_freed_by_what_is_due);
#undef ADD
  return g_test_run ();
}
