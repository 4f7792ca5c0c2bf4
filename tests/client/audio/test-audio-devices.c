/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <gst/gst.h>

#include "confab-audio-device-list.h"
#include "confab-audio-format.h"
#include "confab-error.h"
#include "sound-room.h"
#include "sound-server.h"

#define TONE_MIC    450
#define TONE_B      1100
#define THRESHOLD   0.05
#define ROUNDING_US 3000 /* of PipeWire, which grants nothing below 256 samples */

typedef struct {
  SoundServer *server; /* (unowned) */
  SoundRoom *room;
  Person *a; /* with devices */
  Person *b; /* with a file and nothing */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = (SoundServer *) data;
  sound_server_start (fixture->server);
  fixture->room = sound_room_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sound_room_free (fixture->room);
  sound_server_kill (fixture->server);
}

static void
call_with_devices (Fixture *fixture, const char *source, const char *sink)
{
  g_autoptr (GError) error = NULL;

  fixture->b = sound_room_enter (fixture->room, "b", TONE_B);
  fixture->a = sound_room_add (fixture->room, "a");
  confab_audio_engine_set_noise_suppression (fixture->a->engine, FALSE); /* tones are noise to it */
  confab_audio_engine_set_source_device (fixture->a->engine, source);
  confab_audio_engine_set_sink_device (fixture->a->engine, sink);
  confab_audio_engine_start (fixture->a->engine, &error);
  g_assert_no_error (error);
  sound_room_connect (fixture->a, fixture->b);
  RUN_UNTIL (sound_room_are_heard (fixture->a, fixture->b), 60);
}

static double
hear_at_speaker (Fixture *fixture, const char *speaker)
{
  g_autoptr (GBytes) sound = sound_server_listen (fixture->server, speaker, 400);
  gsize size = 0;
  const gint16 *samples = g_bytes_get_data (sound, &size);

  return tone_amplitude (samples, size / sizeof (gint16), TONE_B);
}

static double
get_level_at_b (Fixture *fixture)
{
  return confab_audio_engine_get_peer_level (fixture->b->engine, "a", NULL);
}

static GSubprocess *
talk (Fixture *fixture)
{
  g_autofree char *tone = sound_room_write_tone (fixture->room, TONE_MIC, 60);

  return sound_server_play (fixture->server, "feed", tone);
}

static void
stop_talking (GSubprocess *player)
{
  g_subprocess_force_exit (player);
  g_subprocess_wait (player, NULL, NULL);
  g_object_unref (player);
}

static gboolean
has (ConfabAudioDeviceList *list, const char *id)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++) {
    g_autoptr (ConfabAudioDevice) device = g_list_model_get_item (G_LIST_MODEL (list), i);

    if (g_strcmp0 (confab_audio_device_get_id (device), id) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  ConfabAudioDeviceList *inputs = confab_audio_device_list_new (TRUE);
  ConfabAudioDeviceList *outputs = confab_audio_device_list_new (FALSE);
  g_autoptr (ConfabAudioDevice) microphone = NULL;

  /* The monitors of the two speakers are not microphones. */
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (inputs)), ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (outputs)), ==, 2);
  microphone = g_list_model_get_item (G_LIST_MODEL (inputs), 0);
  g_assert_cmpstr (confab_audio_device_get_id (microphone), ==, "mic");
  g_assert_cmpstr (confab_audio_device_get_name (microphone), ==, "Microphone");

  sound_server_plug_speaker (fixture->server, "headset");
  RUN_UNTIL (has (outputs, "headset"), 20);
  sound_server_unplug_speaker (fixture->server, "headset");
  sound_server_unplug_microphone (fixture->server);
  RUN_UNTIL (!has (outputs, "headset") && !has (inputs, "mic"), 20);
  g_assert_true (has (outputs, "speaker"));

  sound_server_kill (fixture->server);
  confab_audio_device_list_refresh (outputs);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (outputs)), ==, 0);
  sound_server_start (fixture->server);
  confab_audio_device_list_refresh (outputs);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (outputs)), ==, 2);
  g_assert_finalize_object (inputs);
  g_assert_finalize_object (outputs);
}

