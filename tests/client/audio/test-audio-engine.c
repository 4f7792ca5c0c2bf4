/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <gst/gst.h>

#include "confab-audio-format.h"
#include "confab-error.h"
#include "confab-signal.h"
#include "sound-room.h"

#define TONE_A            600
#define TONE_B            1100
#define TONE_C            2300
#define N_ROUNDS          50
#define SAID              (8000. / 32768)
#define HEARD             (SAID / 4) /* through Opus at 32 kbit/s */
#define UNHEARD           (SAID / 50)
#define ENCODER_MS        12.5 /* a frame of 10 ms and the look-ahead of CELT alone */
#define OTHERS_ENCODER_MS 16.5 /* and that of SILK */

static const gint16 *
take_samples (Person *person, GBytes **recording, gsize *n_samples)
{
  gsize size = 0;
  const gint16 *samples = NULL;

  *recording = sound_room_take_recording (person);
  samples = g_bytes_get_data (*recording, &size);
  *n_samples = size / sizeof (gint16);
  return samples;
}

static void
assert_last_second (Person *person, double hz, gboolean is_there)
{
  g_autoptr (GBytes) recording = NULL;
  gsize n = 0;
  const gint16 *samples = take_samples (person, &recording, &n);
  double amplitude = 0;

  g_assert_cmpuint (n, >, CONFAB_AUDIO_RATE);
  amplitude = tone_amplitude (samples + n - CONFAB_AUDIO_RATE, CONFAB_AUDIO_RATE, hz);
  if (is_there)
    g_assert_cmpfloat (amplitude, >, HEARD);
  else
    g_assert_cmpfloat (amplitude, <, UNHEARD);
}

static void
assert_hears (Person *person, double hz, double own_hz)
{
  g_autoptr (GBytes) recording = NULL;
  gsize n = 0;
  const gint16 *samples = take_samples (person, &recording, &n);
  const gint16 *last = samples + n - CONFAB_AUDIO_RATE;

  g_assert_cmpuint (n, >, CONFAB_AUDIO_RATE);
  g_assert_cmpfloat (tone_amplitude (last, CONFAB_AUDIO_RATE, hz), >, HEARD);
  g_assert_cmpfloat (tone_amplitude (last, CONFAB_AUDIO_RATE, own_hz), <, UNHEARD);
}

static void
test_two_hear_each_other (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *b = sound_room_enter (room, "b", TONE_B);
  ConfabAudioPeerStats stats;
  gboolean is_speaking = FALSE;

  sound_room_connect (a, b);
  RUN_UNTIL (sound_room_are_heard (a, b), 30);
  g_assert_cmpstr (g_hash_table_lookup (a->states, "b"), ==, "connected");
  sound_room_run_ms (1500);
  g_assert_cmpfloat (confab_audio_engine_get_peer_level (a->engine, "b", &is_speaking), >, -30);
  g_assert_cmpfloat (confab_audio_engine_get_input_level (a->engine, NULL), >, -30);
  g_assert_true (confab_audio_engine_get_peer_stats (a->engine, "b", &stats));
  g_assert_cmpint (stats.packets_received, >, 50);
  g_assert_cmpint (stats.packets_sent, >, 50);
  g_test_message ("jitter buffer %.1f ms, jitter %.1f ms, lost %.3f, concealed %" G_GINT64_FORMAT,
                  stats.jitter_buffer_ms, stats.jitter_ms, stats.lost_ratio, stats.concealed_ticks);
  assert_hears (a, TONE_B, TONE_A);
  assert_hears (b, TONE_A, TONE_B);
  sound_room_free (room);
}

/* Silence is left out but for a comfort frame each 400 ms, of which eight take three seconds; not
 * so for somebody new. */
