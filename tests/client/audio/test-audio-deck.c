/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-audio-closer.h"
#include "confab-audio-context.h"
#include "confab-audio-gate.h"
#include "confab-audio-pacer.h"
#include "confab-audio-player.h"

#define N_SAMPLES 100

static GBytes *
make_ramp (void)
{
  gint16 samples[N_SAMPLES];

  for (guint i = 0; i < N_SAMPLES; i++)
    samples[i] = (gint16) (i + 1);
  return g_bytes_new (samples, sizeof samples);
}

static void
test_player_once (void)
{
  g_autoptr (GBytes) ramp = make_ramp ();
  g_autoptr (ConfabAudioPlayer) player = confab_audio_player_new (ramp, FALSE);
  gint16 out[60];

  g_assert_false (confab_audio_player_read (player, out, 60));
  g_assert_cmpint (out[0], ==, 1);
  g_assert_cmpint (out[59], ==, 60);
  g_assert_true (confab_audio_player_read (player, out, 60));
  g_assert_cmpint (out[39], ==, 100);
  g_assert_cmpint (out[40], ==, 0);
  g_assert_false (confab_audio_player_read (player, out, 60)); /* said once */
  g_assert_cmpint (out[0], ==, 0);
}

static void
test_player_loops (void)
{
  g_autoptr (GBytes) ramp = make_ramp ();
  g_autoptr (ConfabAudioPlayer) player = confab_audio_player_new (ramp, TRUE);
  gint16 out[250];

  g_assert_false (confab_audio_player_read (player, out, 250));
  for (guint i = 0; i < 250; i++)
    g_assert_cmpint (out[i], ==, i % N_SAMPLES + 1);
}

static void
count (gint64 due_us, gpointer user_data)
{
  gint64 *dues = user_data;

  dues[0]++;
  dues[dues[0] < 99 ? dues[0] : 99] = due_us;
}

static void
on_realtime_refused (const GError *error, gpointer user_data)
{
  g_debug ("%s", error->message);
}

/* Due times are 10 ms apart, however late the ticks themselves are. */
static void
test_pacer (void)
{
  gint64 dues[100] = { 0 };
  gint64 begin = g_get_monotonic_time ();
  const ConfabAudioRealtimeWay ways[] = { CONFAB_AUDIO_REALTIME_WAY_DIRECT,
                                          CONFAB_AUDIO_REALTIME_WAY_END };
  ConfabAudioRealtime *realtime =
      confab_audio_realtime_new (ways, g_main_context_default (), on_realtime_refused, NULL);
  ConfabAudioPacer *pacer = confab_audio_pacer_new (realtime, count, dues);
  gint64 elapsed_us = 0;

  g_usleep (300000);
  confab_audio_pacer_free (pacer);
  confab_audio_realtime_close (realtime);
  confab_audio_realtime_unref (realtime);
  elapsed_us = g_get_monotonic_time () - begin;
  g_assert_cmpint (dues[0], >=, 10);
  g_assert_cmpint (dues[0], <=, elapsed_us / CONFAB_AUDIO_PACER_TICK_US + 1);
  for (guint i = 2; i <= MIN (dues[0], 10); i++)
    g_assert_cmpint ((dues[i] - dues[i - 1]) % CONFAB_AUDIO_PACER_TICK_US, ==, 0);
}

static void
test_gate (void)
{
  g_autoptr (ConfabAudioGate) gate = confab_audio_gate_new ();

  g_assert_false (confab_audio_gate_is_open (gate));
  g_assert_false (confab_audio_gate_is_closed (gate));
  confab_audio_gate_open (gate);
  g_assert_true (confab_audio_gate_is_open (gate));
  confab_audio_gate_close (gate);
  g_assert_false (confab_audio_gate_is_open (gate));
  confab_audio_gate_open (gate); /* a verdict that comes too late */
  g_assert_false (confab_audio_gate_is_open (gate));
  g_assert_true (confab_audio_gate_is_closed (gate));
}

static void
end (gpointer data)
{
  gint64 *ended_us = data;

  *ended_us = g_get_monotonic_time ();
}

static void
test_closer (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  ConfabAudioCloser *closer = confab_audio_closer_new (context);
  gint64 begin = g_get_monotonic_time ();
  gint64 soon = 0, later = 0, patient = 0;

  confab_audio_closer_add (closer, 10, FALSE, end, &soon);
  while (soon == 0)
    g_main_context_iteration (context, TRUE);
  g_assert_cmpint (soon - begin, >=, 10 * G_TIME_SPAN_MILLISECOND);

  begin = g_get_monotonic_time ();
  confab_audio_closer_add (closer, 3600000, FALSE, end, &later);
  confab_audio_closer_add (closer, 100, TRUE, end, &patient);
  confab_audio_closer_flush (closer);
  g_assert_cmpint (later, !=, 0);
  g_assert_cmpint (patient - begin, >=, 100 * G_TIME_SPAN_MILLISECOND);
  confab_audio_closer_free (closer);
}

static gboolean
note_thread (gpointer user_data)
{
  GThread **thread = user_data;

  *thread = g_thread_self ();
  return G_SOURCE_REMOVE;
}

static gpointer
post_from_thread (gpointer user_data)
{
  GThread **thread = user_data;

  confab_audio_context_post (NULL, note_thread, thread, NULL);
  return NULL;
}

/* Nobody iterates the context while the other thread posts; that one must not run it itself. */
static void
test_post (void)
{
  GThread *ran_in = NULL;
  GThread *poster = g_thread_new ("poster", post_from_thread, &ran_in);

  g_thread_join (poster);
  g_assert_null (ran_in);
  while (ran_in == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (ran_in == g_thread_self ());
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audio/player/once", test_player_once);
  g_test_add_func ("/audio/player/loops", test_player_loops);
  g_test_add_func ("/audio/pacer", test_pacer);
  g_test_add_func ("/audio/gate", test_gate);
  g_test_add_func ("/audio/closer", test_closer);
  g_test_add_func ("/audio/context/post", test_post);
  return g_test_run ();
}
