/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <math.h>
#include <opus.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "confab-audio-recorder.h"
#include "confab-audio-recording.h"
#include "confab-error.h"
#include "confab-ogg-opus-writer.h"

#define FRAME    480
#define SECOND   CONFAB_AUDIO_RATE
#define BEGIN_US (100 * G_TIME_SPAN_SECOND)

typedef struct {
  char *folder; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("confab-recording-XXXXXX", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);
  const char *name = NULL;

  while ((name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

    g_unlink (path);
  }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
}

/* ---- reading what was written, page by page as RFC 3533 has it ---- */

static guint64
read_u64 (const guint8 *at)
{
  guint64 value = 0;

  memcpy (&value, at, sizeof value);
  return GUINT64_FROM_LE (value);
}

/* All samples of a file, the pre-skip taken off; asserts that the pages are whole. */
static GArray *
decode (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (float));
  OpusDecoder *decoder = opus_decoder_create (CONFAB_AUDIO_RATE, 1, NULL);
  g_autofree char *text = NULL;
  const guint8 *at = NULL;
  guint64 granule = 0;
  gsize size = 0;
  guint n_pages = 0;

  g_assert_true (g_file_get_contents (path, &text, &size, NULL));
  for (at = (guint8 *) text; at < (guint8 *) text + size; n_pages++) {
    const guint8 *segments = at + 27;
    const guint8 *body = segments + at[26];
    gsize packet_size = 0;

    g_assert_cmpmem (at, 4, "OggS", 4);
    granule = read_u64 (at + 6);
    for (guint i = 0; i < at[26]; i++) {
      float pcm[5760];

      packet_size += segments[i];
      if (segments[i] == 255)
        continue;
      if (n_pages == 0)
        g_assert_cmpmem (body, 8, "OpusHead", 8);
      else if (n_pages == 1)
        g_assert_cmpmem (body, 8, "OpusTags", 8);
      else
        g_array_append_vals (
            samples, pcm,
            (guint) opus_decode_float (decoder, body, (opus_int32) packet_size, pcm, 5760, 0));
      body += packet_size;
      packet_size = 0;
    }
    at = body;
  }
  opus_decoder_destroy (decoder);
  g_assert_cmpuint (samples->len, ==, granule);
  g_array_remove_range (samples, 0, MIN (312, samples->len));
  return samples;
}

static double
loudness (GArray *samples, double from_s, double to_s)
{
  guint from = (guint) (from_s * SECOND);
  guint to = MIN ((guint) (to_s * SECOND), samples->len);
  double sum = 0;

  g_assert_cmpuint (from, <, to);
  for (guint i = from; i < to; i++) {
    double sample = (double) g_array_index (samples, float, i);

    sum += sample * sample;
  }
  return sqrt (sum / (to - from));
}

/* ---- talkers ---- */

typedef struct {
  OpusEncoder *encoder; /* (owned) */
  const char *id;
  double hz;
  guint32 rtp_time;
} Talker;

static Talker
make_talker (const char *id, double hz, guint32 rtp_time)
{
  return (Talker){ opus_encoder_create (CONFAB_AUDIO_RATE, 1, OPUS_APPLICATION_VOIP, NULL), id, hz,
                   rtp_time };
}

static ConfabAudioRecordedPacket *
say (Talker *talker, double at_s)
{
  float pcm[FRAME];
  guint8 packet[400];
  int size = 0;

  for (guint i = 0; i < FRAME; i++)
    pcm[i] =
        0.3f * (float) sin (2 * G_PI * talker->hz * (talker->rtp_time + i) / CONFAB_AUDIO_RATE);
  size = opus_encode_float (talker->encoder, pcm, FRAME, packet, sizeof packet);
  talker->rtp_time += FRAME;
  return confab_audio_recorded_packet_new (talker->id, 7, talker->rtp_time - FRAME, packet,
                                           (gsize) size,
                                           BEGIN_US + (gint64) (at_s * G_TIME_SPAN_SECOND));
}

static char *
dup_name (const char *id, gpointer user_data)
{
  return g_strdup_printf ("%s/../%s", id, id);
}