static void
test_both_ways (Fixture *fixture, gconstpointer data)
{
  GSubprocess *talking = NULL;

  call_with_devices (fixture, "mic", "speaker");
  talking = talk (fixture);
  g_assert_true (confab_audio_engine_has_source (fixture->a->engine));
  RUN_UNTIL (hear_at_speaker (fixture, "speaker") > THRESHOLD, 30);
  RUN_UNTIL (get_level_at_b (fixture) > -40, 30);
  stop_talking (talking);
  g_assert_cmpuint (fixture->a->n_problems, ==, 0);
}

static void
test_no_microphone (Fixture *fixture, gconstpointer data)
{
  GSubprocess *talking = NULL;

  sound_server_unplug_microphone (fixture->server);
  call_with_devices (fixture, NULL, NULL);
  RUN_UNTIL (fixture->a->n_problems == 1, 20);
  g_assert_error (fixture->a->problem, CONFAB_ERROR, CONFAB_ERROR_NO_DEVICE);
  g_assert_false (confab_audio_engine_has_source (fixture->a->engine));
  RUN_UNTIL (hear_at_speaker (fixture, "speaker") > THRESHOLD, 30);
  g_assert_cmpfloat (get_level_at_b (fixture), <, -80); /* and not what its own speaker says */

  sound_server_plug_microphone (fixture->server);
  RUN_UNTIL (fixture->a->n_recovered == 1, 30);
  g_assert_true (confab_audio_engine_has_source (fixture->a->engine));
  talking = talk (fixture);
  RUN_UNTIL (get_level_at_b (fixture) > -40, 30);
  stop_talking (talking);
}

static void
test_unknown_device (Fixture *fixture, gconstpointer data)
{
  GSubprocess *talking = NULL;

  call_with_devices (fixture, "no-such-microphone", "no-such-speaker");
  RUN_UNTIL (fixture->a->n_problems == 2, 30);
  g_assert_error (fixture->a->problem, CONFAB_ERROR, CONFAB_ERROR_NO_DEVICE);
  talking = talk (fixture); /* the default ones stand in */
  RUN_UNTIL (hear_at_speaker (fixture, "speaker") > THRESHOLD, 30);
  RUN_UNTIL (get_level_at_b (fixture) > -40, 30);
  stop_talking (talking);
  g_assert_cmpuint (fixture->a->n_recovered, ==, 0);

  sound_server_plug_speaker (fixture->server, "no-such-speaker");
  RUN_UNTIL (hear_at_speaker (fixture, "no-such-speaker") > THRESHOLD, 30);
}

static void
test_device_pulled (Fixture *fixture, gconstpointer data)
{
  sound_server_plug_speaker (fixture->server, "headset");
  call_with_devices (fixture, "mic", "headset");
  RUN_UNTIL (hear_at_speaker (fixture, "headset") > THRESHOLD, 30);

  sound_server_unplug_speaker (fixture->server, "headset");
  RUN_UNTIL (fixture->a->n_problems == 1, 30);
  g_assert_error (fixture->a->problem, CONFAB_ERROR, CONFAB_ERROR_NO_DEVICE);
  RUN_UNTIL (hear_at_speaker (fixture, "speaker") > THRESHOLD, 30);

  sound_server_plug_speaker (fixture->server, "headset");
  RUN_UNTIL (fixture->a->n_recovered == 1, 30);
  RUN_UNTIL (hear_at_speaker (fixture, "headset") > THRESHOLD, 30);
  g_assert_cmpstr (g_hash_table_lookup (fixture->b->states, "a"), ==, "connected");
}

static void
test_microphone_pulled (Fixture *fixture, gconstpointer data)
{
  call_with_devices (fixture, NULL, NULL);
  sound_server_unplug_microphone (fixture->server);
  RUN_UNTIL (fixture->a->n_problems == 1, 30);
  g_assert_error (fixture->a->problem, CONFAB_ERROR, CONFAB_ERROR_NO_DEVICE);
  RUN_UNTIL (!confab_audio_engine_has_source (fixture->a->engine), 30);
  sound_room_run_ms (3000);
  g_assert_cmpfloat (get_level_at_b (fixture), <, -80);
  g_assert_cmpuint (fixture->b->state_log->len, ==, 2); /* connecting, connected */
  RUN_UNTIL (hear_at_speaker (fixture, "speaker") > THRESHOLD, 30);
}

