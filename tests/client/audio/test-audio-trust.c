/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gst/gst.h>
#include <string.h>

#include "confab-error.h"
#include "confab-signal.h"
#include "sound-room.h"

#define TONE_A  600
#define TONE_B  1100
#define UNHEARD 0.001

/* Short, so that giving up is reached; long enough for a loaded machine to connect. */
static const ConfabAudioTiming hasty = {
  .attempt_ms = 1500,
  .silence_ms = 2000,
  .retry_first_ms = 100,
  .retry_limit_ms = 200,
  .max_attempts = 2,
  .slow_retry_ms = 60000,
};

static void
replace_after (char *text, const char *key, char digit)
{
  char *found = strstr (text, key);

  g_assert_nonnull (found);
  found[strlen (key)] = found[strlen (key)] == digit ? '0' : digit;
}

/* Somebody in between: every description announces another certificate. */
static ConfabSignal *
swap_fingerprint (const char *from, const char *to, ConfabSignal *signal, gpointer only_from)
{
  g_autofree char *sdp = g_strdup (confab_signal_get_sdp (signal));

  if (sdp == NULL || (only_from != NULL && strcmp (only_from, from) != 0))
    return confab_signal_ref (signal);
  replace_after (sdp, "a=fingerprint:sha-256 ", 'F');
  return confab_signal_new_description (confab_signal_get_kind (signal),
                                        confab_signal_get_generation (signal), sdp);
}

static gboolean
has_failed (Person *person, const char *peer)
{
  return g_hash_table_contains (person->errors, peer);
}

/* Counts both ways as long as there is a connection at all. */
static void
assert_nothing_moved (Person *person, const char *peer)
{
  ConfabAudioPeerStats stats;

  if (!confab_audio_engine_get_peer_stats (person->engine, peer, &stats))
    return;
  g_assert_cmpint (stats.packets_sent, ==, 0);
  g_assert_cmpint (stats.packets_received, ==, 0);
}

static void
assert_heard_nothing (Person *person)
{
  g_autoptr (GBytes) recording = sound_room_take_recording (person);
  gsize size = 0;
  const gint16 *samples = g_bytes_get_data (recording, &size);

  for (gsize i = 0; i < size / sizeof (gint16); i++)
    g_assert_cmpint (samples[i], ==, 0);
}

static void
test_swapped_both_ways (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *b = sound_room_enter (room, "b", TONE_B);
  gint64 end = 0;

  sound_room_set_mangler (room, swap_fingerprint, NULL);
  sound_room_connect (a, b);
  while (!has_failed (a, "b") || !has_failed (b, "a")) {
    assert_nothing_moved (a, "b");
    assert_nothing_moved (b, "a");
    sound_room_iterate ();
  }
  /* Nor later: nobody tries again. */
  end = g_get_monotonic_time () + 3 * G_TIME_SPAN_SECOND;
  while (g_get_monotonic_time () < end) {
    assert_nothing_moved (a, "b");
    assert_nothing_moved (b, "a");
    sound_room_iterate ();
  }
  g_assert_error ((GError *) g_hash_table_lookup (a->errors, "b"), CONFAB_ERROR,
                  CONFAB_ERROR_CERTIFICATE_MISMATCH);
  g_assert_error ((GError *) g_hash_table_lookup (b->errors, "a"), CONFAB_ERROR,
                  CONFAB_ERROR_CERTIFICATE_MISMATCH);
  g_assert_cmpstr (g_hash_table_lookup (a->states, "b"), ==, "failed");
  g_assert_cmpuint (g_hash_table_size (a->heard) + g_hash_table_size (b->heard), ==, 0);
  assert_heard_nothing (a);
  assert_heard_nothing (b);
  sound_room_free (room);
}