static void
test_silent_ones_are_heard_at_once (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *b = sound_room_enter (room, "b", TONE_B);
  ConfabAudioPeerStats stats = { 0 };
  gint64 begin_us = 0;

  confab_audio_engine_set_muted (a->engine, TRUE);
  confab_audio_engine_set_muted (b->engine, TRUE);
  sound_room_run_ms (500);
  sound_room_connect (a, b);
  RUN_UNTIL (g_hash_table_contains (a->heard, "b"), 30);
  begin_us = g_get_monotonic_time ();
  RUN_UNTIL (confab_audio_engine_get_peer_stats (a->engine, "b", &stats) &&
                 stats.packets_received >= 8,
             30);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 2 * G_TIME_SPAN_SECOND);
  sound_room_free (room);
}

/* The third comes and goes while two talk: they must not notice. */
static void
test_third_comes_and_goes (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *b = sound_room_enter (room, "b", TONE_B);
  Person *c = sound_room_enter (room, "c", TONE_C);
  guint n_rounds = sound_room_get_torture (N_ROUNDS);
  g_autofree gsize *marks = g_new0 (gsize, n_rounds + 1);

  sound_room_connect (a, b);
  RUN_UNTIL (sound_room_are_heard (a, b), 30);
  sound_room_run_ms (1000);
  for (guint i = 0; i < n_rounds; i++) {
    marks[i] = sound_room_get_recorded_samples (a);
    sound_room_connect (a, c);
    sound_room_connect (b, c);
    RUN_UNTIL (sound_room_are_heard (a, c) && sound_room_are_heard (b, c), 60);
    sound_room_run_ms (50);
    sound_room_disconnect (a, c);
    sound_room_disconnect (b, c);
  }
  marks[n_rounds] = sound_room_get_recorded_samples (a);
  sound_room_assert_no_gap (a, TONE_B, marks, n_rounds);
  sound_room_assert_no_gap (b, TONE_A, marks, n_rounds);
  sound_room_free (room);
}

static void
test_mute_is_silence (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *b = sound_room_enter (room, "b", TONE_B);
  ConfabAudioPeerStats before, after;

  sound_room_connect (a, b);
  RUN_UNTIL (sound_room_are_heard (a, b), 30);
  RUN_UNTIL (confab_audio_engine_get_peer_level (b->engine, "a", NULL) > -30, 30);
  confab_audio_engine_set_muted (a->engine, TRUE);
  g_assert_true (confab_audio_engine_get_muted (a->engine));
  RUN_UNTIL (confab_audio_engine_get_peer_level (b->engine, "a", NULL) < -90, 30);
  RUN_UNTIL (confab_audio_engine_get_input_level (a->engine, NULL) < -90, 30);

  /* Silent, but there: a comfort frame each 400 ms, and nobody takes it for a lost connection. */
  confab_audio_engine_get_peer_stats (b->engine, "a", &before);
  sound_room_run_ms (4000);
  confab_audio_engine_get_peer_stats (b->engine, "a", &after);
  g_assert_cmpint (after.packets_received - before.packets_received, >=, 5);
  g_assert_cmpint (after.packets_received - before.packets_received, <, 50);
  g_assert_cmpuint (b->state_log->len, ==, 2);
  assert_last_second (b, TONE_A, FALSE);

  confab_audio_engine_set_muted (a->engine, FALSE);
  RUN_UNTIL (confab_audio_engine_get_peer_level (b->engine, "a", NULL) > -30, 30);
  sound_room_free (room);
}

static void
test_volume_and_deafened (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *b = sound_room_enter (room, "b", TONE_B);

  sound_room_connect (a, b);
  RUN_UNTIL (sound_room_are_heard (a, b), 30);
  confab_audio_engine_set_peer_volume (a->engine, "b", 0);
  g_assert_cmpfloat (confab_audio_engine_get_peer_volume (a->engine, "b"), ==, 0);
  confab_audio_engine_set_deafened (b->engine, TRUE);
  g_assert_true (confab_audio_engine_get_deafened (b->engine));
  sound_room_run_ms (1500);
  g_assert_cmpfloat (confab_audio_engine_get_peer_level (a->engine, "b", NULL), >, -30);
  assert_last_second (a, TONE_B, FALSE);
  assert_last_second (b, TONE_A, FALSE);
  sound_room_free (room);
}

