/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-conference.h"
#include "confab-error.h"
#include "fakes.h"

static const char *const nobody[] = { NULL };
static const char *const around[] = { "aa", "zz", NULL };

typedef struct {
  ConfabLiveCall *call;         /* (owned) */
  ConfabAudioEngine *engine;    /* (owned) */
  ConfabConference *conference; /* (owned) */
  char *last;                   /* (owned) what the conference said last */
} Fixture;

static void
on_first_audio (ConfabConference *conference,
                ConfabLiveParticipant *participant,
                guint ms_since_join,
                Fixture *fixture)
{
  g_free (fixture->last);
  fixture->last = g_strdup (confab_live_participant_get_id (participant));
  g_assert_cmpuint (ms_since_join, <, 60000);
}

static void
on_peer_failed (ConfabConference *conference,
                ConfabLiveParticipant *participant,
                const GError *error,
                Fixture *fixture)
{
  g_free (fixture->last);
  fixture->last =
      g_strdup_printf ("%s %s", confab_live_participant_get_id (participant), error->message);
}

static void
on_audio_problem (ConfabConference *conference, const GError *error, Fixture *fixture)
{
  g_free (fixture->last);
  fixture->last = g_strdup (error->message);
}

static void
on_safety_code (ConfabConference *conference,
                ConfabLiveParticipant *participant,
                gboolean has_changed,
                Fixture *fixture)
{
  g_free (fixture->last);
  fixture->last = g_strdup_printf ("%s %s%s", confab_live_participant_get_id (participant),
                                   confab_live_participant_get_safety_code (participant),
                                   has_changed ? "!" : "");
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fake_begin ();
  fixture->call = fake_call_new ();
  fixture->engine = confab_audio_engine_new ();
  fixture->conference = confab_conference_new (fixture->call, fixture->engine);
  g_signal_connect (fixture->conference, "first-audio", G_CALLBACK (on_first_audio), fixture);
  g_signal_connect (fixture->conference, "peer-failed", G_CALLBACK (on_peer_failed), fixture);
  g_signal_connect (fixture->conference, "safety-code", G_CALLBACK (on_safety_code), fixture);
  g_signal_connect (fixture->conference, "audio-problem", G_CALLBACK (on_audio_problem), fixture);
  g_assert_cmpstr (fake_take_log (), ==, "muted:0 deafened:0");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (g_steal_pointer (&fixture->conference));
  g_assert_finalize_object (g_steal_pointer (&fixture->engine));
  g_assert_finalize_object (g_steal_pointer (&fixture->call));
  g_free (fixture->last);
}

static void
begin (Fixture *fixture, const char *const *others)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (confab_conference_start (fixture->conference, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (fake_take_log (), ==, "start listen-only:0 join");
  fake_call_join (fixture->call, "mm", others);
}

static void
test_list_becomes_peers (Fixture *fixture, gconstpointer data)
{
  begin (fixture, around);
  g_assert_cmpstr (fake_take_log (), ==, "ice add:aa:wait add:zz:offer");
}

static void
test_mute_is_heard_and_said (Fixture *fixture, gconstpointer data)
{
  confab_conference_set_muted (fixture->conference, TRUE);
  g_assert_cmpstr (fake_take_log (), ==, "say-muted:1 muted:1");
  begin (fixture, nobody);
  fake_take_log ();
  confab_live_call_set_muted (fixture->call, FALSE);
  g_assert_cmpstr (fake_take_log (), ==, "say-muted:0 muted:0");
  confab_live_call_set_deafened (fixture->call, TRUE);
  g_assert_cmpstr (fake_take_log (), ==, "deafened:1");
}

static void
test_without_microphone_one_listens (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) problem =
      g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_NO_DEVICE, "There is no microphone.");

  fake_engine_set_has_source (fixture->engine, FALSE);
  g_assert_true (confab_conference_start (fixture->conference, NULL));
  g_assert_cmpstr (fake_take_log (), ==, "start listen-only:1 join");
  g_signal_emit_by_name (fixture->engine, "device-problem", problem);
  g_assert_cmpstr (fixture->last, ==, "There is no microphone.");
  fake_engine_set_has_source (fixture->engine, TRUE);
  fake_take_log ();
  g_signal_emit_by_name (fixture->engine, "device-recovered");
  g_assert_cmpstr (fake_take_log (), ==, "listen-only:0");
}