static void
test_server_killed (Fixture *fixture, gconstpointer data)
{
  ConfabAudioPeerStats before, after;
  GSubprocess *talking = NULL;

  call_with_devices (fixture, NULL, NULL);
  sound_server_kill (fixture->server);
  RUN_UNTIL (fixture->a->n_problems == 2, 30);
  g_assert_false (confab_audio_engine_has_source (fixture->a->engine));
  g_assert_true (confab_audio_engine_get_peer_stats (fixture->a->engine, "b", &before));
  sound_room_run_ms (3000);
  g_assert_true (confab_audio_engine_get_peer_stats (fixture->a->engine, "b", &after));
  g_assert_cmpint (after.packets_received, >, before.packets_received + 50);
  g_assert_cmpuint (fixture->a->state_log->len, ==, 2);
  g_assert_cmpuint (fixture->b->state_log->len, ==, 2);

  sound_server_start (fixture->server);
  RUN_UNTIL (fixture->a->n_recovered == 1, 60);
  talking = talk (fixture);
  RUN_UNTIL (hear_at_speaker (fixture, "speaker") > THRESHOLD, 30);
  RUN_UNTIL (get_level_at_b (fixture) > -40, 30);
  stop_talking (talking);
}

/* How long the engine's context stands still at most until the expression is true. */
static gint64
run_until_problem (Fixture *fixture)
{
  gint64 end_us = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;
  gint64 longest_us = 0;

  while (fixture->a->n_problems == 0 && g_get_monotonic_time () < end_us) {
    gint64 before_us = g_get_monotonic_time ();

    g_main_context_iteration (NULL, FALSE);
    longest_us = MAX (longest_us, g_get_monotonic_time () - before_us);
    g_usleep (1000);
  }
  g_assert_cmpuint (fixture->a->n_problems, >, 0);
  return longest_us;
}

/* A server that is there and answers nobody: the call goes on without it. */
static void
test_server_hangs (Fixture *fixture, gconstpointer data)
{
  call_with_devices (fixture, "mic", "speaker");
  sound_server_freeze (fixture->server);
  g_assert_cmpint (run_until_problem (fixture), <, 5 * G_TIME_SPAN_SECOND);
  g_assert_error (fixture->a->problem, CONFAB_ERROR, CONFAB_ERROR_MEDIA_FAILED);
  g_assert_cmpstr (g_hash_table_lookup (fixture->a->states, "b"), ==, "connected");
  g_assert_cmpstr (g_hash_table_lookup (fixture->b->states, "a"), ==, "connected");
  sound_server_thaw (fixture->server);
  RUN_UNTIL (fixture->a->n_recovered > 0, 60);
  RUN_UNTIL (hear_at_speaker (fixture, "speaker") > THRESHOLD, 30);
}

static void
test_change_in_mid_call (Fixture *fixture, gconstpointer data)
{
  sound_server_plug_speaker (fixture->server, "headset");
  call_with_devices (fixture, "mic", "speaker");
  RUN_UNTIL (hear_at_speaker (fixture, "speaker") > THRESHOLD, 30);
  confab_audio_engine_set_sink_device (fixture->a->engine, "headset");
  RUN_UNTIL (hear_at_speaker (fixture, "headset") > THRESHOLD, 30);
  confab_audio_engine_set_sink_null (fixture->a->engine);
  confab_audio_engine_set_source_silence (fixture->a->engine);
  RUN_UNTIL (hear_at_speaker (fixture, "headset") < 0.001, 30);
  g_assert_cmpuint (fixture->a->n_problems, ==, 0);
  g_assert_cmpuint (fixture->b->state_log->len, ==, 2);
}