static void
test_echo (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *echo = sound_room_add (room, "echo");
  g_autoptr (GError) error = NULL;

  confab_audio_engine_set_source_echo (echo->engine);
  confab_audio_engine_set_sink_null (echo->engine);
  confab_audio_engine_start (echo->engine, &error);
  g_assert_no_error (error);
  sound_room_connect (a, echo);
  RUN_UNTIL (sound_room_are_heard (a, echo), 30);
  sound_room_run_ms (2000);
  assert_last_second (a, TONE_A, TRUE);
  sound_room_free (room);
}

static void
test_file_ends (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *b = sound_room_enter (room, "b", TONE_B);
  g_autofree char *tone = sound_room_write_tone (room, TONE_A, 2);
  g_autoptr (GError) error = NULL;

  sound_room_connect (a, b);
  RUN_UNTIL (sound_room_are_heard (a, b), 30);
  confab_audio_engine_set_source_file (a->engine, tone, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (a->n_sources_ended, ==, 0);
  RUN_UNTIL (a->n_sources_ended == 1, 30);
  RUN_UNTIL (confab_audio_engine_get_peer_level (b->engine, "a", NULL) < -90, 30);
  g_assert_true (confab_audio_engine_has_source (a->engine));
  g_assert_cmpuint (a->n_sources_ended, ==, 1);
  sound_room_free (room);
}

static void
test_bad_files (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_add (room, "a");
  g_autoptr (GError) error = NULL;

  g_assert_false (
      confab_audio_engine_set_source_file (a->engine, "/nonexistent/a.wav", TRUE, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (confab_audio_engine_set_record_path (a->engine, "/nonexistent/a.wav", &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_FILE);
  sound_room_free (room);
}

static char *
take_graph (const char *folder, const char *file)
{
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autoptr (GError) error = NULL;
  char *graph = NULL;

  g_assert_true (g_file_get_contents (path, &graph, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_unlink (path), ==, 0);
  return graph;
}

/* The id is a server's to choose: it must not lead out of the folder. */
static void
test_dump (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *b = sound_room_enter (room, "b", TONE_B);
  g_autofree char *folder = g_build_filename (sound_room_get_folder (room), "dump", NULL);
  g_autofree char *graph = NULL;
  g_autofree char *other = NULL;
  g_autoptr (GError) error = NULL;

  sound_room_connect (a, b);
  RUN_UNTIL (sound_room_are_heard (a, b), 30);
  confab_audio_engine_add_peer (a->engine, "../x", TRUE);
  g_assert_true (confab_audio_engine_dump_dot (a->engine, folder, &error));
  g_assert_no_error (error);
  confab_audio_engine_remove_peer (a->engine, "../x");
  other = take_graph (folder, "peer-___x.dot");
  graph = take_graph (folder, "peer-b.dot");
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_assert_true (g_str_has_prefix (graph, "digraph"));
  g_assert_nonnull (strstr (graph, "webrtcbin"));
  g_assert_nonnull (strstr (graph, "appsrc"));
  g_assert_null (strstr (graph, "PRIVATE KEY"));
  g_assert_null (strstr (graph, "srtp-key"));
  sound_room_free (room);
}

static void
test_dump_nowhere (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *b = sound_room_enter (room, "b", TONE_B);
  g_autofree char *folder = g_build_filename (sound_room_get_folder (room), "taken", NULL);
  g_autofree char *taken = g_build_filename (folder, "peer-b.dot", NULL);
  g_autoptr (GError) error = NULL;

  sound_room_connect (a, b);
  g_assert_false (confab_audio_engine_dump_dot (a->engine, "/proc/nowhere", &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_FILE);
  g_clear_error (&error);
  g_assert_cmpint (g_mkdir_with_parents (taken, 0700), ==, 0);
  g_assert_false (confab_audio_engine_dump_dot (a->engine, folder, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_FILE);
  g_assert_cmpint (g_rmdir (taken), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  sound_room_free (room);
}

/* Devices are opened again, and sound goes on; who hears it counts no look-ahead of SILK. */
static void
test_lowest_delay (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *b = sound_room_enter (room, "b", TONE_B);
  ConfabAudioPeerStats stats;

  confab_audio_engine_set_device_delay (a->engine, CONFAB_AUDIO_DELAY_MODE_LOWEST);
  sound_room_connect (a, b);
  RUN_UNTIL (sound_room_are_heard (a, b), 30);
  RUN_UNTIL (confab_audio_encoder_get_low_delay (confab_audio_engine_get_encoder (a->engine)), 60);
  sound_room_run_ms (1200);
  assert_last_second (b, TONE_A, TRUE);
  RUN_UNTIL (confab_audio_engine_get_peer_stats (b->engine, "a", &stats) &&
                 ABS (stats.delay.encoder_ms - ENCODER_MS) < 0.01,
             30);
  sound_room_free (room);
}

static ConfabSignal *
hide_capture_delay (const char *from, const char *to, ConfabSignal *signal, gpointer unused)
{
  g_autoptr (GString) sdp = g_string_new (confab_signal_get_sdp (signal));

  if (g_string_replace (sdp, "capture-delay", "nothing-known", 0) == 0)
    return confab_signal_ref (signal);
  return confab_signal_new_description (confab_signal_get_kind (signal),
                                        confab_signal_get_generation (signal), sdp->str);
}

/* Who does not say how long their microphone takes is a browser: CELT alone tells nothing there. */
static void
test_look_ahead_of_others (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  Person *b = sound_room_enter (room, "b", TONE_B);
  ConfabAudioPeerStats stats;

  sound_room_set_mangler (room, hide_capture_delay, NULL);
  sound_room_connect (a, b);
  RUN_UNTIL (sound_room_are_heard (a, b), 30);
  RUN_UNTIL (confab_audio_encoder_get_low_delay (confab_audio_engine_get_encoder (a->engine)), 60);
  RUN_UNTIL (confab_audio_engine_get_peer_stats (b->engine, "a", &stats) &&
                 stats.packets_received > 100,
             30);
  RUN_UNTIL (confab_audio_engine_get_peer_stats (b->engine, "a", &stats) &&
                 ABS (stats.delay.encoder_ms - OTHERS_ENCODER_MS) < 0.01,
             30);
  sound_room_free (room);
}

/* Nothing is known of strangers, and nothing breaks. */
static void
test_strangers (void)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_enter (room, "a", TONE_A);
  ConfabAudioPeerStats stats;
  gboolean is_speaking = TRUE;

  g_assert_false (confab_audio_engine_get_peer_stats (a->engine, "x", &stats));
  g_assert_cmpfloat (confab_audio_engine_get_peer_level (a->engine, "x", &is_speaking), ==, -127);
  g_assert_false (is_speaking);
  g_assert_cmpfloat (confab_audio_engine_get_peer_volume (a->engine, "x"), ==, 1);
  confab_audio_engine_set_peer_volume (a->engine, "x", 2);
  confab_audio_engine_remove_peer (a->engine, "x");
  sound_room_free (room);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/audio/engine/two-hear-each-other", test_two_hear_each_other);
  g_test_add_func ("/audio/engine/third-comes-and-goes", test_third_comes_and_goes);
  g_test_add_func ("/audio/engine/mute-is-silence", test_mute_is_silence);
  g_test_add_func ("/audio/engine/silent-ones-are-heard-at-once",
                   test_silent_ones_are_heard_at_once);
  g_test_add_func ("/audio/engine/volume-and-deafened", test_volume_and_deafened);
  g_test_add_func ("/audio/engine/echo", test_echo);
  g_test_add_func ("/audio/engine/file-ends", test_file_ends);
  g_test_add_func ("/audio/engine/bad-files", test_bad_files);
  g_test_add_func ("/audio/engine/dump", test_dump);
  g_test_add_func ("/audio/engine/dump-nowhere", test_dump_nowhere);
  g_test_add_func ("/audio/engine/lowest-delay", test_lowest_delay);
  g_test_add_func ("/audio/engine/look-ahead-of-others", test_look_ahead_of_others);
  g_test_add_func ("/audio/engine/strangers", test_strangers);
  return g_test_run ();
}