static ConfabAudioRecording *
begin (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  ConfabAudioRecording *recording =
      confab_audio_recording_new (fixture->folder, BEGIN_US, dup_name, NULL, &error);

  g_assert_no_error (error);
  return recording;
}

static void
advance (ConfabAudioRecording *recording, double at_s, gboolean is_last)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (confab_audio_recording_advance (
      recording, BEGIN_US + (gint64) (at_s * G_TIME_SPAN_SECOND), is_last, &error));
  g_assert_no_error (error);
}

/* One talks in the first and the third second, the other one from 1.5 on; some packets overtake
 * each other, some come twice. */
static void
test_aligned (Fixture *fixture, gconstpointer data)
{
  ConfabAudioRecording *recording = begin (fixture);
  Talker a = make_talker ("a", 440, 0xfffff000u);
  Talker b = make_talker ("b", 700, 1000);
  g_autoptr (GArray) track_a = NULL;
  g_autoptr (GArray) track_b = NULL;
  g_autoptr (GArray) mix = NULL;

  for (guint i = 0; i < 400; i++) {
    double at_s = i / 100.0;

    if (i < 100 || (i >= 200 && i < 300)) {
      ConfabAudioRecordedPacket *packet = say (&a, at_s + (i % 7 == 3 ? 0.05 : 0));
      ConfabAudioRecordedPacket *again =
          g_memdup2 (packet, sizeof *packet + packet->id_size + packet->size);

      g_assert_true (confab_audio_recording_take (recording, packet, NULL));
      g_assert_true (confab_audio_recording_take (recording, again, NULL));
    } else {
      a.rtp_time += FRAME;
    }
    if (i >= 150)
      g_assert_true (confab_audio_recording_take (recording, say (&b, at_s), NULL));
    advance (recording, at_s, FALSE);
  }
  advance (recording, 4, TRUE);
  g_assert_true (confab_audio_recording_finish (recording, NULL));
  opus_encoder_destroy (a.encoder);
  opus_encoder_destroy (b.encoder);

  track_a = decode (fixture, "01 a_.._a.opus");
  track_b = decode (fixture, "02 b_.._b.opus");
  mix = decode (fixture, "mix.opus");
  g_assert_cmpfloat (loudness (track_a, 0.05, 0.95), >, 0.15);
  g_assert_cmpfloat (loudness (track_a, 1.05, 1.95), <, 0.01);
  g_assert_cmpfloat (loudness (track_a, 2.05, 2.95), >, 0.15);
  g_assert_cmpfloat (loudness (track_a, 3.05, 3.9), <, 0.01);
  g_assert_cmpfloat (loudness (track_b, 0, 1.45), <, 0.01);
  g_assert_cmpfloat (loudness (track_b, 1.55, 3.9), >, 0.15);
  g_assert_cmpfloat (loudness (mix, 0.05, 0.95), >, 0.15);
  g_assert_cmpfloat (loudness (mix, 1.05, 1.45), <, 0.01);
  g_assert_cmpfloat (loudness (mix, 2.05, 2.95), >, loudness (mix, 3.05, 3.9) * 1.2);
  g_assert_cmpuint (ABS ((gint) track_a->len - (gint) track_b->len), <, SECOND / 100);
}

/* For a second what is said comes by two connections, each in its own rhythm: it is there once, and
 * without a hole. */
static void
test_two_connections (Fixture *fixture, gconstpointer data)
{
  ConfabAudioRecording *recording = begin (fixture);
  Talker a = make_talker ("a", 440, 0);
  g_autoptr (GArray) track = NULL;
  guint n_holes = 0;

  for (guint i = 0; i < 300; i++) {
    double at_s = i / 100.0;
    ConfabAudioRecordedPacket *old = say (&a, at_s + (i % 3) * 0.004);
    const guint8 *opus = old->bytes + old->id_size;
    ConfabAudioRecordedPacket *new =
        confab_audio_recorded_packet_new ("a", 8, old->rtp_time + 123456, opus, old->size,
                                          old->at_us + (i % 4) * 3 * G_TIME_SPAN_MILLISECOND);

    if (i < 200)
      g_assert_true (confab_audio_recording_take (recording, old, NULL));
    else
      g_free (old);
    if (i >= 100)
      g_assert_true (confab_audio_recording_take (recording, new, NULL));
    else
      g_free (new);
    advance (recording, at_s, FALSE);
  }
  advance (recording, 3, TRUE);
  g_assert_true (confab_audio_recording_finish (recording, NULL));
  opus_encoder_destroy (a.encoder);
  track = decode (fixture, "01 a_.._a.opus");
  for (double t = 0.2; t < 2.8; t += 0.005)
    n_holes += loudness (track, t, t + 0.005) < 0.1;
  g_assert_cmpuint (n_holes, <=, 4); /* where one takes over from the other */
}

