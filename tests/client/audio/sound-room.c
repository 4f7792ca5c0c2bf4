/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sound-room.h"

#include <glib/gstdio.h>
#include <math.h>

#include "confab-audio-format.h"
#include "confab-signal.h"
#include "confab-wav-reader.h"
#include "confab-wav-writer.h"

#define WAKE_MS 5
#define NAP_US  5000
#define STALL_US                                                                  \
  20000 /* a nap that took so long: a thread of ours would have been late as well \
         */
#define STALL_ECHO_US                                                         \
  1000000 /* a jitter buffer that has grown shrinks by a cut, within a second \
           */
#define HEARD (8000. / 32768 / 4) /* of the tone, through Opus at 32 kbit/s */
#define MAX_GAP_MS                                                               \
  30 /* two windows that a cross-fade between two places of the tone has thinned \
      */

struct _SoundRoom {
  char *folder;                    /* (owned) */
  GHashTable *people;              /* (element-type utf8 Person) (owned) */
  GQueue *files;                   /* (element-type utf8) (owned) */
  const ConfabAudioTiming *timing; /* (unowned) (nullable) of the test */
  SoundRoomMangler mangler;
  gpointer mangler_data;
  gboolean is_closing;
};

typedef struct {
  SoundRoom *room;      /* (unowned) */
  char *from;           /* (owned) */
  char *to;             /* (owned) */
  ConfabSignal *signal; /* (owned) */
} Letter;

static GQueue letters = G_QUEUE_INIT; /* on their way */

static void
free_letter (Letter *letter)
{
  g_free (letter->from);
  g_free (letter->to);
  confab_signal_unref (letter->signal);
  g_free (letter);
}

static gboolean
deliver (gpointer data)
{
  Letter *letter = data;
  Person *to =
      letter->room->is_closing ? NULL : g_hash_table_lookup (letter->room->people, letter->to);
  g_autoptr (ConfabSignal) signal = confab_signal_ref (letter->signal);

  g_queue_remove (&letters, letter);
  if (to != NULL && letter->room->mangler != NULL) {
    confab_signal_unref (signal);
    signal = letter->room->mangler (letter->from, letter->to, letter->signal,
                                    letter->room->mangler_data);
  }
  if (to != NULL && signal != NULL)
    confab_audio_engine_take_signal (to->engine, letter->from, signal);
  free_letter (letter);
  return G_SOURCE_REMOVE;
}

static void
on_send_signal (ConfabAudioEngine *engine, const char *to, ConfabSignal *signal, Person *person)
{
  Letter *letter = g_new0 (Letter, 1);

  letter->room = person->room;
  letter->from = g_strdup (person->id);
  letter->to = g_strdup (to);
  letter->signal = confab_signal_ref (signal);
  g_queue_push_tail (&letters, letter);
  g_idle_add_full (G_PRIORITY_DEFAULT, deliver, letter, NULL);
}

static void
on_peer_state (ConfabAudioEngine *engine, const char *id, const char *state, Person *person)
{
  g_hash_table_replace (person->states, g_strdup (id), g_strdup (state));
  g_ptr_array_add (person->state_log, g_strdup_printf ("%s %s", id, state));
  g_test_message ("%s: %s is %s", person->id, id, state);
}

static void
on_peer_failed (ConfabAudioEngine *engine, const char *id, GError *error, Person *person)
{
  g_assert_cmpstr (g_hash_table_lookup (person->states, id), ==, "failed");
  g_hash_table_replace (person->errors, g_strdup (id), g_error_copy (error));
  g_test_message ("%s: %s failed: %s", person->id, id, error->message);
}

static void
on_first_audio (ConfabAudioEngine *engine, const char *id, Person *person)
{
  g_assert_true (g_hash_table_add (person->heard, g_strdup (id)));
}

static void
on_safety_code (ConfabAudioEngine *engine,
                const char *id,
                const char *code,
                gboolean has_changed,
                Person *person)
{
  g_ptr_array_add (person->codes, g_strdup_printf ("%s %s", id, code));
}

