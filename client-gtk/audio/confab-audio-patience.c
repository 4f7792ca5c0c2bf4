/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio"

#include "config.h"

#include "confab-audio-patience.h"

/* Shared by who waits and who works. */
typedef struct {
  ConfabAudioPatienceFunc func;
  gpointer data; /* (owned) */
  GDestroyNotify destroy;
  GMutex lock;
  GCond cond;
  gboolean is_done; /* guarded by lock */
} Job;

static void
clear_job (gpointer data)
{
  Job *self = data;

  self->destroy (self->data);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

static void
unref_job (Job *self)
{
  g_atomic_rc_box_release_full (self, clear_job);
}

static gpointer
run (gpointer data)
{
  Job *self = data;

  self->func (self->data);
  g_mutex_lock (&self->lock);
  self->is_done = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  unref_job (self);
  return NULL;
}

static gboolean
wait_for (Job *self, guint wait_ms)
{
  gint64 end_us = g_get_monotonic_time () + wait_ms * G_TIME_SPAN_MILLISECOND;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (!self->is_done && g_cond_wait_until (&self->cond, &self->lock, end_us))
    continue;
  return self->is_done;
}

/**
 * confab_audio_patience_run:
 * @func: what may take for ever
 * @data: (transfer full): for @func
 * @destroy: lets go of @data, when both sides have done with it, in either thread
 * @wait_ms: how long to wait at most
 *
 * Runs @func in a thread of its own. What is not done in time goes on, and ends when it can.
 *
 * Returns: whether @func is done, and its thread gone
 */
gboolean
confab_audio_patience_run (ConfabAudioPatienceFunc func,
                           gpointer data,
                           GDestroyNotify destroy,
                           guint wait_ms)
{
  Job *job = g_atomic_rc_box_new0 (Job);
  GThread *thread = NULL;
  gboolean is_done = FALSE;

  job->func = func;
  job->data = data;
  job->destroy = destroy;
  g_mutex_init (&job->lock);
  g_cond_init (&job->cond);
  thread = g_thread_new ("confab-patience", run, g_atomic_rc_box_acquire (job));
  is_done = wait_for (job, wait_ms);
  if (is_done)
    g_thread_join (thread);
  else
    g_thread_unref (thread);
  unref_job (job);
  return is_done;
}