static void
test_engine_speaks_of_participants (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) failure =
      g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_CERTIFICATE_MISMATCH, "Wrong certificate.");

  begin (fixture, around);
  g_signal_emit_by_name (fixture->engine, "first-audio", "aa");
  g_assert_cmpstr (fixture->last, ==, "aa");
  g_signal_emit_by_name (fixture->engine, "peer-failed", "zz", failure);
  g_assert_cmpstr (fixture->last, ==, "zz Wrong certificate.");
  g_signal_emit_by_name (fixture->engine, "first-audio", "gone");
  g_assert_cmpstr (fixture->last, ==, "zz Wrong certificate.");
  g_signal_emit_by_name (fixture->engine, "safety-code", "aa", "dog cat", FALSE);
  g_assert_cmpstr (fixture->last, ==, "aa dog cat");
  g_signal_emit_by_name (fixture->engine, "safety-code", "aa", NULL, TRUE);
  g_assert_null (
      confab_live_participant_get_safety_code (confab_live_call_find (fixture->call, "aa")));
  g_signal_emit_by_name (fixture->engine, "safety-code", "aa", "cat dog", TRUE);
  g_assert_cmpstr (fixture->last, ==, "aa cat dog!");
}

/* Every tenth second, of everybody who is heard. */
static void
test_reports_quality (Fixture *fixture, gconstpointer data)
{
  begin (fixture, around);
  fake_take_log ();
  for (guint i = 0; i < 9; i++)
    g_signal_emit_by_name (fixture->engine, "stats");
  g_assert_cmpstr (fake_take_log (), ==, "");
  g_signal_emit_by_name (fixture->engine, "stats");
  g_assert_cmpstr (fake_take_log (), ==, "quality:aa:4.2:-20");
  for (guint i = 0; i < 10; i++)
    g_signal_emit_by_name (fixture->engine, "stats");
  g_assert_cmpstr (fake_take_log (), ==, "quality:aa:4.2:-20");
  confab_conference_leave (fixture->conference);
  fake_take_log ();
  for (guint i = 0; i < 10; i++)
    g_signal_emit_by_name (fixture->engine, "stats");
  g_assert_cmpstr (fake_take_log (), ==, "");
}

static void
test_records_until_the_end (Fixture *fixture, gconstpointer data)
{
  begin (fixture, nobody);
  fake_take_log ();
  confab_conference_record (fixture->conference, "/tapes");
  fake_call_record (fixture->call, "mm", TRUE);
  g_assert_cmpstr (fake_take_log (), ==, "ask-recording:1 record:/tapes");
  confab_conference_record_hearing (fixture->conference);
  g_assert_cmpstr (fake_take_log (), ==, "ask-recording:1");
  confab_conference_leave (fixture->conference);
  g_assert_cmpstr (fake_take_log (), ==, "leave stop");
  confab_conference_record (fixture->conference, "/tapes");
  fake_call_record (fixture->call, "mm", FALSE);
  g_assert_cmpstr (fake_take_log (), ==, "");
}

/* A disk that is full ends the recording, and nobody is told any more that there is one; trouble
 * with a microphone does not. */
static void
test_recording_fails_later (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error =
      g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_BAD_FILE, "The disk is full.");

  begin (fixture, nobody);
  confab_conference_record (fixture->conference, "/tapes");
  fake_call_record (fixture->call, "mm", TRUE);
  fake_take_log ();
  g_signal_emit_by_name (fixture->engine, "device-problem", error);
  g_assert_null (strstr (fake_take_log (), "ask-recording"));
  fake_engine_set_fails (fixture->engine, TRUE);
  g_signal_emit_by_name (fixture->engine, "device-problem", error);
  g_assert_nonnull (strstr (fake_take_log (), "record-no-more ask-recording:0"));
  g_signal_emit_by_name (fixture->engine, "device-problem", error);
  g_assert_null (strstr (fake_take_log (), "ask-recording"));
}