static void
on_device_problem (ConfabAudioEngine *engine, GError *error, Person *person)
{
  g_test_message ("%s: %s", person->id, error->message);
  person->n_problems++;
  g_clear_error (&person->problem);
  person->problem = g_error_copy (error);
}

static void
on_device_recovered (ConfabAudioEngine *engine, Person *person)
{
  g_test_message ("%s: recovered", person->id);
  person->n_recovered++;
}

static void
on_source_ended (ConfabAudioEngine *engine, Person *person)
{
  person->n_sources_ended++;
}

static void
free_person (gpointer data)
{
  Person *person = data;

  confab_audio_engine_stop (person->engine);
  /* What its threads said meanwhile holds a reference until it is delivered. */
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (person->engine);
  g_unlink (person->recording);
  g_free (person->recording);
  g_free (person->id);
  g_hash_table_unref (person->states);
  g_hash_table_unref (person->errors);
  g_hash_table_unref (person->heard);
  g_ptr_array_unref (person->codes);
  g_ptr_array_unref (person->state_log);
  g_clear_error (&person->problem);
  g_free (person);
}

SoundRoom *
sound_room_new (void)
{
  SoundRoom *self = g_new0 (SoundRoom, 1);

  self->folder = g_dir_make_tmp ("confab-room-XXXXXX", NULL);
  self->people = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_person);
  self->files = g_queue_new ();
  return self;
}

static void
remove_file (gpointer path)
{
  g_unlink (path);
  g_free (path);
}

void
sound_room_free (SoundRoom *self)
{
  self->is_closing = TRUE;
  g_hash_table_unref (self->people);
  while (g_main_context_iteration (NULL, FALSE) || !g_queue_is_empty (&letters))
    continue;
  g_queue_free_full (self->files, remove_file);
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self);
}

const char *
sound_room_get_folder (SoundRoom *self)
{
  return self->folder;
}

void
sound_room_set_timing (SoundRoom *self, const ConfabAudioTiming *timing)
{
  self->timing = timing;
}

void
sound_room_set_mangler (SoundRoom *self, SoundRoomMangler mangler, gpointer user_data)
{
  self->mangler = mangler;
  self->mangler_data = user_data;
}

Person *
sound_room_add (SoundRoom *self, const char *id)
{
  static const struct {
    const char *name;
    GCallback callback;
  } signals[] = {
    { "send-signal", G_CALLBACK (on_send_signal) },
    { "peer-state", G_CALLBACK (on_peer_state) },
    { "peer-failed", G_CALLBACK (on_peer_failed) },
    { "first-audio", G_CALLBACK (on_first_audio) },
    { "safety-code", G_CALLBACK (on_safety_code) },
    { "device-problem", G_CALLBACK (on_device_problem) },
    { "device-recovered", G_CALLBACK (on_device_recovered) },
    { "source-ended", G_CALLBACK (on_source_ended) },
  };
  Person *person = g_new0 (Person, 1);
  g_autofree char *name = g_strdup_printf ("%s.wav", id);

  person->room = self;
  person->id = g_strdup (id);
  person->recording = g_build_filename (self->folder, name, NULL);
  person->states = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  person->errors =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_error_free);
  person->codes = g_ptr_array_new_with_free_func (g_free);
  person->heard = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  person->state_log = g_ptr_array_new_with_free_func (g_free);
  person->engine = confab_audio_engine_new ();
  /* Tones are measured, and would be turned down. */
  confab_audio_engine_set_automatic_gain (person->engine, FALSE);
  if (self->timing != NULL)
    confab_audio_engine_set_timing (person->engine, self->timing);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect (person->engine, signals[i].name, signals[i].callback, person);
  g_hash_table_insert (self->people, person->id, person);
  return person;
}

