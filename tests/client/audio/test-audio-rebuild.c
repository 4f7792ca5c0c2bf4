/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gst/gst.h>
#include <string.h>

#include "confab-audio-member.h"
#include "confab-signal.h"
#include "sound-room.h"

#define TONE_A   600
#define TONE_B   1100
#define N_ROUNDS 5

static const ConfabAudioTiming quick = {
  .attempt_ms = 3000,
  .silence_ms = 2000,
  .retry_first_ms = 100,
  .retry_limit_ms = 200,
  .max_attempts = 2,
  .slow_retry_ms = 2000,
};

static gboolean
is_in_state (Person *person, const char *peer, const char *state)
{
  return g_strcmp0 (g_hash_table_lookup (person->states, peer), state) == 0;
}

/* The last states that a person saw a peer in. */
static void
assert_log_ends (Person *person, const char *wanted)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < person->state_log->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                            (char *) g_ptr_array_index (person->state_log, i));
  if (!g_str_has_suffix (text->str, wanted))
    g_error ("“%s” does not end with “%s”", text->str, wanted);
}

/* A new jitter buffer counts from nothing. */
static gboolean
is_rebuilt (Person *person, const char *peer, gint64 *packets)
{
  ConfabAudioPeerStats stats;
  gboolean is_new = FALSE;

  if (!confab_audio_engine_get_peer_stats (person->engine, peer, &stats))
    return FALSE;
  is_new = stats.packets_received < *packets;
  *packets = stats.packets_received;
  return is_new;
}

/* The old generation is heard until the new one is: nobody notices. */
static void
test_without_a_gap (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *b = sound_room_enter (room, "b", TONE_B);
  gsize marks[N_ROUNDS + 1];

  sound_room_connect (a, b);
  RUN_UNTIL (sound_room_are_heard (a, b), 30);
  sound_room_run_ms (1000);
  for (guint i = 0; i < N_ROUNDS; i++) {
    g_autoptr (ConfabSignal) signal = confab_signal_new_plain (CONFAB_SIGNAL_REBUILD, i + 1);
    gboolean has_a = FALSE, has_b = FALSE;
    gint64 packets_a = 0, packets_b = 0;

    marks[i] = sound_room_get_recorded_samples (a);
    sound_room_deliver (a, "b", signal);
    sound_room_deliver (a, "b", signal); /* once is enough: it is about an old generation now */
    while (!has_a || !has_b) {
      has_a = has_a || is_rebuilt (a, "b", &packets_a);
      has_b = has_b || is_rebuilt (b, "a", &packets_b);
      sound_room_iterate ();
    }
    sound_room_run_ms (700);
  }
  marks[N_ROUNDS] = sound_room_get_recorded_samples (a);
  sound_room_assert_no_gap (a, TONE_B, marks, N_ROUNDS);
  sound_room_assert_no_gap (b, TONE_A, marks, N_ROUNDS);
  assert_log_ends (a, "b connecting, b connected");
  assert_log_ends (b, "a connecting, a connected");
  sound_room_free (room);
}

/* The one that offers notices, tries, gives up, and finds the other again when it is back. */
static void
test_answerer_vanishes (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = NULL;
  Person *b = NULL;
  gint64 begin = 0;

  sound_room_set_timing (room, &quick);
  a = sound_room_enter (room, "a", TONE_A);
  b = sound_room_enter (room, "b", TONE_B);
  sound_room_connect (a, b);
  RUN_UNTIL (sound_room_are_heard (a, b), 30);
  confab_audio_engine_remove_peer (b->engine, "a");
  begin = g_get_monotonic_time ();
  RUN_UNTIL (is_in_state (a, "b", "rebuilding"), 30);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 5 * G_TIME_SPAN_SECOND);
  RUN_UNTIL (is_in_state (a, "b", "failed"), 30);
  g_assert_true (g_hash_table_contains (a->errors, "b"));

  g_hash_table_remove (b->heard, "a");
  confab_audio_engine_add_peer (b->engine, "a", FALSE);
  RUN_UNTIL (is_in_state (a, "b", "connected"), 60);
  RUN_UNTIL (g_hash_table_contains (b->heard, "a"), 30);
  assert_log_ends (a, "b connected, b rebuilding, b failed, b connected");
  sound_room_free (room);
}

/* The one that may not offer notices, and asks. */
static void
test_offerer_vanishes (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = NULL;
  Person *b = NULL;

  sound_room_set_timing (room, &quick);
  a = sound_room_enter (room, "a", TONE_A);
  b = sound_room_enter (room, "b", TONE_B);
  sound_room_connect (a, b);
  RUN_UNTIL (sound_room_are_heard (a, b), 30);
  confab_audio_engine_remove_peer (a->engine, "b");
  RUN_UNTIL (is_in_state (b, "a", "rebuilding"), 30);

  g_hash_table_remove (a->heard, "b");
  confab_audio_engine_add_peer (a->engine, "b", TRUE);
  RUN_UNTIL (is_in_state (b, "a", "connected"), 60);
  RUN_UNTIL (g_hash_table_contains (a->heard, "b"), 30);
  sound_room_free (room);
}

static ConfabSignal *
lose_everything (const char *from, const char *to, ConfabSignal *signal, gpointer user_data)
{
  gboolean *is_cut = user_data;

  return *is_cut ? NULL : confab_signal_ref (signal);
}

