/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>
#include <string.h>

#include "confab-audio-mixer.h"
#include "fake-talker.h"

#define N_TALKERS 3
#define TICK      CONFAB_AUDIO_TICK_SAMPLES

static const double frequencies[N_TALKERS] = { 300, 500, 800 };

typedef struct {
  ConfabAudioMixer *mixer; /* (owned) */
  FakeTalker talkers[N_TALKERS];
  ConfabAudioSlot *slots[N_TALKERS]; /* (owned) */
  guint n_heard[N_TALKERS];
  GArray *record; /* (element-type gint16) (owned) what was mixed since last asked */
} Fixture;

static void
on_heard (ConfabAudioSlot *slot, gpointer user_data)
{
  guint *n_heard = user_data;

  (*n_heard)++;
}

static void
add (Fixture *fixture, guint i)
{
  fixture->slots[i] = confab_audio_mixer_add (fixture->mixer, fixture->talkers[i].buffer, 1,
                                              on_heard, &fixture->n_heard[i], NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->mixer = confab_audio_mixer_new ();
  fixture->record = g_array_new (FALSE, FALSE, sizeof (gint16));
  for (guint i = 0; i < N_TALKERS; i++)
    fake_talker_init (&fixture->talkers[i], frequencies[i], 960, TICK);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < N_TALKERS; i++) {
    g_clear_pointer (&fixture->slots[i], confab_audio_slot_unref);
    fake_talker_clear (&fixture->talkers[i]);
  }
  g_array_unref (fixture->record);
  confab_audio_mixer_unref (fixture->mixer);
}

/* Mixes for so long; the record is of that alone. */
static void
run (Fixture *fixture, double seconds)
{
  g_array_set_size (fixture->record, 0);
  for (guint tick = 0; tick < seconds * 100; tick++) {
    gint16 out[TICK];
    gint64 now_us = 0;

    for (guint i = 0; i < N_TALKERS; i++)
      now_us = fake_talker_step (&fixture->talkers[i]);
    confab_audio_mixer_mix (fixture->mixer, out, TICK, now_us);
    g_array_append_vals (fixture->record, out, TICK);
  }
}

/* The amplitude of one frequency in the samples; each talker sends 8,000. */
static double
get_amplitude (const gint16 *samples, guint n, double frequency_hz)
{
  double real = 0;
  double imaginary = 0;

  for (guint i = 0; i < n; i++) {
    double phase = 2 * G_PI * frequency_hz * i / CONFAB_AUDIO_RATE;

    real += samples[i] * cos (phase);
    imaginary += samples[i] * sin (phase);
  }
  return 2 * sqrt (real * real + imaginary * imaginary) / n;
}

static double
get_recorded (Fixture *fixture, guint talker)
{
  return get_amplitude ((gint16 *) (gpointer) fixture->record->data, fixture->record->len,
                        frequencies[talker]);
}

static int
get_largest_step (Fixture *fixture)
{
  const gint16 *samples = (gint16 *) (gpointer) fixture->record->data;
  int largest = 0;

  for (guint i = 1; i < fixture->record->len; i++)
    largest = MAX (largest, ABS (samples[i] - samples[i - 1]));
  return largest;
}

/* The least that is heard of a talker in any 20 ms: a gap shows as nothing. */
static double
get_weakest (Fixture *fixture, guint talker)
{
  const gint16 *samples = (gint16 *) (gpointer) fixture->record->data;
  double weakest = G_MAXDOUBLE;

  for (guint i = 0; i + 2 * TICK <= fixture->record->len; i += TICK)
    weakest = MIN (weakest, get_amplitude (samples + i, 2 * TICK, frequencies[talker]));
  return weakest;
}

