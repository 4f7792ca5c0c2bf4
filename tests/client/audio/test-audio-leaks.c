/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gst/gst.h>

#include "census.h"
#include "confab-signal.h"
#include "sound-room.h"
#include "sound-server.h"

#define N_CYCLES           100
#define N_ENDS             8
#define N_CRASHES          3
#define MAX_HASTE_MS       110
#define MAX_HEAP_GROWTH_KB 3072 /* a connection that stays is 700 kB */
#define MAX_CYCLE_KB       30

static const ConfabAudioTiming quick = {
  .attempt_ms = 1000,
  .silence_ms = 2000,
  .retry_first_ms = 100,
  .retry_limit_ms = 200,
  .max_attempts = 2,
  .slow_retry_ms = 30000,
};

/* A null sink that has just been made takes its time, up to 2 s, before its first sample. */
static const ConfabAudioTiming patient = {
  .attempt_ms = 10000,
  .silence_ms = 8000,
  .retry_first_ms = 500,
  .retry_limit_ms = 8000,
  .max_attempts = 4,
  .slow_retry_ms = 30000,
};

static SoundServer *server; /* (owned) */

/* What was closed amid its negotiation ends some time later. */
static void
wait_until_back (const Census *before, Census *after)
{
  gint64 end = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;

  while (!census_is_back (before) && g_get_monotonic_time () < end)
    sound_room_iterate ();
  census_take (after, "after");
  if (after->objects > before->objects)
    census_explain (before, after);
  g_assert_cmpuint (after->objects, <=, before->objects);
  g_assert_cmpuint (after->threads, <=, before->threads);
  g_assert_cmpuint (after->descriptors, <=, before->descriptors);
}

static void
join_and_leave (Person *a, Person *b, guint haste_ms)
{
  sound_room_connect (a, b);
  if (haste_ms > 0)
    sound_room_run_ms (haste_ms - 1);
  else
    RUN_UNTIL (sound_room_are_heard (a, b), 60);
  sound_room_disconnect (a, b);
}

/* Half of them hastily: somewhere into the negotiation. Two others talk all the time. */
static void
test_join_and_leave (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", 600);
  Person *b = sound_room_enter (room, "b", 1100);
  Person *guest = sound_room_enter (room, "g", 2300);
  guint n_cycles = sound_room_get_torture (N_CYCLES);
  g_auto (Census) before = { 0 };
  g_auto (Census) after = { 0 };

  sound_room_connect (a, b);
  RUN_UNTIL (sound_room_are_heard (a, b), 60);
  for (guint i = 0; i < 8; i++) /* everything that is made once in a process, or by one of them */
    join_and_leave (i % 2 == 0 ? a : b, guest, i % 4 < 2 ? 0 : 40);
  sound_room_run_ms (1500);
  census_take (&before, "before");

  for (guint i = 0; i < n_cycles; i++)
    join_and_leave (i % 4 < 2 ? a : b, guest,
                    i % 2 == 0 ? 0 : 1 + (guint) g_random_int_range (0, MAX_HASTE_MS));
  wait_until_back (&before, &after);
  g_assert_cmpuint (after.heap_kb, <,
                    before.heap_kb + MAX_HEAP_GROWTH_KB + n_cycles * MAX_CYCLE_KB);
  g_assert_cmpuint (a->state_log->len, >, 2);
  g_assert_cmpstr (g_hash_table_lookup (a->states, "b"), ==, "connected");
  sound_room_free (room);
}

/* The other one goes without a word: its process has died. The server says so seconds later. */
static void
vanish (SoundRoom *room, Person *a, guint run_ms)
{
  Person *ghost = sound_room_enter (room, "ghost", 2300);

  sound_room_connect (a, ghost);
  if (run_ms == 0)
    RUN_UNTIL (sound_room_are_heard (a, ghost), 60);
  else
    sound_room_run_ms (run_ms);
  sound_room_remove (room, ghost);
  sound_room_run_ms (50);
  confab_audio_engine_remove_peer (a->engine, "ghost");
  g_hash_table_remove (a->heard, "ghost"); /* whose first sound may have come to the last moment */
}

static void
test_other_side_vanishes (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", 600);
  g_auto (Census) before = { 0 };
  g_auto (Census) after = { 0 };

  vanish (room, a, 0);
  vanish (room, a, 30);
  sound_room_run_ms (1500);
  census_take (&before, "before");
  before.objects += N_ENDS - 1; /* a leak is one an end; a few are made late in a process */
  for (guint i = 0; i < N_ENDS; i++)
    vanish (room, a, i % 2 == 0 ? 0 : 10 * i);
  wait_until_back (&before, &after);
  sound_room_free (room);
}