char *
sound_room_write_tone (SoundRoom *self, double hz, guint seconds)
{
  g_autofree char *name = g_strdup_printf ("tone-%g-%u.wav", hz, seconds);
  char *path = g_build_filename (self->folder, name, NULL);
  guint n = seconds * CONFAB_AUDIO_RATE;
  g_autofree gint16 *samples = g_new (gint16, n);
  ConfabWavWriter *writer = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    samples[i] = (gint16) (8000 * sin (2 * G_PI * hz * i / CONFAB_AUDIO_RATE));
  writer = confab_wav_writer_new (path, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n; i += CONFAB_AUDIO_RATE)
    confab_wav_writer_push (writer, samples + i, CONFAB_AUDIO_RATE);
  confab_wav_writer_finish (writer, &error);
  g_assert_no_error (error);
  g_queue_push_tail (self->files, g_strdup (path));
  return path;
}

Person *
sound_room_enter (SoundRoom *self, const char *id, double tone_hz)
{
  Person *person = sound_room_add (self, id);
  g_autofree char *tone = sound_room_write_tone (self, tone_hz, 1);
  g_autoptr (GError) error = NULL;

  person->tone_hz = tone_hz;
  confab_audio_engine_set_source_file (person->engine, tone, TRUE, &error);
  g_assert_no_error (error);
  confab_audio_engine_set_sink_null (person->engine);
  confab_audio_engine_set_record_path (person->engine, person->recording, &error);
  g_assert_no_error (error);
  person->recording_mono_us = g_get_monotonic_time ();
  confab_audio_engine_start (person->engine, &error);
  g_assert_no_error (error);
  return person;
}

void
sound_room_remove (SoundRoom *self, Person *person)
{
  g_hash_table_remove (self->people, person->id);
}

void
sound_room_connect (Person *a, Person *b)
{
  gboolean a_offers = g_strcmp0 (a->id, b->id) < 0;

  confab_audio_engine_add_peer (a->engine, b->id, a_offers);
  confab_audio_engine_add_peer (b->engine, a->id, !a_offers);
}

void
sound_room_disconnect (Person *a, Person *b)
{
  confab_audio_engine_remove_peer (a->engine, b->id);
  confab_audio_engine_remove_peer (b->engine, a->id);
  g_hash_table_remove (a->heard, b->id);
  g_hash_table_remove (b->heard, a->id);
}

void
sound_room_deliver (Person *to, const char *from, ConfabSignal *signal)
{
  confab_audio_engine_take_signal (to->engine, from, signal);
}

gboolean
sound_room_are_heard (Person *a, Person *b)
{
  return g_hash_table_contains (a->heard, b->id) && g_hash_table_contains (b->heard, a->id);
}

