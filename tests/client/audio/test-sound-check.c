/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gst/gst.h>

#include "confab-audio-format.h"
#include "confab-error.h"
#include "confab-sound-check.h"
#include "sound-room.h"
#include "sound-server.h"

#define TONE_HZ   450
#define THRESHOLD 0.02

typedef struct {
  SoundServer *server; /* (unowned) */
  SoundRoom *room;     /* (owned) for its files */
  GSubprocess *talking;
  ConfabAudioEngine *engine; /* (unowned) of the check */
  ConfabSoundCheck *check;   /* (owned) */
  guint n_levels;
} Fixture;

static void
count (ConfabSoundCheck *check, guint *n)
{
  ++*n;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabAudioEngine) engine = confab_audio_engine_new ();
  g_autofree char *tone = NULL;

  fixture->server = (SoundServer *) data;
  sound_server_start (fixture->server);
  fixture->room = sound_room_new ();
  tone = sound_room_write_tone (fixture->room, TONE_HZ, 60);
  fixture->talking = sound_server_play (fixture->server, "feed", tone);
  confab_audio_engine_set_source_device (engine, "mic");
  confab_audio_engine_set_sink_device (engine, "speaker");
  fixture->engine = engine;
  fixture->check = confab_sound_check_new (engine);
  g_signal_connect (fixture->check, "levels", G_CALLBACK (count), &fixture->n_levels);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->check);
  g_assert_cmpuint (sound_server_count_recordings (fixture->server), ==, 0);
  g_subprocess_force_exit (fixture->talking);
  g_subprocess_wait (fixture->talking, NULL, NULL);
  g_object_unref (fixture->talking);
  sound_room_free (fixture->room);
  sound_server_kill (fixture->server);
}

static double
hear (Fixture *fixture)
{
  g_autoptr (GBytes) sound = sound_server_listen (fixture->server, "speaker", 400);
  gsize size = 0;
  const gint16 *samples = g_bytes_get_data (sound, &size);

  return tone_amplitude (samples, size / sizeof (gint16), TONE_HZ);
}

static void
test_echo (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (sound_server_count_recordings (fixture->server), ==, 0);
  g_assert_cmpfloat (confab_sound_check_get_level (fixture->check), ==, -127);
  confab_audio_engine_set_relay_only (fixture->engine, TRUE); /* with nobody but oneself */
  confab_sound_check_start_echo (fixture->check, &error);
  g_assert_no_error (error);
  RUN_UNTIL (confab_sound_check_get_state (fixture->check) == CONFAB_SOUND_CHECK_ECHOING, 30);
  RUN_UNTIL (hear (fixture) > THRESHOLD, 30);
  RUN_UNTIL (confab_sound_check_get_level (fixture->check) > -40 && fixture->n_levels > 1, 30);
  confab_sound_check_stop (fixture->check);
  g_assert_cmpuint (sound_server_count_recordings (fixture->server), ==, 0);
}

static void
test_record_and_play_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  confab_sound_check_start_recording (fixture->check, &error);
  g_assert_no_error (error);
  RUN_UNTIL (confab_sound_check_get_state (fixture->check) == CONFAB_SOUND_CHECK_RECORDING, 30);
  g_assert_cmpfloat (hear (fixture), <, THRESHOLD / 2);
  RUN_UNTIL (confab_sound_check_get_state (fixture->check) == CONFAB_SOUND_CHECK_PLAYING, 30);
  RUN_UNTIL (hear (fixture) > THRESHOLD, 4);
  RUN_UNTIL (confab_sound_check_get_state (fixture->check) == CONFAB_SOUND_CHECK_IDLE, 30);
}

static void
take_problem (ConfabSoundCheck *check, const GError *error, GError **problem)
{
  g_clear_error (problem);
  *problem = g_error_copy (error);
}

/* What cannot be connected any more is said, and ends. */
static void
test_no_connection (Fixture *fixture, gconstpointer data)
{
  static const ConfabAudioTiming hasty = { 500, 2000, 100, 200, 1, 60000 };
  g_autoptr (GError) problem = NULL;

  confab_audio_engine_set_timing (fixture->engine, &hasty);
  g_signal_connect (fixture->check, "problem", G_CALLBACK (take_problem), &problem);
  g_assert_true (confab_sound_check_start_echo (fixture->check, NULL));
  confab_audio_engine_set_relay_only (fixture->engine, TRUE);
  RUN_UNTIL (problem != NULL, 30);
  g_assert_error (problem, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT);
  g_assert_cmpint (confab_sound_check_get_state (fixture->check), ==, CONFAB_SOUND_CHECK_IDLE);
}

static void
test_given_up (Fixture *fixture, gconstpointer data)
{
  confab_sound_check_start_recording (fixture->check, NULL);
  sound_room_run_ms (50); /* in the middle of connecting */
}

int
main (int argc, char **argv)
{
  SoundServer *server = sound_server_new ();
  int result = 0;

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
#define ADD(path, func) g_test_add ("/sound-check/" path, Fixture, server, set_up, func, tear_down)
  ADD ("echo", test_echo);
  ADD ("record-and-play-back", test_record_and_play_back);
  ADD ("no-connection", test_no_connection);
  ADD ("given-up", test_given_up);
  result = g_test_run ();
  sound_server_free (server);
  return result;
}