/* Nobody learns of a way to the other: ICE fails half way. */
static ConfabSignal *
lose_candidates (const char *from, const char *to, ConfabSignal *signal, gpointer user_data)
{
  if (confab_signal_get_kind (signal) == CONFAB_SIGNAL_CANDIDATE)
    return NULL;
  return confab_signal_ref (signal);
}

static gboolean
has_failed (Person *person, const char *peer)
{
  return g_strcmp0 (g_hash_table_lookup (person->states, peer), "failed") == 0;
}

static void
fail (Person *a, Person *b)
{
  sound_room_connect (a, b);
  RUN_UNTIL (has_failed (a, b->id) && has_failed (b, a->id), 60);
  sound_room_disconnect (a, b);
  g_hash_table_remove_all (a->states);
  g_hash_table_remove_all (b->states);
}

static void
test_ice_fails (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = NULL;
  Person *b = NULL;
  g_auto (Census) before = { 0 };
  g_auto (Census) after = { 0 };

  sound_room_set_timing (room, &quick);
  sound_room_set_mangler (room, lose_candidates, NULL);
  a = sound_room_enter (room, "a", 600);
  b = sound_room_enter (room, "b", 1100);
  fail (a, b);
  sound_room_run_ms (1500);
  census_take (&before, "before");
  fail (a, b);
  wait_until_back (&before, &after);
  sound_room_free (room);
}

/* The devices go with their server and come back, while the peer stays. */
static void
test_devices_crash (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = NULL;
  Person *b = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Census) before = { 0 };
  g_auto (Census) after = { 0 };

  sound_server_start (server);
  sound_room_set_timing (room, &patient);
  a = sound_room_add (room, "a");
  b = sound_room_enter (room, "b", 1100);
  confab_audio_engine_set_source_device (a->engine, NULL);
  confab_audio_engine_set_sink_device (a->engine, NULL);
  confab_audio_engine_start (a->engine, &error);
  g_assert_no_error (error);
  sound_room_connect (a, b);
  RUN_UNTIL (sound_room_are_heard (a, b), 60);
  for (guint i = 0; i <= N_CRASHES; i++) {
    guint n_problems = a->n_problems;
    guint n_recovered = a->n_recovered;

    if (i == 1)
      census_take (&before, "before");
    sound_server_kill (server);
    RUN_UNTIL (a->n_problems == n_problems + 2, 30); /* microphone and speaker */
    sound_server_start (server);
    RUN_UNTIL (a->n_recovered > n_recovered, 60);
    sound_room_run_ms (500);
  }
  wait_until_back (&before, &after);
  g_assert_cmpstr (g_hash_table_lookup (b->states, "a"), ==, "connected");
  g_assert_cmpuint (b->state_log->len, ==, 2);
  sound_room_free (room);
}

/* The engine as a whole, half of the times before its peer is connected. */
static void
test_start_and_stop (void)
{
  g_auto (Census) before = { 0 };
  g_auto (Census) after = { 0 };

  for (guint i = 0; i < 12; i++) {
    SoundRoom *room = sound_room_new ();
    Person *a = sound_room_enter (room, "a", 600);
    Person *b = sound_room_enter (room, "b", 1100);

    sound_room_connect (a, b);
    if (i % 2 == 0)
      RUN_UNTIL (sound_room_are_heard (a, b), 60);
    sound_room_free (room);
    if (i == 1) {
      sound_room_run_ms (1000);
      census_take (&before, "before");
    }
  }
  wait_until_back (&before, &after);
}

int
main (int argc, char **argv)
{
  int code = 0;

  g_test_init (&argc, &argv, NULL);
  server = sound_server_new ();
  census_init ();
  g_test_add_func ("/audio/leaks/join-and-leave", test_join_and_leave);
  g_test_add_func ("/audio/leaks/other-side-vanishes", test_other_side_vanishes);
  g_test_add_func ("/audio/leaks/ice-fails", test_ice_fails);
  g_test_add_func ("/audio/leaks/devices-crash", test_devices_crash);
  g_test_add_func ("/audio/leaks/start-and-stop", test_start_and_stop);
  code = g_test_run ();
  sound_server_free (server);
  return code;
}