/* An empty call is an empty recording as long as it was. */
static void
test_silence (Fixture *fixture, gconstpointer data)
{
  ConfabAudioRecording *recording = begin (fixture);
  g_autoptr (GArray) mix = NULL;

  advance (recording, 5, TRUE);
  g_assert_true (confab_audio_recording_finish (recording, NULL));
  mix = decode (fixture, "mix.opus");
  g_assert_cmpuint (mix->len, >, 48 * SECOND / 10);
  g_assert_cmpfloat (loudness (mix, 0, 4.8), <, 0.001);
}

static void
test_never_over_another (Fixture *fixture, gconstpointer data)
{
  ConfabAudioRecording *recording = begin (fixture);
  g_autoptr (GError) error = NULL;

  g_assert_null (confab_audio_recording_new (fixture->folder, BEGIN_US, dup_name, NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_FILE);
  g_assert_true (confab_audio_recording_finish (recording, NULL));
}

/* What was written before the disk was full is there. */
static void
test_full_disk (Fixture *fixture, gconstpointer data)
{
  const struct rlimit little = { 8192, RLIM_INFINITY };
  struct rlimit before;
  ConfabAudioRecording *recording = begin (fixture);
  Talker a = make_talker ("a", 440, 0);
  g_autoptr (GError) error = NULL;
  gboolean is_well = TRUE;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &little), ==, 0);
  for (guint i = 0; i < 1000 && is_well; i++) {
    g_assert_true (confab_audio_recording_take (recording, say (&a, i / 100.0), NULL));
    is_well = confab_audio_recording_advance (
        recording, BEGIN_US + (gint64) i * 10 * G_TIME_SPAN_MILLISECOND, FALSE, &error);
  }
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_FILE);
  confab_audio_recording_finish (recording, NULL);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  opus_encoder_destroy (a.encoder);
}

static void
on_failed (const GError *error, gpointer user_data)
{
  g_assert_not_reached ();
}

/* Through the queue and the thread; nothing is taken before start and after stop. */
static void
test_recorder (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabAudioRecorder) recorder = confab_audio_recorder_new (on_failed, NULL);
  Talker a = make_talker ("a", 440, 0);
  g_autoptr (GArray) track = NULL;
  g_autoptr (GError) error = NULL;

  confab_audio_recorder_set_name (recorder, "a", "Ada");
  for (guint i = 0; i < 150; i++) {
    g_autofree ConfabAudioRecordedPacket *packet = say (&a, 0);

    if (i == 50)
      g_assert_true (confab_audio_recorder_start (recorder, fixture->folder, &error));
    g_assert_cmpint (confab_audio_recorder_is_running (recorder), ==, i >= 50);
    confab_audio_recorder_put (recorder, "a", 1, packet->rtp_time, packet->bytes + packet->id_size,
                               packet->size, g_get_monotonic_time ());
  }
  g_usleep (1200 * G_TIME_SPAN_MILLISECOND); /* the time line is the clock's */
  confab_audio_recorder_stop (recorder);
  confab_audio_recorder_stop (recorder);
  g_assert_false (confab_audio_recorder_is_running (recorder));
  opus_encoder_destroy (a.encoder);
  track = decode (fixture, "01 Ada.opus");
  g_assert_cmpuint (track->len, >=, SECOND);
  g_assert_cmpfloat (loudness (track, 0.1, 0.9), >, 0.15);
}

#define HUGE_BYTES 65400 /* as a datagram may have it; more than a page of Ogg has room for */

