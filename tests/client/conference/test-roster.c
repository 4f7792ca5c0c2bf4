/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-roster.h"
#include "fakes.h"

static const char *const around[] = { "aa", "zz", NULL };

typedef struct {
  ConfabLiveCall *call;      /* (owned) */
  ConfabAudioEngine *engine; /* (owned) */
  ConfabRoster *roster;      /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fake_begin ();
  fixture->call = fake_call_new ();
  fixture->engine = confab_audio_engine_new ();
  fixture->roster = confab_roster_new (fixture->call, fixture->engine);
  fake_call_join (fixture->call, "mm", around);
  g_assert_cmpstr (fake_take_log (), ==, "add:aa:wait add:zz:offer");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (g_steal_pointer (&fixture->roster));
  g_assert_finalize_object (g_steal_pointer (&fixture->engine));
  g_assert_finalize_object (g_steal_pointer (&fixture->call));
}

static void
test_smaller_id_offers (Fixture *fixture, gconstpointer data)
{
  fake_call_add (fixture->call, "ma");
  fake_call_add (fixture->call, "mz");
  g_assert_cmpstr (fake_take_log (), ==, "add:ma:wait add:mz:offer");
  fake_call_drop (fixture->call, "zz");
  g_assert_cmpstr (fake_take_log (), ==, "remove:zz");
}

static void
test_rejoined_is_all_new (Fixture *fixture, gconstpointer data)
{
  const char *const other[] = { "nn", "kk", NULL };

  fake_call_drop (fixture->call, "zz");
  fake_take_log ();
  fake_call_join (fixture->call, "ll", other);
  g_assert_cmpstr (fake_take_log (), ==, "remove:aa add:nn:offer add:kk:wait");
}

static void
test_signals_go_to_and_fro (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabSignal) offer = confab_signal_new_description (CONFAB_SIGNAL_OFFER, 1, "v=0");

  g_signal_emit_by_name (fixture->engine, "send-signal", "zz", offer);
  g_signal_emit_by_name (fixture->call, "signal", "aa", offer);
  g_signal_emit_by_name (fixture->call, "signal", "stranger", offer);
  g_assert_cmpstr (fake_take_log (), ==, "send:zz:offer take:aa:offer");
}

static void
test_shows_what_is_heard (Fixture *fixture, gconstpointer data)
{
  g_autofree char *connection = NULL;
  double level_dbov = 0;
  gboolean is_speaking = FALSE;

  g_signal_emit_by_name (fixture->engine, "peer-state", "aa", "rebuilding");
  g_signal_emit_by_name (fixture->engine, "peer-state", "stranger", "rebuilding");
  g_signal_emit_by_name (fixture->engine, "levels");
  g_object_get (confab_live_call_find (fixture->call, "aa"), "connection", &connection,
                "level-dbov", &level_dbov, "speaking", &is_speaking, NULL);
  g_assert_cmpstr (connection, ==, "rebuilding");
  g_assert_cmpfloat (level_dbov, ==, -20);
  g_assert_true (is_speaking);
  g_object_get (confab_live_call_find (fixture->call, "mm"), "level-dbov", &level_dbov, NULL);
  g_assert_cmpfloat (level_dbov, ==, -60);
}

static void
test_knows_since_when (Fixture *fixture, gconstpointer data)
{
  gint64 added_mono_us = confab_roster_get_added_mono_us (fixture->roster, "aa");

  g_assert_cmpint (added_mono_us, >, 0);
  g_assert_cmpint (added_mono_us, <=, g_get_monotonic_time ());
  g_assert_cmpint (confab_roster_get_added_mono_us (fixture->roster, "mm"), ==, -1);
  g_assert_cmpint (confab_roster_get_added_mono_us (fixture->roster, "stranger"), ==, -1);
}

static void
test_closed_is_deaf (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabSignal) late = confab_signal_new_plain (CONFAB_SIGNAL_REBUILD, 1);

  fake_call_drop (fixture->call, "zz");
  fake_take_log ();
  confab_roster_close (fixture->roster);
  g_assert_cmpstr (fake_take_log (), ==, "remove:aa");
  g_signal_emit_by_name (fixture->engine, "send-signal", "aa", late);
  g_signal_emit_by_name (fixture->call, "signal", "aa", late);
  fake_call_add (fixture->call, "bb");
  confab_roster_close (fixture->roster);
  g_assert_cmpstr (fake_take_log (), ==, "");
}

#define ADD(path, function) g_test_add ("/roster/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("smaller-id-offers", test_smaller_id_offers);
  ADD ("rejoined-is-all-new", test_rejoined_is_all_new);
  ADD ("signals-go-to-and-fro", test_signals_go_to_and_fro);
  ADD ("shows-what-is-heard", test_shows_what_is_heard);
  ADD ("knows-since-when", test_knows_since_when);
  ADD ("closed-is-deaf", test_closed_is_deaf);
  return g_test_run ();
}