static gboolean
has_piece (ConfabAudioStream *stream, gint64 piece_us)
{
  gint64 granted_us = stream != NULL ? confab_audio_stream_get_piece_us (stream) : 0;

  return granted_us >= piece_us && granted_us <= piece_us + ROUNDING_US;
}

/* What the server has granted. */
static gboolean
have_pieces (Person *person, gint64 microphone_us, gint64 speaker_us)
{
  ConfabAudioStream *microphone = NULL;
  ConfabAudioStream *speaker = NULL;

  confab_audio_device_pipeline_get_streams (confab_audio_engine_get_devices (person->engine),
                                            &microphone, &speaker);
  return has_piece (microphone, microphone_us) && has_piece (speaker, speaker_us);
}

static void
assert_runs (Fixture *fixture)
{
  RUN_UNTIL (hear_at_speaker (fixture, "speaker") > THRESHOLD, 30);
  RUN_UNTIL (get_level_at_b (fixture) > -40, 30);
}

/* Each way to buffer, in one call. */
static void
test_device_delay (Fixture *fixture, gconstpointer data)
{
  GSubprocess *talking = NULL;

  call_with_devices (fixture, "mic", "speaker");
  talking = talk (fixture);
  RUN_UNTIL (have_pieces (fixture->a, 10000, 2500), 20);
  assert_runs (fixture);
  confab_audio_engine_set_device_delay (fixture->a->engine, CONFAB_AUDIO_DELAY_MODE_LOWEST);
  RUN_UNTIL (have_pieces (fixture->a, 5000, 2500), 20);
  sound_room_run_ms (1000); /* what is heard now went through it */
  assert_runs (fixture);
  confab_audio_engine_set_device_delay (fixture->a->engine, CONFAB_AUDIO_DELAY_MODE_SAFE);
  RUN_UNTIL (have_pieces (fixture->a, 20000, 2500), 20);
  sound_room_run_ms (1000);
  assert_runs (fixture);
  stop_talking (talking);
  g_assert_cmpuint (fixture->a->n_problems, ==, 0);
  g_assert_cmpuint (fixture->b->state_log->len, ==, 2);
}

static void
assert_drawn (const char *folder, const char *file, const char *element)
{
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autofree char *graph = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (path, &graph, NULL, &error));
  g_assert_no_error (error);
  g_assert_nonnull (strstr (graph, element));
  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
test_dump (Fixture *fixture, gconstpointer data)
{
  const char *folder = sound_room_get_folder (fixture->room);
  g_autoptr (GError) error = NULL;

  call_with_devices (fixture, "mic", "speaker");
  g_assert_true (confab_audio_engine_dump_dot (fixture->a->engine, folder, &error));
  g_assert_no_error (error);
  assert_drawn (folder, "capture.dot", "sound server: mic");
  assert_drawn (folder, "playback.dot", "sound server: speaker");
  assert_drawn (folder, "peer-b.dot", "webrtcbin");
}

/* What the desktop's indicator shows: the microphone is open in a call, and not a moment longer. */
static void
test_microphone_let_go (Fixture *fixture, gconstpointer data)
{
  ConfabAudioEngine *idle = confab_audio_engine_new ();

  confab_audio_engine_set_source_device (idle, "mic");
  g_assert_cmpuint (sound_server_count_recordings (fixture->server), ==, 0);
  g_assert_finalize_object (idle);
  call_with_devices (fixture, "mic", "speaker");
  RUN_UNTIL (sound_server_count_recordings (fixture->server) == 1, 20);
  confab_audio_engine_set_muted (fixture->a->engine, TRUE); /* talking while muted is noticed */
  sound_room_run_ms (300);
  g_assert_cmpuint (sound_server_count_recordings (fixture->server), ==, 1);

  confab_audio_engine_set_deafened (fixture->a->engine, TRUE);
  RUN_UNTIL (sound_server_count_recordings (fixture->server) == 0, 20);
  confab_audio_engine_set_source_device (fixture->a->engine, NULL); /* chosen, not opened */
  sound_room_run_ms (300);
  g_assert_cmpuint (sound_server_count_recordings (fixture->server), ==, 0);
  g_assert_true (confab_audio_engine_has_source (fixture->a->engine));
  confab_audio_engine_set_deafened (fixture->a->engine, FALSE);
  RUN_UNTIL (sound_server_count_recordings (fixture->server) == 1, 20);
  g_assert_cmpuint (fixture->a->n_problems, ==, 0);
  g_assert_cmpuint (fixture->b->state_log->len, ==, 2);

  confab_audio_engine_stop (fixture->a->engine);
  g_assert_cmpuint (sound_server_count_recordings (fixture->server), ==, 0);
}

