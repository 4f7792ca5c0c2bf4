/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "confab-error.h"
#include "confab-wav-reader.h"
#include "confab-wav-writer.h"

#define FREQUENCY 440

typedef struct {
  char *folder; /* (owned) */
  char *path;   /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("confab-wav-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "sound.wav", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static void
put (GByteArray *file, guint64 value, guint size)
{
  for (guint i = 0; i < size; i++) {
    guint8 byte = (guint8) (value >> (8 * i));

    g_byte_array_append (file, &byte, 1);
  }
}

static void
put_text (GByteArray *file, const char *text)
{
  g_byte_array_append (file, (const guint8 *) text, (guint) strlen (text));
}

static void
put_sample (GByteArray *file, guint format, guint bits, double value)
{
  if (format == 3 && bits == 32) {
    float narrow = (float) value;
    guint32 word;

    memcpy (&word, &narrow, 4);
    put (file, word, 4);
  } else if (format == 3) {
    guint64 word;

    memcpy (&word, &value, 8);
    put (file, word, 8);
  } else if (bits == 8) {
    put (file, (guint64) lround (value * 127 + 128), 1);
  } else {
    put (file,
         (guint64) (gint64) llround (value * (double) ((G_GINT64_CONSTANT (1) << (bits - 1)) - 1)),
         bits / 8);
  }
}

typedef struct {
  guint format;
  guint channels;
  guint rate;
  guint bits;
} Kind;

/* A second of a tone at half of full scale, with a chunk that nobody knows before the sound. */
static GByteArray *
make_file (const Kind *kind, double seconds)
{
  GByteArray *file = g_byte_array_new ();
  guint n = (guint) (kind->rate * seconds);
  guint frame_bytes = kind->channels * kind->bits / 8;

  put_text (file, "RIFF");
  put (file, 0, 4);
  put_text (file, "WAVELIST");
  put (file, 3, 4);
  put_text (file, "abc.fmt ");
  put (file, 16, 4);
  put (file, kind->format, 2);
  put (file, kind->channels, 2);
  put (file, kind->rate, 4);
  put (file, kind->rate * frame_bytes, 4);
  put (file, frame_bytes, 2);
  put (file, kind->bits, 2);
  put_text (file, "data");
  put (file, n * frame_bytes, 4);
  for (guint i = 0; i < n * kind->channels; i++)
    put_sample (file, kind->format, kind->bits,
                0.5 * sin (2 * G_PI * FREQUENCY * (i / kind->channels) / kind->rate));
  return file;
}

static void
save (Fixture *fixture, GByteArray *file)
{
  g_assert_true (g_file_set_contents (fixture->path, (const char *) file->data, file->len, NULL));
}

/* The largest difference from the tone at 48 kHz, the ends left out, where a filter has to begin.
 */
static int
get_error (GBytes *bytes)
{
  gsize n = g_bytes_get_size (bytes) / sizeof (gint16);
  const gint16 *samples = g_bytes_get_data (bytes, NULL);
  int largest = 0;

  for (gsize i = 200; i + 200 < n; i++) {
    int want = (int) lround (16384 * sin (2 * G_PI * FREQUENCY * (double) i / CONFAB_AUDIO_RATE));

    largest = MAX (largest, ABS (samples[i] - want));
  }
  return largest;
}

static void
test_kinds (Fixture *fixture, gconstpointer data)
{
  const Kind kinds[] = {
    { 1, 1, 48000, 8 },  { 1, 1, 48000, 16 },  { 1, 2, 48000, 24 }, { 1, 1, 48000, 32 },
    { 3, 1, 48000, 32 }, { 3, 2, 48000, 64 },  { 1, 1, 8000, 16 },  { 1, 2, 44100, 16 },
    { 1, 1, 22050, 24 }, { 3, 1, 192000, 32 }, { 1, 1, 16000, 8 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autoptr (GByteArray) file = make_file (&kinds[i], 1);
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = NULL;

    save (fixture, file);
    bytes = confab_wav_reader_load (fixture->path, &error);
    g_assert_no_error (error);
    g_test_message ("kind %u: error %d", i, get_error (bytes));
    g_assert_cmpint (ABS ((gint64) g_bytes_get_size (bytes) / 2 - CONFAB_AUDIO_RATE), <=, 8);
    g_assert_cmpint (get_error (bytes), <, kinds[i].bits == 8 ? 300 : 60);
  }
}

static void
assert_fails (Fixture *fixture, ConfabError code, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = confab_wav_reader_load (fixture->path, &error);

  g_assert_null (bytes);
  g_assert_error (error, CONFAB_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_nonnull (strstr (error->message, "sound.wav"));
  g_assert_null (strchr (error->message, '\n'));
}

static void
test_no_wav (Fixture *fixture, gconstpointer data)
{
  assert_fails (fixture, CONFAB_ERROR_NOT_FOUND, "No such file");
  g_assert_true (g_file_set_contents (fixture->path, "", 0, NULL));
  assert_fails (fixture, CONFAB_ERROR_BAD_FILE, "is not a WAV file");
  g_assert_true (g_file_set_contents (fixture->path, "ID3 or whatever else this may be", -1, NULL));
  assert_fails (fixture, CONFAB_ERROR_BAD_FILE, "is not a WAV file");
  g_assert_true (g_file_set_contents (fixture->path, "RIFF....WAVE", -1, NULL));
  assert_fails (fixture, CONFAB_ERROR_BAD_FILE, "ends in its header");
  g_unlink (fixture->path);
  g_assert_cmpint (g_mkdir (fixture->path, 0700), ==, 0);
  assert_fails (fixture, CONFAB_ERROR_BAD_FILE, "is not a file");
  g_rmdir (fixture->path);
}

/* Every file that ends too early says so, wherever that is. */
static void
test_truncated (Fixture *fixture, gconstpointer data)
{
  const Kind kind = { 1, 1, 48000, 16 };
  g_autoptr (GByteArray) file = make_file (&kind, 0.001);

  for (guint size = 0; size < file->len; size++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = NULL;

    g_assert_true (g_file_set_contents (fixture->path, (const char *) file->data, size, NULL));
    bytes = confab_wav_reader_load (fixture->path, &error);
    g_assert_null (bytes);
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_FILE);
  }
}

static void
test_refused_kinds (Fixture *fixture, gconstpointer data)
{
  const Kind kinds[] = { { 2, 1, 48000, 16 }, { 1, 0, 48000, 16 },   { 1, 9, 48000, 16 },
                         { 1, 1, 0, 16 },     { 1, 1, 4000000, 16 }, { 1, 1, 48000, 12 },
                         { 3, 1, 48000, 16 }, { 1, 1, 48000, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    const Kind sound = { 1, 1, 8000, 16 };
    g_autoptr (GByteArray) file = make_file (&sound, 0.1);
    GByteArray *head = g_byte_array_new ();

    put (head, kinds[i].format, 2);
    put (head, kinds[i].channels, 2);
    put (head, kinds[i].rate, 4);
    memcpy (file->data + 32, head->data, 8);
    file->data[46] = (guint8) kinds[i].bits;
    g_byte_array_unref (head);
    save (fixture, file);
    assert_fails (fixture, CONFAB_ERROR_BAD_FILE,
                  i == 1 || i == 2   ? "channels"
                  : i == 3 || i == 4 ? "rate"
                                     : "kind");
  }
}

static void
test_empty_and_huge (Fixture *fixture, gconstpointer data)
{
  const Kind kind = { 1, 1, 8000, 8 };
  g_autoptr (GByteArray) file = make_file (&kind, 0);
  guint32 size = 8000 * 1801;

  save (fixture, file);
  assert_fails (fixture, CONFAB_ERROR_BAD_FILE, "no sound");
  memcpy (file->data + file->len - 4, &size, 4);
  save (fixture, file);
  g_assert_cmpint (truncate (fixture->path, file->len + size), ==, 0);
  assert_fails (fixture, CONFAB_ERROR_TOO_LARGE, "longer than 30 minutes");
  g_assert_cmpint (truncate (fixture->path, 300 * 1024 * 1024), ==, 0);
  assert_fails (fixture, CONFAB_ERROR_TOO_LARGE, "larger than 256 MiB");
}

/* What a program wrote that could not go back to its header ends where the file does. */
static void
test_open_ended (Fixture *fixture, gconstpointer data)
{
  const Kind kind = { 1, 1, 48000, 16 };
  g_autoptr (GByteArray) file = make_file (&kind, 0.5);
  g_autoptr (GBytes) bytes = NULL;

  memset (file->data + 52, 0xff, 4);
  save (fixture, file);
  bytes = confab_wav_reader_load (fixture->path, NULL);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, CONFAB_AUDIO_RATE);
}

static void
push_tone (ConfabWavWriter *writer, guint n_ticks)
{
  for (guint tick = 0; tick < n_ticks; tick++) {
    gint16 samples[CONFAB_AUDIO_TICK_SAMPLES];

    for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
      samples[i] = (gint16) lround (
          16384 * sin (2 * G_PI * FREQUENCY * (tick * 480 + i) / CONFAB_AUDIO_RATE));
    confab_wav_writer_push (writer, samples, G_N_ELEMENTS (samples));
  }
}

static void
test_writes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  ConfabWavWriter *writer = confab_wav_writer_new (fixture->path, NULL, NULL, &error);

  g_assert_no_error (error);
  push_tone (writer, 333);
  g_assert_true (confab_wav_writer_finish (writer, &error));
  bytes = confab_wav_reader_load (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 333 * 960);
  g_assert_cmpint (get_error (bytes), <=, 1);
}

/* As after a crash: the file is read while its writer still has it open. */
static void
test_header_is_true_meanwhile (Fixture *fixture, gconstpointer data)
{
  ConfabWavWriter *writer = confab_wav_writer_new (fixture->path, NULL, NULL, NULL);
  g_autoptr (GBytes) bytes = NULL;
  gint64 deadline_us = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  push_tone (writer, 950);
  while (g_get_monotonic_time () < deadline_us) {
    g_clear_pointer (&bytes, g_bytes_unref);
    bytes = confab_wav_reader_load (fixture->path, NULL);
    if (bytes != NULL && g_bytes_get_size (bytes) >= 9 * CONFAB_AUDIO_RATE * 2)
      break;
    g_thread_yield ();
  }
  g_assert_nonnull (bytes);
  g_assert_cmpuint (g_bytes_get_size (bytes), >=, 9 * CONFAB_AUDIO_RATE * 2);
  g_assert_cmpint (get_error (bytes), <=, 1);
  g_assert_true (confab_wav_writer_finish (writer, NULL));
}

static void
on_failed (const GError *error, gpointer user_data)
{
  guint *n_failures = user_data;

  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_FILE);
  (*n_failures)++;
}

/* A limit on the file's size stands for the full disk: both are an error of write () in the middle.
 */
static void
test_disk_full (Fixture *fixture, gconstpointer data)
{
  struct rlimit old;
  struct rlimit small;
  guint n_failures = 0;
  ConfabWavWriter *writer;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  small = old;
  small.rlim_cur = 150000;
  writer = confab_wav_writer_new (fixture->path, on_failed, &n_failures, NULL);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  push_tone (writer, 500);
  push_tone (writer, 500);
  g_assert_false (confab_wav_writer_finish (writer, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_FILE);
  g_assert_cmpuint (n_failures, ==, 1);
  bytes = confab_wav_reader_load (fixture->path, NULL);
  g_assert_cmpuint (g_bytes_get_size (bytes), >=, CONFAB_AUDIO_RATE * 2);
}

/* A recording that never begins, as of a call that cannot be joined, costs nobody the one of
 * before. */
static void
test_old_recording_stays (Fixture *fixture, gconstpointer data)
{
  ConfabWavWriter *writer = confab_wav_writer_new (fixture->path, NULL, NULL, NULL);
  g_autoptr (GBytes) bytes = NULL;

  push_tone (writer, 200);
  g_assert_true (confab_wav_writer_finish (writer, NULL));
  writer = confab_wav_writer_new (fixture->path, NULL, NULL, NULL);
  g_assert_true (confab_wav_writer_finish (writer, NULL));
  bytes = confab_wav_reader_load (fixture->path, NULL);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 200 * 960);
  writer = confab_wav_writer_new (fixture->path, NULL, NULL, NULL);
  push_tone (writer, 50);
  g_assert_true (confab_wav_writer_finish (writer, NULL));
  g_bytes_unref (bytes);
  bytes = confab_wav_reader_load (fixture->path, NULL);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 50 * 960);
}