static gboolean
wake (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

/* One turn of the main loop, short enough for a condition that no source announces. */
void
sound_room_iterate (void)
{
  g_autoptr (GSource) source = g_timeout_source_new (WAKE_MS);

  g_source_set_callback (source, wake, NULL, NULL);
  g_source_attach (source, NULL);
  g_main_context_iteration (NULL, TRUE);
  g_source_destroy (source);
}

/* For what is to be recorded, or must not happen: the time itself is the condition. */
void
sound_room_run_ms (guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;

  while (g_get_monotonic_time () < end)
    sound_room_iterate ();
}

/* Goertzel */
double
tone_amplitude (const gint16 *samples, gsize n_samples, double hz)
{
  double w = 2 * G_PI * hz / CONFAB_AUDIO_RATE;
  double c = 2 * cos (w);
  double a = 0, b = 0;

  for (gsize i = 0; i < n_samples; i++) {
    double t = samples[i] + c * a - b;

    b = a;
    a = t;
  }
  return n_samples == 0 ? 0 : sqrt (MAX (a * a + b * b - c * a * b, 0)) * 2 / n_samples / 32768;
}

guint
tone_longest_gap_ms (const gint16 *samples, gsize n_samples, double hz, double threshold)
{
  gsize step = CONFAB_AUDIO_RATE / 100;
  guint longest = 0, gap = 0;

  for (gsize i = 0; i + 2 * step <= n_samples; i += step) {
    gap = tone_amplitude (samples + i, 2 * step, hz) < threshold ? gap + 10 : 0;
    longest = MAX (longest, gap);
  }
  return longest;
}

gsize
sound_room_get_recorded_samples (Person *person)
{
  gint64 us = g_get_monotonic_time () - person->recording_mono_us;

  return (gsize) (us * CONFAB_AUDIO_RATE / G_USEC_PER_SEC);
}

GBytes *
sound_room_take_recording (Person *person)
{
  g_autoptr (GError) error = NULL;
  GBytes *samples = NULL;

  confab_audio_engine_set_record_path (person->engine, NULL, &error);
  g_assert_no_error (error);
  samples = confab_wav_reader_load (person->recording, &error);
  g_assert_no_error (error);
  return samples;
}

/* ---- the machine itself ---- */

static GMutex stalls_lock;
static GArray *stalls; /* (owned) (element-type gint64) monotonic, when this process stood still */

static gpointer
watch_stalls (gpointer user_data)
{
  gint64 before = g_get_monotonic_time ();

  for (;;) {
    gint64 now = 0;

    g_usleep (NAP_US);
    now = g_get_monotonic_time ();
    if (now - before > STALL_US) {
      g_mutex_lock (&stalls_lock);
      g_array_append_val (stalls, now);
      g_mutex_unlock (&stalls_lock);
    }
    before = now;
  }
  return NULL;
}

/* For as long as the process lives. */
static void
start_watching_stalls (void)
{
  if (stalls != NULL)
    return;
  stalls = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_thread_unref (g_thread_new ("stalls", watch_stalls, NULL));
}

/* Between two places of a recording, and what its buffers let through from before. */
static gboolean
had_stall (Person *person, gsize begin, gsize end)
{
  gint64 first_us = person->recording_mono_us + (gint64) begin * G_USEC_PER_SEC / CONFAB_AUDIO_RATE;
  gint64 last_us = person->recording_mono_us + (gint64) end * G_USEC_PER_SEC / CONFAB_AUDIO_RATE;
  gboolean is_found = FALSE;

  g_mutex_lock (&stalls_lock);
  for (guint i = 0; stalls != NULL && i < stalls->len && !is_found; i++) {
    gint64 at_us = g_array_index (stalls, gint64, i);

    is_found = at_us >= first_us - STALL_ECHO_US && at_us <= last_us + STALL_ECHO_US;
  }
  g_mutex_unlock (&stalls_lock);
  return is_found;
}

guint
sound_room_get_torture (guint otherwise)
{
  const char *wanted = g_getenv ("CONFAB_TORTURE");

  if (wanted == NULL)
    return otherwise;
  start_watching_stalls ();
  return (guint) g_ascii_strtoull (wanted, NULL, 10);
}

void
sound_room_assert_no_gap (Person *person, double hz, const gsize *marks, guint n_rounds)
{
  g_autoptr (GBytes) recording = sound_room_take_recording (person);
  gsize size = 0;
  const gint16 *samples = g_bytes_get_data (recording, &size);
  guint n_bad = 0, n_stalled = 0;

  for (guint i = 0; i < n_rounds; i++) {
    gsize begin = MIN (marks[i], size / sizeof (gint16)); /* a recording lags behind a stall */
    gsize end = MIN (marks[i + 1], size / sizeof (gint16));
    guint gap_ms = tone_longest_gap_ms (samples + begin, end - begin, hz, HEARD);

    if (gap_ms <= MAX_GAP_MS)
      continue;
    g_test_message ("%s: a gap of %u ms in round %u", person->id, gap_ms, i);
    n_bad++;
    n_stalled += had_stall (person, begin, end);
  }
  g_test_message ("%s: %u of %u rounds with a gap, %u of them on a machine that stood still",
                  person->id, n_bad, n_rounds, n_stalled);
  if (sound_room_get_torture (0) > 0)
    g_assert_cmpuint (n_bad, ==, n_stalled);
  else
    g_assert_cmpuint (n_bad, <=, (n_rounds - 1) / 2);
}
