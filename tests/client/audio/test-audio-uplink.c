/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <opus/opus.h>
#include <stdlib.h>

#include "confab-audio-uplink.h"

#define TICK    CONFAB_AUDIO_TICK_SAMPLES
#define TICK_NS (10 * G_GUINT64_CONSTANT (1000000))

typedef struct {
  ConfabAudioTalk talk;
  ConfabAudioUplink *uplink; /* (owned) */
  guint n_frames;
  guint64 last_time_ns;
  guint64 time_ns;
  guint n_processed;
  gint loudest_before; /* what the processor was given */
} Fixture;

static void
on_frame (const ConfabAudioEncoderFrame *frame, gpointer user_data)
{
  Fixture *f = user_data;

  f->n_frames++;
  f->last_time_ns = frame->time_ns;
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  confab_audio_talk_init (&f->talk);
  f->uplink = confab_audio_uplink_new (&f->talk, on_frame, f);
  confab_audio_encoder_set_dtx (confab_audio_uplink_get_encoder (f->uplink), FALSE);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  confab_audio_uplink_free (f->uplink);
}

/* A square wave: its level is that of its amplitude. */
static void
feed (Fixture *f, guint n_samples, gint16 amplitude)
{
  g_autofree gint16 *samples = g_new (gint16, n_samples);

  for (guint i = 0; i < n_samples; i++)
    samples[i] = (i / 24) % 2 == 0 ? amplitude : (gint16) -amplitude;
  confab_audio_uplink_feed (f->uplink, samples, n_samples, f->time_ns);
  f->time_ns += n_samples * TICK_NS / TICK;
}

static void
on_process (gint16 *samples, guint n_samples, gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_cmpuint (n_samples, ==, TICK);
  f->n_processed++;
  for (guint i = 0; i < n_samples; i++) {
    f->loudest_before = MAX (f->loudest_before, abs (samples[i]));
    samples[i] = (gint16) (samples[i] / 100);
  }
}

static void
test_muted_nothing_is_sent (Fixture *f, gconstpointer unused)
{
  gboolean is_speaking = FALSE;

  feed (f, 50 * TICK, 8000);
  g_assert_cmpfloat (confab_audio_uplink_get_level (f->uplink, &is_speaking), >, -15);
  g_assert_true (is_speaking);
  confab_audio_talk_set_muted (&f->talk, TRUE);
  feed (f, 200 * TICK, 8000);
  g_assert_cmpfloat (confab_audio_uplink_get_level (f->uplink, &is_speaking), <, -80);
  g_assert_false (is_speaking);
  confab_audio_talk_set_muted (&f->talk, FALSE);
  feed (f, 50 * TICK, 8000);
  g_assert_cmpfloat (confab_audio_uplink_get_level (f->uplink, NULL), >, -15);
}

static void
test_odd_buffers_become_ticks (Fixture *f, gconstpointer unused)
{
  for (guint i = 0; i < 48; i++)
    feed (f, 1111, 1000);
  g_assert_cmpuint (f->n_frames, ==, 48 * 1111 / TICK);
  g_assert_cmpuint (ABS ((gint64) (f->last_time_ns - (f->n_frames - 1) * TICK_NS)), <, 100000);
}

/* The processor hears what the microphone hears, muted or not; the others hear what it makes. */
static void
test_process_comes_before_mute (Fixture *f, gconstpointer unused)
{
  confab_audio_uplink_set_process (f->uplink, on_process, f);
  feed (f, 20 * TICK, 8000);
  g_assert_cmpuint (f->n_processed, ==, 20);
  g_assert_cmpint (f->loudest_before, ==, 8000);
  g_assert_cmpfloat (confab_audio_uplink_get_level (f->uplink, NULL), <, -45);
  confab_audio_talk_set_muted (&f->talk, TRUE);
  f->loudest_before = 0;
  feed (f, 20 * TICK, 8000);
  g_assert_cmpint (f->loudest_before, ==, 8000);
}

static void
test_reset_begins_in_silence (Fixture *f, gconstpointer unused)
{
  confab_audio_talk_set_muted (&f->talk, TRUE);
  feed (f, 20 * TICK + 100, 8000);
  confab_audio_talk_set_muted (&f->talk, FALSE);
  feed (f, 20 * TICK, 8000);
  confab_audio_uplink_reset (f->uplink);
  g_assert_cmpfloat (confab_audio_uplink_get_level (f->uplink, NULL), ==, -127);
  f->n_frames = 0;
  feed (f, TICK - 1, 8000);
  g_assert_cmpuint (f->n_frames, ==, 0);
  feed (f, 1, 8000);
  g_assert_cmpuint (f->n_frames, ==, 1);
}

#define ADD(path, function) \
  g_test_add ("/audio/uplink/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("muted-nothing-is-sent", test_muted_nothing_is_sent);
  ADD ("odd-buffers-become-ticks", test_odd_buffers_become_ticks);
  ADD ("process-comes-before-mute", test_process_comes_before_mute);
  ADD ("reset-begins-in-silence", test_reset_begins_in_silence);
  return g_test_run ();
}