/* Only one of the two was lied to. That one lets nothing out or in. */
static void
test_swapped_one_way (gconstpointer liar)
{
  SoundRoom *room = sound_room_new ();
  Person *a = NULL;
  Person *b = NULL;
  Person *deceived = NULL;
  const char *other = liar;

  sound_room_set_timing (room, &hasty);
  a = sound_room_enter (room, "a", TONE_A);
  b = sound_room_enter (room, "b", TONE_B);
  deceived = strcmp (other, "a") == 0 ? b : a;
  sound_room_set_mangler (room, swap_fingerprint, (gpointer) liar);
  sound_room_connect (a, b);
  while (!has_failed (deceived, other)) {
    assert_nothing_moved (deceived, other);
    sound_room_iterate ();
  }
  g_assert_error ((GError *) g_hash_table_lookup (deceived->errors, other), CONFAB_ERROR,
                  CONFAB_ERROR_CERTIFICATE_MISMATCH);
  RUN_UNTIL (has_failed (deceived == a ? b : a, deceived->id), 30);
  assert_heard_nothing (a);
  assert_heard_nothing (b);
  sound_room_free (room);
}

static ConfabSignal *
swap_later_fingerprints (const char *from, const char *to, ConfabSignal *signal, gpointer from_whom)
{
  return confab_signal_get_generation (signal) < 2 ? confab_signal_ref (signal)
                                                   : swap_fingerprint (from, to, signal, from_whom);
}

/* Who was trusted once is looked at again with each new connection. */
static void
test_swapped_later (gconstpointer liar)
{
  g_autoptr (ConfabSignal) rebuild = confab_signal_new_plain (CONFAB_SIGNAL_REBUILD, 1);
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *b = sound_room_enter (room, "b", TONE_B);
  Person *deceived = strcmp (liar, "a") == 0 ? b : a;

  sound_room_set_mangler (room, swap_later_fingerprints, (gpointer) liar);
  sound_room_connect (a, b);
  RUN_UNTIL (sound_room_are_heard (a, b), 30);
  sound_room_deliver (a, "b", rebuild);
  RUN_UNTIL (has_failed (deceived, liar), 30);
  g_assert_error ((GError *) g_hash_table_lookup (deceived->errors, liar), CONFAB_ERROR,
                  CONFAB_ERROR_CERTIFICATE_MISMATCH);
  sound_room_free (room);
}

static ConfabSignal *
swap_latest_fingerprints (const char *from,
                          const char *to,
                          ConfabSignal *signal,
                          gpointer from_whom)
{
  return confab_signal_get_generation (signal) < 3 ? confab_signal_ref (signal)
                                                   : swap_fingerprint (from, to, signal, from_whom);
}

static ConfabSignal *
count_reveals (const char *from, const char *to, ConfabSignal *signal, gpointer user_data)
{
  guint *n_reveals = user_data;

  if (confab_signal_get_kind (signal) == CONFAB_SIGNAL_REVEAL)
    ++*n_reveals;
  return confab_signal_ref (signal);
}

static void
rebuild (Person *a, guint generation)
{
  g_autoptr (ConfabSignal) signal = confab_signal_new_plain (CONFAB_SIGNAL_REBUILD, generation);

  sound_room_deliver (a, "b", signal);
}

/* A second and a third connection between the same two: the same code, and no news of it. Then one
 * with another certificate. */
static void
test_code_over_rebuilds (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *b = sound_room_enter (room, "b", TONE_B);
  guint n_reveals = 0;

  sound_room_set_mangler (room, count_reveals, &n_reveals);
  sound_room_connect (a, b);
  RUN_UNTIL (sound_room_are_heard (a, b), 30);
  RUN_UNTIL (a->codes->len == 1 && b->codes->len == 1, 30);
  g_assert_cmpstr (confab_audio_engine_get_safety_code (a->engine, "b"), ==,
                   confab_audio_engine_get_safety_code (b->engine, "a"));
  for (guint generation = 2; generation <= 3; generation++) {
    rebuild (a, generation - 1);
    RUN_UNTIL (n_reveals == generation, 30);
    sound_room_run_ms (1000);
  }
  g_assert_cmpuint (a->codes->len, ==, 1);
  g_assert_cmpuint (b->codes->len, ==, 1);
  g_assert_cmpstr (g_hash_table_lookup (a->states, "b"), ==, "connected");
  sound_room_free (room);
}