/* What no datagram should have is in no file, and takes no room in the queue. */
static void
test_huge_packets (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabAudioRecorder) recorder = confab_audio_recorder_new (on_failed, NULL);
  g_autofree char *path = g_build_filename (fixture->folder, "01 a.opus", NULL);
  g_autofree guint8 *huge = g_malloc (HUGE_BYTES);
  g_autofree ConfabAudioRecordedPacket *packet = NULL;
  Talker a = make_talker ("a", 440, 0);
  g_autoptr (GArray) mix = NULL;

  packet = say (&a, 0);
  memcpy (huge, packet->bytes + packet->id_size, packet->size);
  g_assert_cmpint (opus_packet_pad (huge, (opus_int32) packet->size, HUGE_BYTES), ==, OPUS_OK);
  g_assert_true (confab_audio_recorder_start (recorder, fixture->folder, NULL));
  for (guint i = 0; i < 100; i++)
    confab_audio_recorder_put (recorder, "a", 1, i * FRAME, huge, HUGE_BYTES,
                               g_get_monotonic_time ());
  confab_audio_recorder_stop (recorder);
  opus_encoder_destroy (a.encoder);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  mix = decode (fixture, "mix.opus");
  g_assert_cmpuint (mix->len, <, SECOND);
}

/* A packet that says how long it is, and is broken, leaves silence; the others are in their place.
 */
static void
test_broken_packets (Fixture *fixture, gconstpointer data)
{
  const guint8 broken[] = { 0xff, 0xff, 0xff }; /* 63 frames in no bytes */
  const guint8 short_one[] = { 0xfb, 0x82, 0xff, 0xff };
  ConfabAudioRecording *recording = begin (fixture);
  Talker a = make_talker ("a", 440, 0);
  g_autoptr (GArray) track = NULL;

  for (guint i = 0; i < 100; i++) {
    ConfabAudioRecordedPacket *packet = say (&a, i / 100.0);

    if (i % 4 == 1) {
      const guint8 *bytes = i % 8 == 1 ? broken : short_one;
      gsize size = i % 8 == 1 ? sizeof broken : sizeof short_one;
      ConfabAudioRecordedPacket *bad =
          confab_audio_recorded_packet_new ("a", 7, packet->rtp_time, bytes, size, packet->at_us);

      g_free (packet);
      packet = bad;
    }
    g_assert_true (confab_audio_recording_take (recording, packet, NULL));
    advance (recording, i / 100.0, FALSE);
  }
  advance (recording, 1, TRUE);
  g_assert_true (confab_audio_recording_finish (recording, NULL));
  opus_encoder_destroy (a.encoder);
  track = decode (fixture, "01 a_.._a.opus");
  g_assert_cmpuint (track->len, >=, SECOND - SECOND / 50);
  g_assert_cmpuint (track->len, <=, SECOND + SECOND / 50);
  g_assert_cmpfloat (loudness (track, 0.1, 0.9), >, 0.03);
}

static char *
dup_long_name (const char *id, gpointer user_data)
{
  return g_strnfill (70000, 'x');
}

/* Whoever has such a name: the file has a name all the same, and a title. */
static void
test_long_name (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  ConfabAudioRecording *recording =
      confab_audio_recording_new (fixture->folder, BEGIN_US, dup_long_name, NULL, &error);
  g_autofree char *title = g_strnfill (60, 'x');
  g_autofree char *name = g_strdup_printf ("01 %s.opus", title);
  Talker a = make_talker ("a", 440, 0);
  g_autoptr (GArray) track = NULL;

  g_assert_no_error (error);
  g_assert_true (confab_audio_recording_take (recording, say (&a, 0), NULL));
  advance (recording, 1, TRUE);
  g_assert_true (confab_audio_recording_finish (recording, NULL));
  opus_encoder_destroy (a.encoder);
  track = decode (fixture, name);
  g_assert_cmpuint (track->len, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) \
  g_test_add ("/audio/recording/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("aligned", test_aligned);
  ADD ("two-connections", test_two_connections);
  ADD ("silence", test_silence);
  ADD ("never-over-another", test_never_over_another);
  ADD ("full-disk", test_full_disk);
  ADD ("recorder", test_recorder);
  ADD ("huge-packets", test_huge_packets);
  ADD ("broken-packets", test_broken_packets);
  ADD ("long-name", test_long_name);
#undef ADD
  return g_test_run ();
}
