/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio"

#include "config.h"

#include <errno.h>
#include <time.h>

#include "confab-audio-pacer.h"

#define MAX_LAG_US (500 * G_TIME_SPAN_MILLISECOND) /* suspended: what is past is not caught up */

struct _ConfabAudioPacer {
  GThread *thread;               /* (owned) */
  ConfabAudioRealtime *realtime; /* (unowned) outlives it */
  gint is_stopped;               /* (atomic) */
  ConfabAudioPacerFunc tick;
  gpointer user_data; /* (unowned) lives until the pacer is freed */
};

static void
sleep_until (gint64 mono_us)
{
  struct timespec due = { mono_us / G_USEC_PER_SEC, (mono_us % G_USEC_PER_SEC) * 1000 };

  while (clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR)
    continue;
}

/* Each tick is due at a fixed time, whenever the one before was done: no drift. */
static gpointer
run (gpointer user_data)
{
  ConfabAudioPacer *self = user_data;
  gint64 due_us = g_get_monotonic_time ();

  confab_audio_realtime_enter (self->realtime);
  while (!g_atomic_int_get (&self->is_stopped)) {
    self->tick (due_us, self->user_data);
    due_us += CONFAB_AUDIO_PACER_TICK_US;
    if (g_get_monotonic_time () - due_us > MAX_LAG_US)
      due_us = g_get_monotonic_time ();
    sleep_until (due_us);
  }
  confab_audio_realtime_leave (self->realtime);
  return NULL;
}

/**
 * confab_audio_pacer_new:
 * @realtime: (transfer none): outlives the pacer
 * @tick: called by the pacer's thread every 10 ms
 * @user_data: for @tick
 *
 * Returns: (transfer full): the running pacer
 */
ConfabAudioPacer *
confab_audio_pacer_new (ConfabAudioRealtime *realtime,
                        ConfabAudioPacerFunc tick,
                        gpointer user_data)
{
  ConfabAudioPacer *self = g_new0 (ConfabAudioPacer, 1);

  self->realtime = realtime;
  self->tick = tick;
  self->user_data = user_data;
  self->thread = g_thread_new ("confab-pacer", run, self);
  return self;
}

/**
 * confab_audio_pacer_free:
 * @self: the pacer
 *
 * Waits for the end of a running tick.
 */
void
confab_audio_pacer_free (ConfabAudioPacer *self)
{
  g_atomic_int_set (&self->is_stopped, TRUE);
  g_thread_join (self->thread);
  g_free (self);
}