static void
test_swapped_in_third (gconstpointer liar)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *b = sound_room_enter (room, "b", TONE_B);
  Person *deceived = strcmp (liar, "a") == 0 ? b : a;

  sound_room_set_mangler (room, swap_latest_fingerprints, (gpointer) liar);
  sound_room_connect (a, b);
  RUN_UNTIL (sound_room_are_heard (a, b), 30);
  rebuild (a, 1);
  sound_room_run_ms (1000);
  g_assert_false (has_failed (deceived, liar));
  rebuild (a, 2);
  RUN_UNTIL (has_failed (deceived, liar), 30);
  g_assert_error ((GError *) g_hash_table_lookup (deceived->errors, liar), CONFAB_ERROR,
                  CONFAB_ERROR_CERTIFICATE_MISMATCH);
  sound_room_free (room);
}

/* Somebody who chooses the nonce after having seen the answer's. */
static ConfabSignal *
break_promise (const char *from, const char *to, ConfabSignal *signal, gpointer user_data)
{
  return confab_signal_get_kind (signal) == CONFAB_SIGNAL_REVEAL
             ? confab_signal_new_reveal (confab_signal_get_generation (signal),
                                         "abcdefghijklmnopqrstuvwxyz")
             : confab_signal_ref (signal);
}

static void
test_broken_promise (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *b = sound_room_enter (room, "b", TONE_B);

  sound_room_set_mangler (room, break_promise, NULL);
  sound_room_connect (a, b);
  RUN_UNTIL (has_failed (b, "a"), 30);
  g_assert_error ((GError *) g_hash_table_lookup (b->errors, "a"), CONFAB_ERROR,
                  CONFAB_ERROR_CERTIFICATE_MISMATCH);
  g_assert_cmpuint (b->codes->len, ==, 0);
  sound_room_free (room);
}

static ConfabSignal *
without_safety (const char *from, const char *to, ConfabSignal *signal, gpointer user_data)
{
  if (confab_signal_get_kind (signal) == CONFAB_SIGNAL_REVEAL)
    return NULL;
  return confab_signal_get_sdp (signal) != NULL ? confab_signal_with_safety (signal, NULL)
                                                : confab_signal_ref (signal);
}

/* A client that knows no codes is heard all the same, and nobody pretends that there was one. */
static void
test_no_code (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *b = sound_room_enter (room, "b", TONE_B);

  sound_room_set_mangler (room, without_safety, NULL);
  sound_room_connect (a, b);
  RUN_UNTIL (sound_room_are_heard (a, b), 30);
  sound_room_run_ms (500);
  g_assert_cmpuint (a->codes->len + b->codes->len, ==, 0);
  g_assert_null (confab_audio_engine_get_safety_code (a->engine, "b"));
  sound_room_free (room);
}

static ConfabSignal *
lose_answers (const char *from, const char *to, ConfabSignal *signal, gpointer user_data)
{
  guint *n_offers = user_data;

  if (confab_signal_get_kind (signal) == CONFAB_SIGNAL_ANSWER)
    return NULL;
  if (confab_signal_get_kind (signal) == CONFAB_SIGNAL_OFFER)
    g_assert_cmpuint (confab_signal_get_generation (signal), ==, ++*n_offers);
  return confab_signal_ref (signal);
}

static void
test_no_answer (void)
{
  SoundRoom *room = sound_room_new ();
  guint n_offers = 0;
  Person *a = NULL;
  Person *b = NULL;

  sound_room_set_timing (room, &hasty);
  a = sound_room_enter (room, "a", TONE_A);
  b = sound_room_enter (room, "b", TONE_B);
  sound_room_set_mangler (room, lose_answers, &n_offers);
  sound_room_connect (a, b);
  RUN_UNTIL (has_failed (a, "b") && has_failed (b, "a"), 60);
  g_assert_error ((GError *) g_hash_table_lookup (a->errors, "b"), CONFAB_ERROR,
                  CONFAB_ERROR_TIMED_OUT);
  g_assert_error ((GError *) g_hash_table_lookup (b->errors, "a"), CONFAB_ERROR,
                  CONFAB_ERROR_TIMED_OUT);
  g_assert_cmpuint (n_offers, >=, 2);
  g_assert_cmpuint (n_offers, <=, 4);

  /* It works again: the answering side asks, and gets a new generation. */
  sound_room_set_mangler (room, NULL, NULL);
  {
    g_autoptr (ConfabSignal) again = confab_signal_new_plain (CONFAB_SIGNAL_REBUILD, n_offers);

    sound_room_deliver (a, "b", again);
  }
  RUN_UNTIL (sound_room_are_heard (a, b), 30);
  g_assert_cmpstr (g_hash_table_lookup (a->states, "b"), ==, "connected");
  sound_room_free (room);
}

