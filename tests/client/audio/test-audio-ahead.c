/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gst/gst.h>
#include <math.h>

#include "confab-audio-format.h"
#include "confab-audio-pacer.h"
#include "sound-room.h"

#define TONE_A    600
#define TONE_B    1100
#define LISTEN_MS 1000
#define AMPLITUDE 8000
#define HEARD     (AMPLITUDE / 32768. / 4) /* through Opus at 32 kbit/s */
#define MIN_SHARE 0.9 /* of the packets: a machine that stands still loses some */

/* A microphone whose stamps are ahead of the clock: it brought a backlog when it was opened, or has
 * a faster clock of its own. */
typedef struct {
  ConfabAudioUplink *uplink;  /* (unowned) of the person's engine */
  GstClockTimeDiff offset_ns; /* of its stamps to monotonic time */
  guint64 n_samples;          /* its thread's own */
  ConfabAudioPacer *pacer;    /* (owned) */
} Microphone;

static void
on_tick (gint64 due_us, gpointer user_data)
{
  Microphone *self = user_data;
  gint16 samples[CONFAB_AUDIO_TICK_SAMPLES];

  for (guint i = 0; i < CONFAB_AUDIO_TICK_SAMPLES; i++)
    samples[i] = (gint16) (AMPLITUDE * sin (2 * G_PI * TONE_A * (double) self->n_samples++ /
                                            CONFAB_AUDIO_RATE));
  confab_audio_uplink_feed (self->uplink, samples, CONFAB_AUDIO_TICK_SAMPLES,
                            (guint64) (due_us * 1000 + self->offset_ns));
}

/* Takes the place of the engine's own devices. */
static void
open_microphone (Microphone *self, Person *person, guint ahead_ms)
{
  const ConfabAudioParts *parts = confab_audio_engine_get_parts (person->engine);
  ConfabAudioDevicePipeline *devices = confab_audio_engine_get_devices (person->engine);
  g_autoptr (GError) error = NULL;

  confab_audio_engine_set_sink_null (person->engine);
  confab_audio_engine_set_source_silence (person->engine);
  confab_audio_engine_start (person->engine, &error);
  g_assert_no_error (error);
  confab_audio_device_pipeline_stop (devices);
  self->uplink = confab_audio_device_pipeline_get_uplink (devices);
  self->offset_ns = ahead_ms * (GstClockTimeDiff) GST_MSECOND - (GstClockTimeDiff) parts->base_time;
  self->n_samples = 0;
  self->pacer = confab_audio_pacer_new (parts->realtime, on_tick, self);
}

static gint64
get_sent (Person *person, const char *peer)
{
  ConfabAudioPeerStats stats = { 0 };

  g_assert_true (confab_audio_engine_get_peer_stats (person->engine, peer, &stats));
  return stats.packets_sent;
}

static gint64
get_received (Person *person, const char *peer)
{
  ConfabAudioPeerStats stats = { 0 };

  g_assert_true (confab_audio_engine_get_peer_stats (person->engine, peer, &stats));
  return stats.packets_received;
}

static void
assert_hears_tone (Person *person)
{
  g_autoptr (GBytes) recording = sound_room_take_recording (person);
  gsize size = 0;
  const gint16 *samples = g_bytes_get_data (recording, &size);
  gsize n = CONFAB_AUDIO_RATE * LISTEN_MS / 2000;

  g_assert_cmpuint (size / sizeof (gint16), >, n);
  g_assert_cmpfloat (tone_amplitude (samples + size / sizeof (gint16) - n, n, TONE_A), >, HEARD);
}

/* Nothing on the way out may wait for the time that a packet bears, which for the longer of these
 * never comes. */
static void
test_stamps_ahead_of_the_clock (gconstpointer ahead_ms)
{
  SoundRoom *room = sound_room_new ();
  Person *a = sound_room_add (room, "a");
  Person *b = sound_room_enter (room, "b", TONE_B);
  Microphone microphone;
  gint64 sent = 0, received = 0;

  open_microphone (&microphone, a, GPOINTER_TO_UINT (ahead_ms));
  sound_room_connect (a, b);
  RUN_UNTIL (g_hash_table_contains (b->heard, "a"), 15);
  sent = get_sent (a, "b");
  received = get_received (b, "a");
  sound_room_run_ms (LISTEN_MS);
  assert_hears_tone (b);
  confab_audio_pacer_free (microphone.pacer);
  sent = get_sent (a, "b") - sent;
  g_assert_cmpint (sent, >, 0);
  RUN_UNTIL (get_received (b, "a") - received >= MIN_SHARE * sent, 10);
  sound_room_free (room);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_data_func ("/audio/ahead/backlog", GUINT_TO_POINTER (300),
                        test_stamps_ahead_of_the_clock);
  g_test_add_data_func ("/audio/ahead/far", GUINT_TO_POINTER (60000),
                        test_stamps_ahead_of_the_clock);
  return g_test_run ();
}
