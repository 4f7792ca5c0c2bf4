/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confabd-job-queue-private.h"

struct _ConfabdJobQueue {
  GMutex mutex;
  GCond is_ready; /* there is a job, or the queue is closed */
  GQueue jobs;    /* (element-type ConfabdJob) (owned) */
  guint limit;
  guint n_waiting; /* threads without work: waking nobody costs as much as waking somebody */
  gboolean is_closed;
};

static gboolean
put_in (ConfabdJobQueue *self, ConfabdJob *job, gboolean *is_awaited, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (self->is_closed) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                         "The database is closed already");
    return FALSE;
  }
  if (g_queue_get_length (&self->jobs) >= self->limit) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_TOO_MANY,
                         "Too much is waiting for the database");
    return FALSE;
  }
  g_queue_push_tail (&self->jobs, job);
  *is_awaited = self->n_waiting > 0;
  return TRUE;
}

/**
 * confabd_job_queue_new:
 * @limit: how many jobs may wait
 *
 * Returns: (transfer full): an empty queue, safe to use from any thread
 */
ConfabdJobQueue *
confabd_job_queue_new (guint limit)
{
  ConfabdJobQueue *self = g_new0 (ConfabdJobQueue, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->is_ready);
  g_queue_init (&self->jobs);
  self->limit = limit;
  return self;
}

void
confabd_job_queue_free (ConfabdJobQueue *self)
{
  g_assert (g_queue_is_empty (&self->jobs));

  g_cond_clear (&self->is_ready);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * confabd_job_queue_push:
 * @job: (transfer full): taken over when, and only when, it goes in
 *
 * Returns: %FALSE with %CONFAB_ERROR_TOO_MANY when the queue is full, with %CONFAB_ERROR_FAILED
 * when it is closed
 */
gboolean
confabd_job_queue_push (ConfabdJobQueue *self, ConfabdJob *job, GError **error)
{
  gboolean is_awaited = FALSE;

  if (!put_in (self, job, &is_awaited, error)) {
    return FALSE;
  }
  /* Without the lock, which whoever wakes up wants at once. */
  if (is_awaited) {
    g_cond_signal (&self->is_ready);
  }
  return TRUE;
}

/**
 * confabd_job_queue_pop:
 * @jobs: (out caller-allocates) (array length=n): room for @n jobs
 * @n: the most to take
 *
 * Waits for a job; takes what is there, up to @n, and up to the next job that must be alone.
 *
 * Returns: how many there are; 0 when the queue is closed and empty
 */
guint
confabd_job_queue_pop (ConfabdJobQueue *self, ConfabdJob **jobs, guint n)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  guint n_taken = 0;

  while (g_queue_is_empty (&self->jobs) && !self->is_closed) {
    self->n_waiting++;
    g_cond_wait (&self->is_ready, &self->mutex);
    self->n_waiting--;
  }
  while (n_taken < n && !g_queue_is_empty (&self->jobs)) {
    ConfabdJob *next = g_queue_peek_head (&self->jobs);

    if (next->kind == CONFABD_JOB_ALONE && n_taken > 0) {
      break;
    }
    jobs[n_taken++] = g_queue_pop_head (&self->jobs);
    if (next->kind == CONFABD_JOB_ALONE) {
      break;
    }
  }
  return n_taken;
}

/**
 * confabd_job_queue_close:
 *
 * Lets nothing more in; who waits for a job wakes up.
 *
 * Returns: %FALSE when the queue was closed before
 */
gboolean
confabd_job_queue_close (ConfabdJobQueue *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (self->is_closed) {
    return FALSE;
  }
  self->is_closed = TRUE;
  g_cond_broadcast (&self->is_ready);
  return TRUE;
}