static void
test_lost_signals (void)
{
  SoundRoom *room = sound_room_new ();
  gboolean is_cut = TRUE;
  Person *a = NULL;
  Person *b = NULL;

  sound_room_set_timing (room, &quick);
  a = sound_room_enter (room, "a", TONE_A);
  b = sound_room_enter (room, "b", TONE_B);
  sound_room_set_mangler (room, lose_everything, &is_cut);
  sound_room_connect (a, b);
  RUN_UNTIL (is_in_state (a, "b", "failed") && is_in_state (b, "a", "failed"), 60);
  is_cut = FALSE;
  RUN_UNTIL (sound_room_are_heard (a, b), 60);
  g_assert_true (is_in_state (a, "b", "connected"));
  sound_room_free (room);
}

/* Without a relay, a connection of before ends when nothing but a relay may carry it; and comes
 * back when anything may again. */
static void
test_relay_only_in_a_call (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = NULL;
  Person *b = NULL;

  sound_room_set_timing (room, &quick);
  a = sound_room_enter (room, "a", TONE_A);
  b = sound_room_enter (room, "b", TONE_B);
  sound_room_connect (a, b);
  RUN_UNTIL (sound_room_are_heard (a, b), 30);
  confab_audio_engine_set_relay_only (b->engine, TRUE);
  RUN_UNTIL (is_in_state (b, "a", "failed"), 60);

  confab_audio_engine_set_relay_only (b->engine, FALSE);
  RUN_UNTIL (is_in_state (a, "b", "connected") && is_in_state (b, "a", "connected"), 60);
  sound_room_free (room);
}

/* What is being built when nothing but a relay may carry it is given up, whoever has offered: it
 * would have been a direct one for good. */
static void
test_relay_only_while_connecting (gconstpointer data)
{
  static const ConfabAudioTiming hasty = { 1500, 2000, 100, 200, 1, 60000 };
  gboolean we_offer = GPOINTER_TO_INT (data);
  SoundRoom *room = sound_room_new ();
  ConfabAudioPeerStats stats;
  Person *careful = NULL;
  Person *other = NULL;

  sound_room_set_timing (room, &hasty);
  careful = sound_room_enter (room, we_offer ? "a" : "b", TONE_A);
  other = sound_room_enter (room, we_offer ? "b" : "a", TONE_B);
  sound_room_connect (we_offer ? careful : other, we_offer ? other : careful);
  RUN_UNTIL (confab_audio_engine_get_peer_stats (careful->engine, other->id, &stats), 30);
  confab_audio_engine_set_relay_only (careful->engine, TRUE);
  RUN_UNTIL (is_in_state (careful, other->id, "failed"), 30);
  g_assert_false (g_hash_table_contains (careful->heard, other->id));
  g_assert_false (g_hash_table_contains (other->heard, careful->id));
  sound_room_free (room);
}

/* Who changes the network and loses the connection of before knows it at once, and not when the
 * attempt that is under way has come to nothing. */
static void
test_lost_during_an_attempt (void)
{
  static const ConfabAudioTiming slow = { 60000, 500, 100, 200, 2, 60000 };
  SoundRoom *room = sound_room_new ();
  gboolean is_cut = FALSE;
  Person *a = NULL;
  Person *b = NULL;

  sound_room_set_timing (room, &slow);
  a = sound_room_enter (room, "a", TONE_A);
  b = sound_room_enter (room, "b", TONE_B);
  sound_room_set_mangler (room, lose_everything, &is_cut);
  sound_room_connect (a, b);
  RUN_UNTIL (sound_room_are_heard (a, b), 30);
  is_cut = TRUE;
  confab_audio_member_reroute (
      g_hash_table_lookup (confab_audio_engine_get_members (a->engine), "b"));
  g_assert_true (is_in_state (a, "b", "connected"));
  confab_audio_engine_remove_peer (b->engine, "a");
  RUN_UNTIL (is_in_state (a, "b", "rebuilding"), 20);
  sound_room_free (room);
}

static void
remove_everybody (ConfabAudioEngine *engine, const char *to, ConfabSignal *signal, gpointer data)
{
  confab_audio_engine_remove_peer (engine, "a");
  confab_audio_engine_remove_peer (engine, "b");
}

/* Whoever is told to carry a signal may find that the call is over. */
static void
test_removed_while_rerouted (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *b = sound_room_enter (room, "b", TONE_B);
  Person *c = sound_room_enter (room, "c", 1700);

  sound_room_connect (a, c);
  sound_room_connect (b, c);
  RUN_UNTIL (sound_room_are_heard (a, c) && sound_room_are_heard (b, c), 30);
  g_signal_connect (c->engine, "send-signal", G_CALLBACK (remove_everybody), NULL);
  confab_audio_engine_set_relay_only (c->engine, TRUE);
  g_assert_cmpuint (g_hash_table_size (confab_audio_engine_get_members (c->engine)), ==, 0);
  sound_room_free (room);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/audio/rebuild/without-a-gap", test_without_a_gap);
  g_test_add_func ("/audio/rebuild/answerer-vanishes", test_answerer_vanishes);
  g_test_add_func ("/audio/rebuild/offerer-vanishes", test_offerer_vanishes);
  g_test_add_func ("/audio/rebuild/lost-signals", test_lost_signals);
  g_test_add_func ("/audio/rebuild/relay-only-in-a-call", test_relay_only_in_a_call);
  g_test_add_data_func ("/audio/rebuild/relay-only-while-offering", GINT_TO_POINTER (TRUE),
                        test_relay_only_while_connecting);
  g_test_add_data_func ("/audio/rebuild/relay-only-while-answering", GINT_TO_POINTER (FALSE),
                        test_relay_only_while_connecting);
  g_test_add_func ("/audio/rebuild/lost-during-an-attempt", test_lost_during_an_attempt);
  g_test_add_func ("/audio/rebuild/removed-while-rerouted", test_removed_while_rerouted);
  return g_test_run ();
}
