/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-error.h"
#include "confab-recording-control.h"
#include "fakes.h"

static const char *const around[] = { "aa", "zz", NULL };

typedef struct {
  ConfabLiveCall *call;            /* (owned) */
  ConfabAudioEngine *engine;       /* (owned) */
  ConfabRecordingControl *control; /* (owned) */
  guint n_failures;
} Fixture;

static void
on_failed (Fixture *fixture, const GError *error)
{
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_FILE);
  fixture->n_failures++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fake_begin ();
  fixture->call = fake_call_new ();
  fixture->engine = confab_audio_engine_new ();
  fixture->control = confab_recording_control_new (fixture->call, fixture->engine);
  g_signal_connect_swapped (fixture->control, "failed", G_CALLBACK (on_failed), fixture);
  fake_call_join (fixture->call, "mm", around);
  g_assert_cmpstr (fake_take_log (), ==, "");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (g_steal_pointer (&fixture->control));
  g_assert_finalize_object (g_steal_pointer (&fixture->engine));
  g_assert_finalize_object (g_steal_pointer (&fixture->call));
}

static void
lose_server (Fixture *fixture)
{
  g_autoptr (GError) outage = g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT, "Gone.");

  g_signal_emit_by_name (fixture->call, "reconnecting", outage);
}

/* Not a frame before the server has told everybody; none after it said that it is over. */
static void
test_begins_when_all_were_told (Fixture *fixture, gconstpointer data)
{
  confab_recording_control_record (fixture->control, "/tapes");
  g_assert_cmpstr (fake_take_log (), ==, "ask-recording:1");
  fake_call_record (fixture->call, "aa", TRUE);
  g_assert_cmpstr (fake_take_log (), ==, "");
  fake_call_record (fixture->call, "mm", TRUE);
  g_assert_cmpstr (fake_take_log (), ==, "record:/tapes");
  fake_call_record (fixture->call, "mm", FALSE);
  g_assert_cmpstr (fake_take_log (), ==, "record-no-more");
}

static void
test_ends_at_once (Fixture *fixture, gconstpointer data)
{
  confab_recording_control_record (fixture->control, "/tapes");
  confab_recording_control_record (fixture->control, NULL);
  g_assert_cmpstr (fake_take_log (), ==, "ask-recording:1 record-no-more ask-recording:0");
  fake_call_record (fixture->call, "mm", TRUE);
  g_assert_cmpstr (fake_take_log (), ==, "ask-recording:0");
}

/* What was asked of the server of before is void with it. */
static void
test_ends_with_the_server (Fixture *fixture, gconstpointer data)
{
  confab_recording_control_record (fixture->control, "/tapes");
  lose_server (fixture);
  g_assert_cmpstr (fake_take_log (), ==, "ask-recording:1 record-no-more");
  fake_call_join (fixture->call, "nn", around);
  fake_call_record (fixture->call, "nn", TRUE);
  g_assert_cmpstr (fake_take_log (), ==, "ask-recording:0");
}

static void
test_says_that_it_cannot (Fixture *fixture, gconstpointer data)
{
  fake_engine_set_fails (fixture->engine, TRUE);
  confab_recording_control_record (fixture->control, "/full");
  fake_call_record (fixture->call, "mm", TRUE);
  g_assert_cmpstr (fake_take_log (), ==, "ask-recording:1 record:/full ask-recording:0");
  g_assert_cmpuint (fixture->n_failures, ==, 1);
}

static void
test_holds_what_is_heard (Fixture *fixture, gconstpointer data)
{
  confab_recording_control_record_hearing (fixture->control);
  g_assert_cmpstr (fake_take_log (), ==, "ask-recording:1");
  fake_call_record (fixture->call, "mm", TRUE);
  g_assert_cmpstr (fake_take_log (), ==, "hold-recording:0");
  fake_call_record (fixture->call, "mm", FALSE);
  g_assert_cmpstr (fake_take_log (), ==, "record-no-more hold-recording:1");
  lose_server (fixture);
  g_assert_cmpstr (fake_take_log (), ==, "record-no-more hold-recording:1");
}

#define ADD(path, function) \
  g_test_add ("/recording-control/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("begins-when-all-were-told", test_begins_when_all_were_told);
  ADD ("ends-at-once", test_ends_at_once);
  ADD ("ends-with-the-server", test_ends_with_the_server);
  ADD ("says-that-it-cannot", test_says_that_it_cannot);
  ADD ("holds-what-is-heard", test_holds_what_is_heard);
  return g_test_run ();
}
