/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gst/gst.h>

#include "confab-audio-format.h"
#include "confab-error.h"
#include "confab-signal.h"
#include "sound-room.h"

#define TONE_A  600
#define TONE_B  1100
#define SAID    (8000. / 32768)
#define HEARD   (SAID / 4) /* through Opus at 32 kbit/s */
#define UNHEARD (SAID / 50)

static void
assert_hears (Person *person, double hz, double own_hz)
{
  g_autoptr (GBytes) recording = sound_room_take_recording (person);
  gsize size = 0;
  const gint16 *samples = g_bytes_get_data (recording, &size);
  gsize n = size / sizeof (gint16);
  gsize second = CONFAB_AUDIO_RATE;

  g_assert_cmpuint (n, >, second);
  g_assert_cmpfloat (tone_amplitude (samples + n - second, second, hz), >, HEARD);
  g_assert_cmpfloat (tone_amplitude (samples + n - second, second, own_hz), <, UNHEARD);
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/audio/engine/two-hear-each-other", test_two_hear_each_other);
  return g_test_run ();
}