static ConfabSignal *
without_rtpmap (const char *from, const char *to, ConfabSignal *signal, gpointer user_data)
{
  const char *sdp = confab_signal_get_sdp (signal);
  g_auto (GStrv) parts = NULL;
  g_autofree char *rest = NULL;

  if (sdp == NULL)
    return confab_signal_ref (signal);
  parts = g_strsplit (sdp, "a=rtpmap:", -1);
  rest = g_strjoinv ("a=x:", parts);
  return confab_signal_new_description (confab_signal_get_kind (signal),
                                        confab_signal_get_generation (signal), rest);
}

static void
test_no_rtpmap (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = NULL;
  Person *b = NULL;

  sound_room_set_timing (room, &hasty);
  a = sound_room_enter (room, "a", TONE_A);
  b = sound_room_enter (room, "b", TONE_B);
  sound_room_set_mangler (room, without_rtpmap, NULL);
  sound_room_connect (a, b);
  RUN_UNTIL (has_failed (a, "b") && has_failed (b, "a"), 60);
  g_assert_error ((GError *) g_hash_table_lookup (a->errors, "b"), CONFAB_ERROR,
                  CONFAB_ERROR_TIMED_OUT);
  g_assert_error ((GError *) g_hash_table_lookup (b->errors, "a"), CONFAB_ERROR,
                  CONFAB_ERROR_MEDIA_FAILED);
  sound_room_free (room);
}

/* Somebody who is on no list: what they send is dropped, and nothing goes to them. */
static void
test_stranger (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *b = sound_room_enter (room, "b", TONE_B);
  gint64 end = 0;

  confab_audio_engine_add_peer (b->engine, "a", TRUE);
  end = g_get_monotonic_time () + 2 * G_TIME_SPAN_SECOND;
  while (g_get_monotonic_time () < end) {
    ConfabAudioPeerStats stats;

    g_assert_false (confab_audio_engine_get_peer_stats (a->engine, "b", &stats));
    sound_room_iterate ();
  }
  g_assert_cmpuint (g_hash_table_size (a->states) + g_hash_table_size (b->heard), ==, 0);
  assert_heard_nothing (a);
  assert_heard_nothing (b);
  sound_room_free (room);
}

/* ---- what may happen to signals without anybody's malice ---- */

typedef struct {
  Person *a;
  Person *b;
  ConfabSignal *offer; /* (owned) (nullable) */
} Delay;

static gboolean
deliver_offer (gpointer user_data)
{
  Delay *delay = user_data;

  sound_room_deliver (delay->b, "a", delay->offer);
  g_clear_pointer (&delay->offer, confab_signal_unref);
  return G_SOURCE_REMOVE;
}

static ConfabSignal *
offer_last (const char *from, const char *to, ConfabSignal *signal, gpointer user_data)
{
  Delay *delay = user_data;

  if (confab_signal_get_kind (signal) == CONFAB_SIGNAL_OFFER) {
    delay->offer = confab_signal_ref (signal);
    return NULL;
  }
  if (confab_signal_get_kind (signal) == CONFAB_SIGNAL_END_OF_CANDIDATES && delay->offer != NULL)
    g_idle_add (deliver_offer, delay);
  return confab_signal_ref (signal);
}