static void
test_sums (Fixture *fixture, gconstpointer data)
{
  gboolean is_speaking = FALSE;

  run (fixture, 0.1);
  g_assert_cmpint (get_largest_step (fixture), ==, 0);
  for (guint i = 0; i < N_TALKERS; i++)
    add (fixture, i);
  run (fixture, 1);
  run (fixture, 1);
  for (guint i = 0; i < N_TALKERS; i++) {
    g_assert_cmpfloat_with_epsilon (get_recorded (fixture, i), 8000, 1200);
    g_assert_cmpuint (fixture->n_heard[i], ==, 1);
    g_assert_cmpfloat_with_epsilon (confab_audio_slot_get_level (fixture->slots[i], &is_speaking),
                                    -15.3, 1.5);
    g_assert_true (is_speaking);
  }
}

static void
test_volume_is_one_persons (Fixture *fixture, gconstpointer data)
{
  int steady;

  add (fixture, 0);
  add (fixture, 1);
  run (fixture, 1);
  run (fixture, 1);
  steady = get_largest_step (fixture);
  confab_audio_slot_set_volume (fixture->slots[0], 0.25);
  g_assert_cmpfloat_with_epsilon (confab_audio_slot_get_volume (fixture->slots[0]), 0.25, 0.001);
  run (fixture, 0.2);
  g_assert_cmpint (get_largest_step (fixture), <=, steady + 100);
  run (fixture, 1);
  g_assert_cmpfloat_with_epsilon (get_recorded (fixture, 0), 2000, 300);
  g_assert_cmpfloat_with_epsilon (get_recorded (fixture, 1), 8000, 1200);
  g_assert_cmpfloat_with_epsilon (confab_audio_slot_get_level (fixture->slots[0], NULL), -15.3,
                                  1.5);
  confab_audio_slot_set_volume (fixture->slots[0], 9);
  g_assert_cmpfloat_with_epsilon (confab_audio_slot_get_volume (fixture->slots[0]), 2, 0.001);
}

/* Somebody comes, somebody goes: no click, and the third one hears nothing of it. */
static void
test_others_go_on (Fixture *fixture, gconstpointer data)
{
  int steady;

  add (fixture, 0);
  add (fixture, 1);
  run (fixture, 1);
  run (fixture, 1);
  steady = get_largest_step (fixture);
  confab_audio_mixer_remove (fixture->mixer, fixture->slots[1]);
  run (fixture, 0.1);
  g_assert_cmpint (get_largest_step (fixture), <=, steady + 100);
  g_assert_cmpfloat (get_weakest (fixture, 0), >, 4000);
  run (fixture, 1);
  g_assert_cmpfloat (get_recorded (fixture, 1), <, 100);
  add (fixture, 2);
  run (fixture, 1);
  g_assert_cmpint (get_largest_step (fixture), <=, 2 * steady);
  g_assert_cmpfloat (get_weakest (fixture, 0), >, 4000);
  g_assert_cmpfloat (get_recorded (fixture, 2), >, 5000);
}

static void
test_removed_before_it_is_mixed (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 1000; i++) {
    g_autoptr (ConfabAudioSlot) slot =
        confab_audio_mixer_add (fixture->mixer, fixture->talkers[0].buffer, 1, NULL, NULL, NULL);

    confab_audio_mixer_remove (fixture->mixer, slot);
  }
  add (fixture, 0);
  run (fixture, 1);
  g_assert_cmpuint (fixture->n_heard[0], ==, 1);
}

static void
test_deafened (Fixture *fixture, gconstpointer data)
{
  int steady;

  add (fixture, 0);
  run (fixture, 1);
  run (fixture, 0.5);
  steady = get_largest_step (fixture);
  confab_audio_mixer_set_deafened (fixture->mixer, TRUE);
  g_assert_true (confab_audio_mixer_get_deafened (fixture->mixer));
  run (fixture, 0.02);
  g_assert_cmpint (get_largest_step (fixture), <=, steady);
  run (fixture, 1);
  g_assert_cmpint (get_largest_step (fixture), ==, 0);
  g_assert_cmpfloat (confab_audio_slot_get_level (fixture->slots[0], NULL), >, -20);
  confab_audio_mixer_set_deafened (fixture->mixer, FALSE);
  run (fixture, 1);
  g_assert_cmpint (get_largest_step (fixture), <=, steady + 100);
  g_assert_cmpfloat_with_epsilon (get_recorded (fixture, 0), 8000, 1200);
}