static void
assert_is_over (Fixture *fixture)
{
  g_autoptr (ConfabSignal) late = confab_signal_new_plain (CONFAB_SIGNAL_REBUILD, 1);

  g_signal_emit_by_name (fixture->engine, "send-signal", "aa", late);
  g_signal_emit_by_name (fixture->engine, "first-audio", "aa");
  g_signal_emit_by_name (fixture->call, "signal", "aa", late);
  fake_call_add (fixture->call, "bb");
  confab_conference_leave (fixture->conference);
  g_assert_cmpstr (fake_take_log (), ==, "");
  g_assert_null (fixture->last);
}

static void
test_leaves_in_order (Fixture *fixture, gconstpointer data)
{
  const char *const one[] = { "aa", NULL };

  begin (fixture, one);
  fake_take_log ();
  confab_conference_leave (fixture->conference);
  g_assert_cmpstr (fake_take_log (), ==, "leave remove:aa stop");
  assert_is_over (fixture);
}

static void
test_ends_with_the_call (Fixture *fixture, gconstpointer data)
{
  const char *const one[] = { "aa", NULL };

  begin (fixture, one);
  fake_take_log ();
  g_signal_emit_by_name (fixture->call, "ended", "ended-by-host");
  g_assert_cmpstr (fake_take_log (), ==, "remove:aa stop");
  assert_is_over (fixture);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_CALL_FULL, "Full.");

  g_assert_true (confab_conference_start (fixture->conference, NULL));
  fake_take_log ();
  g_signal_emit_by_name (fixture->call, "failed", error);
  g_assert_cmpstr (fake_take_log (), ==, "stop");
  assert_is_over (fixture);
}

static void
test_joins_when_it_can_connect (Fixture *fixture, gconstpointer data)
{
  fake_engine_set_ready (fixture->engine, FALSE);
  g_assert_true (confab_conference_start (fixture->conference, NULL));
  g_assert_cmpstr (fake_take_log (), ==, "start listen-only:0");
  fake_engine_set_ready (fixture->engine, TRUE);
  g_assert_cmpstr (fake_take_log (), ==, "join");
}

static void
test_left_before_it_could_join (Fixture *fixture, gconstpointer data)
{
  fake_engine_set_ready (fixture->engine, FALSE);
  g_assert_true (confab_conference_start (fixture->conference, NULL));
  confab_conference_leave (fixture->conference);
  fake_take_log ();
  fake_engine_set_ready (fixture->engine, TRUE);
  g_assert_cmpstr (fake_take_log (), ==, "");
}

static void
test_no_sound_at_all (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fake_engine_set_fails (fixture->engine, TRUE);
  g_assert_false (confab_conference_start (fixture->conference, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_MEDIA_FAILED);
  g_assert_cmpstr (fake_take_log (), ==, "start");
}

static void
test_disposed_in_the_call (Fixture *fixture, gconstpointer data)
{
  begin (fixture, around);
  fake_take_log ();
  g_assert_finalize_object (g_steal_pointer (&fixture->conference));
  g_assert_true (g_str_has_prefix (fake_take_log (), "leave remove:"));
  g_signal_emit_by_name (fixture->call, "joined");
  g_assert_cmpstr (fake_take_log (), ==, "");
  fixture->conference = confab_conference_new (fixture->call, fixture->engine);
}

#define ADD(path, function) \
  g_test_add ("/conference/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("joins-when-it-can-connect", test_joins_when_it_can_connect);
  ADD ("left-before-it-could-join", test_left_before_it_could_join);
  ADD ("list-becomes-peers", test_list_becomes_peers);
  ADD ("mute-is-heard-and-said", test_mute_is_heard_and_said);
  ADD ("without-microphone-one-listens", test_without_microphone_one_listens);
  ADD ("engine-speaks-of-participants", test_engine_speaks_of_participants);
  ADD ("reports-quality", test_reports_quality);
  ADD ("records-until-the-end", test_records_until_the_end);
  ADD ("recording-fails-later", test_recording_fails_later);
  ADD ("leaves-in-order", test_leaves_in_order);
  ADD ("ends-with-the-call", test_ends_with_the_call);
  ADD ("refused", test_refused);
  ADD ("no-sound-at-all", test_no_sound_at_all);
  ADD ("disposed-in-the-call", test_disposed_in_the_call);
  return g_test_run ();
}