static void
test_cannot_be_created (Fixture *fixture, gconstpointer data)
{
  const char *paths[] = { "/no/such/folder/sound.wav", "/dev/full", fixture->folder };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (confab_wav_writer_new (paths[i], NULL, NULL, &error));
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_FILE);
    g_assert_nonnull (strstr (error->message, paths[i]));
  }
}

/* More than the queue holds at once: what is not written becomes silence, and the length stays
 * true. */
static void
test_slow_disk_keeps_time (Fixture *fixture, gconstpointer data)
{
  ConfabWavWriter *writer = confab_wav_writer_new (fixture->path, NULL, NULL, NULL);
  g_autoptr (GBytes) bytes = NULL;

  push_tone (writer, 6000);
  g_assert_true (confab_wav_writer_finish (writer, NULL));
  bytes = confab_wav_reader_load (fixture->path, NULL);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 6000 * 960);
}

#define ADD(path, function) \
  g_test_add ("/audio/wav/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("kinds", test_kinds);
  ADD ("no-wav", test_no_wav);
  ADD ("truncated", test_truncated);
  ADD ("refused-kinds", test_refused_kinds);
  ADD ("empty-and-huge", test_empty_and_huge);
  ADD ("open-ended", test_open_ended);
  ADD ("writes", test_writes);
  ADD ("header-is-true-meanwhile", test_header_is_true_meanwhile);
  ADD ("disk-full", test_disk_full);
  ADD ("old-recording-stays", test_old_recording_stays);
  ADD ("cannot-be-created", test_cannot_be_created);
  ADD ("slow-disk-keeps-time", test_slow_disk_keeps_time);
  return g_test_run ();
}