/* Three at double volume are one and a half times what 16 bit hold. */
static void
test_loud_is_limited (Fixture *fixture, gconstpointer data)
{
  const gint16 *samples;
  int peak = 0;

  for (guint i = 0; i < N_TALKERS; i++) {
    add (fixture, i);
    confab_audio_slot_set_volume (fixture->slots[i], 2);
  }
  run (fixture, 1);
  g_assert_cmpint (get_largest_step (fixture), <, 12000); /* a wrap-around steps by 65,000 */
  run (fixture, 2);
  samples = (gint16 *) (gpointer) fixture->record->data;
  for (guint i = 0; i < fixture->record->len; i++)
    peak = MAX (peak, ABS (samples[i]));
  g_assert_cmpint (peak, >, 20000);
  g_assert_cmpint (peak, <, 32767);
  for (guint i = 0; i < N_TALKERS; i++)
    g_assert_cmpfloat (get_recorded (fixture, i), >, 6500);
}

static void
on_tick (const gint16 *samples, guint n_samples, gpointer user_data)
{
  g_array_append_vals (user_data, samples, n_samples);
}

static void
test_tap (Fixture *fixture, gconstpointer data)
{
  GArray *tapped = g_array_new (FALSE, FALSE, sizeof (gint16));

  add (fixture, 0);
  run (fixture, 0.2);
  confab_audio_mixer_set_tap (fixture->mixer, on_tick, g_array_ref (tapped),
                              (GDestroyNotify) g_array_unref);
  run (fixture, 0.5);
  g_assert_cmpmem (tapped->data, tapped->len * sizeof (gint16), fixture->record->data,
                   fixture->record->len * sizeof (gint16));
  confab_audio_mixer_set_tap (fixture->mixer, NULL, NULL, NULL);
  run (fixture, 0.1);
  g_assert_cmpuint (tapped->len, ==, CONFAB_AUDIO_RATE / 2);
  g_array_unref (tapped);
}

typedef struct {
  Fixture *fixture;
  gint is_done; /* (atomic) */
} Visitors;

static gpointer
come_and_go (gpointer data)
{
  Visitors *visitors = data;

  while (!g_atomic_int_get (&visitors->is_done)) {
    g_autoptr (ConfabAudioJitterBuffer) source = confab_audio_jitter_buffer_new ();
    g_autoptr (ConfabAudioSlot) slot =
        confab_audio_mixer_add (visitors->fixture->mixer, source, 1, NULL, NULL, NULL);

    confab_audio_slot_set_volume (slot, 0.5);
    confab_audio_slot_get_level (slot, NULL);
    g_thread_yield ();
    confab_audio_mixer_remove (visitors->fixture->mixer, slot);
  }
  return NULL;
}

static void
test_threads (Fixture *fixture, gconstpointer data)
{
  Visitors visitors = { .fixture = fixture };
  GThread *thread;

  add (fixture, 0);
  run (fixture, 0.5);
  thread = g_thread_new ("visitors", come_and_go, &visitors);
  run (fixture, 5);
  g_atomic_int_set (&visitors.is_done, TRUE);
  g_thread_join (thread);
  g_assert_cmpfloat (get_weakest (fixture, 0), >, 4000);
}

#define ADD(path, function) \
  g_test_add ("/audio/mixer/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("sums", test_sums);
  ADD ("volume-is-one-persons", test_volume_is_one_persons);
  ADD ("others-go-on", test_others_go_on);
  ADD ("removed-before-it-is-mixed", test_removed_before_it_is_mixed);
  ADD ("deafened", test_deafened);
  ADD ("loud-is-limited", test_loud_is_limited);
  ADD ("tap", test_tap);
  ADD ("threads", test_threads);
  return g_test_run ();
}
