/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confabd-job-queue-private.h"

/*
 * A change of threads costs as much as a small read, so a thread is woken once for all that its
 * context asks for in one turn, and wakes the next one itself if there is work for two.
 */
struct _ConfabdJobQueue {
  GMutex mutex;
  GCond is_ready; /* there is a job, or the queue is closed */
  GQueue jobs;    /* (element-type ConfabdJob) (owned) */
  guint limit;
  guint n_waiting;      /* threads without work: waking nobody costs as much as waking somebody */
  GMainContext *waking; /* (unowned) (nullable) whose next turn wakes a thread; only compared */
  gboolean is_closed;
};

/* Somebody else's turn may be long in coming: theirs waits for us, perhaps. */
typedef enum { WAKE_NOBODY, WAKE_SOON, WAKE_NOW } Waking;

static Waking
choose_waking (ConfabdJobQueue *self, ConfabdJob *job)
{
  if (self->n_waiting == 0 || self->waking == job->context) {
    return WAKE_NOBODY;
  }
  if (self->waking != NULL) {
    return WAKE_NOW;
  }
  self->waking = job->context;
  return WAKE_SOON;
}

static gboolean
put_in (ConfabdJobQueue *self, ConfabdJob *job, Waking *waking, GError **error)
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
  *waking = choose_waking (self, job);
  g_queue_push_tail (&self->jobs, job);
  return TRUE;
}

static gboolean
on_turn_over (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

/* When the turn is over; also when the context goes before it. */
static void
wake (ConfabdJobQueue *self)
{
  g_mutex_lock (&self->mutex);
  self->waking = NULL;
  g_mutex_unlock (&self->mutex);
  /* Without the lock, which whoever wakes up wants at once. */
  g_cond_signal (&self->is_ready);
  confabd_job_queue_unref (self);
}

static void
wake_soon (ConfabdJobQueue *self, GMainContext *context)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_turn_over, g_atomic_rc_box_acquire (self),
                         (GDestroyNotify) wake);
  g_source_attach (source, context);
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
  ConfabdJobQueue *self = g_atomic_rc_box_new0 (ConfabdJobQueue);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->is_ready);
  g_queue_init (&self->jobs);
  self->limit = limit;
  return self;
}

static void
job_queue_clear (ConfabdJobQueue *self)
{
  g_assert (g_queue_is_empty (&self->jobs));

  g_cond_clear (&self->is_ready);
  g_mutex_clear (&self->mutex);
}

/**
 * confabd_job_queue_unref:
 * @self: (transfer full): a queue, empty when nobody else holds it
 */
void
confabd_job_queue_unref (ConfabdJobQueue *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) job_queue_clear);
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
  g_autoptr (GMainContext) context = g_main_context_ref (job->context);
  Waking waking = WAKE_NOBODY;

  if (!put_in (self, job, &waking, error)) {
    return FALSE;
  }
  if (waking == WAKE_SOON) {
    wake_soon (self, context);
  } else if (waking == WAKE_NOW) {
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
  if (!g_queue_is_empty (&self->jobs) && self->n_waiting > 0) {
    g_cond_signal (&self->is_ready);
  }
  return n_taken;
}

/**
 * confabd_job_queue_pop_asked_by:
 * @mono_us: a moment, in monotonic time
 *
 * Does not wait.
 *
 * Returns: (transfer full) (nullable): the next job, if it was asked for by then
 */
ConfabdJob *
confabd_job_queue_pop_asked_by (ConfabdJobQueue *self, gint64 mono_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  ConfabdJob *next = g_queue_peek_head (&self->jobs);

  if (next == NULL || next->kind == CONFABD_JOB_ALONE || next->asked_at_mono_us > mono_us) {
    return NULL;
  }
  return g_queue_pop_head (&self->jobs);
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