static void
test_early_candidates (void)
{
  SoundRoom *room = sound_room_new ();
  Delay delay = { NULL };

  delay.a = sound_room_enter (room, "a", TONE_A);
  delay.b = sound_room_enter (room, "b", TONE_B);
  sound_room_set_mangler (room, offer_last, &delay);
  sound_room_connect (delay.a, delay.b);
  RUN_UNTIL (sound_room_are_heard (delay.a, delay.b), 30);
  sound_room_free (room);
}

static ConfabSignal *
hide_addresses (const char *from, const char *to, ConfabSignal *signal, gpointer user_data)
{
  g_auto (GStrv) words = NULL;
  g_autofree char *hidden = NULL;

  if (strcmp (from, "a") != 0 || confab_signal_get_kind (signal) != CONFAB_SIGNAL_CANDIDATE)
    return confab_signal_ref (signal);
  words = g_strsplit (confab_signal_get_candidate (signal), " ", -1);
  g_free (words[4]);
  words[4] = g_strdup ("2b7c0a7e-52c7-4d9f-b1a5-8f0a4f0f1e7a.local");
  hidden = g_strjoinv (" ", words);
  return confab_signal_new_candidate (confab_signal_get_generation (signal), hidden, 0, "0");
}

/* As browsers do. */
static void
test_hidden_addresses (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *b = sound_room_enter (room, "b", TONE_B);

  sound_room_set_mangler (room, hide_addresses, NULL);
  sound_room_connect (a, b);
  RUN_UNTIL (sound_room_are_heard (a, b), 30);
  sound_room_free (room);
}

/* What browsers write: codecs that we do not speak in front and behind, other parameters. */
static ConfabSignal *
like_a_browser (const char *from, const char *to, ConfabSignal *signal, gpointer user_data)
{
  const char *const *parameters = user_data;
  g_autoptr (GRegex) regex = g_regex_new ("a=fmtp:96 [^\r]*\r\n", 0, 0, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GString) sdp = NULL;

  if (confab_signal_get_kind (signal) != CONFAB_SIGNAL_OFFER)
    return confab_signal_ref (signal);
  text =
      g_regex_replace_literal (regex, confab_signal_get_sdp (signal), -1, 0, *parameters, 0, NULL);
  sdp = g_string_new (text);
  g_assert_cmpuint (g_string_replace (sdp, "SAVPF 96\r\n", "SAVPF 63 96 9 0 126\r\n", 1), ==, 1);
  g_string_append (sdp, "a=rtpmap:63 red/48000/2\r\na=fmtp:63 96/96\r\na=rtpmap:9 G722/8000\r\n"
                        "a=rtpmap:0 PCMU/8000\r\na=rtpmap:126 telephone-event/8000\r\n"
                        "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
                        "a=msid:- 3fa0\r\n");
  return confab_signal_new_description (CONFAB_SIGNAL_OFFER, confab_signal_get_generation (signal),
                                        sdp->str);
}

static void
test_browser_offers (void)
{
  static const char *const parameters[] = {
    "a=fmtp:96 minptime=10;useinbandfec=1\r\n",
    "a=fmtp:96 maxplaybackrate=48000;stereo=1;useinbandfec=1\r\n",
    "a=fmtp:96 useinbandfec=0\r\n",
    "",
  };

  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++) {
    SoundRoom *room = sound_room_new ();
    Person *a = sound_room_enter (room, "a", TONE_A);
    Person *b = sound_room_enter (room, "b", TONE_B);

    sound_room_set_mangler (room, like_a_browser, (gpointer) &parameters[i]);
    sound_room_connect (a, b);
    RUN_UNTIL (sound_room_are_heard (a, b), 8);
    sound_room_free (room);
  }
}

static ConfabSignal *
twice (const char *from, const char *to, ConfabSignal *signal, gpointer user_data)
{
  Delay *delay = user_data;

  sound_room_deliver (strcmp (to, "a") == 0 ? delay->a : delay->b, from, signal);
  return confab_signal_ref (signal);
}