/* A trouble ends, and its end is said, also when it is another device that ends it. */
static void
test_choosing_another_recovers (Fixture *fixture, gconstpointer data)
{
  sound_server_unplug_microphone (fixture->server);
  call_with_devices (fixture, "mic", "speaker");
  RUN_UNTIL (fixture->a->n_problems == 1, 20);
  g_assert_false (confab_audio_engine_has_source (fixture->a->engine));
  sound_server_plug_second_microphone (fixture->server, "headset");
  confab_audio_engine_set_source_device (fixture->a->engine, "headset");
  RUN_UNTIL (fixture->a->n_recovered == 1, 30);
  g_assert_true (confab_audio_engine_has_source (fixture->a->engine));
}

#define CHANGES    5
#define MAX_GAP_MS 200

static void
test_change_without_a_gap (Fixture *fixture, gconstpointer data)
{
  static const char *const microphones[] = { "headset", "mic" };
  g_autoptr (GBytes) recording = NULL;
  gsize marks[CHANGES + 1];
  guint n_good = 0;
  GSubprocess *talking = NULL;
  const gint16 *samples = NULL;
  gsize size = 0;

  sound_server_plug_second_microphone (fixture->server, "headset");
  call_with_devices (fixture, "mic", "speaker");
  talking = talk (fixture);
  RUN_UNTIL (get_level_at_b (fixture) > -40, 30);
  sound_room_run_ms (500);
  for (guint i = 0; i < CHANGES; i++) {
    marks[i] = sound_room_get_recorded_samples (fixture->b);
    confab_audio_engine_set_source_device (fixture->a->engine, microphones[i % 2]);
    sound_room_run_ms (1000);
  }
  marks[CHANGES] = sound_room_get_recorded_samples (fixture->b);
  stop_talking (talking);
  recording = sound_room_take_recording (fixture->b);
  samples = g_bytes_get_data (recording, &size);
  for (guint i = 0; i < CHANGES; i++) {
    gsize begin = MIN (marks[i], size / sizeof (gint16));
    gsize end = MIN (marks[i + 1], size / sizeof (gint16));
    guint gap_ms = tone_longest_gap_ms (samples + begin, end - begin, TONE_MIC, THRESHOLD);

    g_test_message ("change %u: a gap of %u ms", i, gap_ms);
    n_good += gap_ms <= MAX_GAP_MS;
  }
  g_assert_cmpuint (n_good, >, CHANGES / 2); /* a stall of a busy machine spoils one */
}

int
main (int argc, char **argv)
{
  SoundServer *server = sound_server_new ();
  int result = 0;

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
#define ADD(path, func) \
  g_test_add ("/audio/devices/" path, Fixture, server, set_up, func, tear_down)
  ADD ("list", test_list);
  ADD ("both-ways", test_both_ways);
  ADD ("no-microphone", test_no_microphone);
  ADD ("unknown-device", test_unknown_device);
  ADD ("device-pulled", test_device_pulled);
  ADD ("microphone-pulled", test_microphone_pulled);
  ADD ("server-killed", test_server_killed);
  ADD ("server-hangs", test_server_hangs);
  ADD ("change-in-mid-call", test_change_in_mid_call);
  ADD ("device-delay", test_device_delay);
  ADD ("dump", test_dump);
  ADD ("microphone-let-go", test_microphone_let_go);
  ADD ("choosing-another-recovers", test_choosing_another_recovers);
  ADD ("change-without-a-gap", test_change_without_a_gap);
  result = g_test_run ();
  sound_server_free (server);
  return result;
}