static void
test_duplicates (void)
{
  SoundRoom *room = sound_room_new ();
  Delay delay = { NULL };

  delay.a = sound_room_enter (room, "a", TONE_A);
  delay.b = sound_room_enter (room, "b", TONE_B);
  sound_room_set_mangler (room, twice, &delay);
  sound_room_connect (delay.a, delay.b);
  RUN_UNTIL (sound_room_are_heard (delay.a, delay.b), 30);
  g_assert_cmpuint (delay.a->state_log->len, ==, 2);
  g_assert_cmpuint (delay.b->state_log->len, ==, 2);
  sound_room_free (room);
}

/* ---- floods ---- */

static guint
count_threads (void)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/task", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (folder) != NULL)
    n++;
  return n;
}

static ConfabSignal *
keep_offer (const char *from, const char *to, ConfabSignal *signal, gpointer user_data)
{
  ConfabSignal **offer = user_data;

  if (confab_signal_get_kind (signal) != CONFAB_SIGNAL_OFFER)
    return NULL;
  g_clear_pointer (offer, confab_signal_unref);
  *offer = confab_signal_ref (signal);
  return NULL;
}

static void
test_floods (void)
{
  SoundRoom *room = sound_room_new ();
  g_autoptr (ConfabSignal) offer = NULL;
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *b = sound_room_enter (room, "b", TONE_B);
  guint n_threads = 0;

  sound_room_set_mangler (room, keep_offer, &offer);
  sound_room_connect (a, b);
  RUN_UNTIL (offer != NULL, 30);
  n_threads = count_threads ();
  for (guint i = 0; i < 10000; i++) {
    g_autofree char *text =
        g_strdup_printf ("candidate:%u 1 UDP 1 192.0.2.1 %u typ host", i, 1 + i % 60000);
    g_autoptr (ConfabSignal) candidate = confab_signal_new_candidate (7, text, 0, "0");

    sound_room_deliver (b, "a", candidate);
    sound_room_deliver (b, "nobody", candidate);
  }
  for (guint i = 1; i <= 1000; i++) {
    g_autoptr (ConfabSignal) again =
        confab_signal_new_description (CONFAB_SIGNAL_OFFER, i, confab_signal_get_sdp (offer));
    g_autoptr (ConfabSignal) rebuild = confab_signal_new_plain (CONFAB_SIGNAL_REBUILD, i);

    sound_room_deliver (b, "a", again);
    sound_room_deliver (a, "b", rebuild);
  }
  g_assert_cmpuint (count_threads (), <, n_threads + 200);
  sound_room_free (room);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/audio/trust/swapped-both-ways", test_swapped_both_ways);
  g_test_add_data_func ("/audio/trust/swapped-offer", "a", test_swapped_one_way);
  g_test_add_data_func ("/audio/trust/swapped-answer", "b", test_swapped_one_way);
  g_test_add_data_func ("/audio/trust/swapped-later-offer", "a", test_swapped_later);
  g_test_add_data_func ("/audio/trust/swapped-later-answer", "b", test_swapped_later);
  g_test_add_data_func ("/audio/trust/swapped-in-third-offer", "a", test_swapped_in_third);
  g_test_add_data_func ("/audio/trust/swapped-in-third-answer", "b", test_swapped_in_third);
  g_test_add_func ("/audio/trust/code-over-rebuilds", test_code_over_rebuilds);
  g_test_add_func ("/audio/trust/broken-promise", test_broken_promise);
  g_test_add_func ("/audio/trust/no-code", test_no_code);
  g_test_add_func ("/audio/trust/stranger", test_stranger);
  g_test_add_func ("/audio/trust/no-answer", test_no_answer);
  g_test_add_func ("/audio/trust/no-rtpmap", test_no_rtpmap);
  g_test_add_func ("/audio/trust/early-candidates", test_early_candidates);
  g_test_add_func ("/audio/trust/hidden-addresses", test_hidden_addresses);
  g_test_add_func ("/audio/trust/browser-offers", test_browser_offers);
  g_test_add_func ("/audio/trust/duplicates", test_duplicates);
  g_test_add_func ("/audio/trust/floods", test_floods);
  return g_test_run ();
}
