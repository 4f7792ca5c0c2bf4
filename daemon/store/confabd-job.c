/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confabd-job-private.h"
#include "confabd-statements.h"

/* A thread stuck in fsync () hears of no deadline, so the side that waits has a timer as well; it
 * gives the thread this much longer to say it by itself. */
#define TIMEOUT_SLACK_MS 500

static void
clear_timeout (ConfabdJob *self)
{
  if (self->timeout != NULL) {
    g_source_destroy (self->timeout);
    g_clear_pointer (&self->timeout, g_source_unref);
  }
}

static void
drop_result (ConfabdJob *self)
{
  gpointer result = g_steal_pointer (&self->result);

  if (result != NULL && self->work.free_result != NULL) {
    self->work.free_result (result);
  }
}

/**
 * confabd_job_free:
 * @self: (transfer full): a job; who waits for it is not told
 */
void
confabd_job_free (ConfabdJob *self)
{
  if (!self->has_run) {
    confabd_statements_note_work (-1, 0);
  }
  clear_timeout (self);
  drop_result (self);
  g_clear_error (&self->error);
  if (self->work.free_data != NULL) {
    self->work.free_data (self->work.data);
  }
  g_clear_object (&self->task);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->trace, confabd_trace_unref);
  g_main_context_unref (self->context);
  g_free (self);
}

static gboolean
on_timeout (gpointer user_data)
{
  ConfabdJob *self = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  clear_timeout (self);
  g_atomic_int_set (&self->is_abandoned, TRUE);
  g_warning ("The database has not answered for long; is its disk well?");
  g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT,
                           "The database did not answer in time");
  return G_SOURCE_REMOVE;
}

static void
set_deadline (ConfabdJob *self, guint deadline_ms)
{
  self->deadline_mono_us = g_get_monotonic_time () + deadline_ms * G_TIME_SPAN_MILLISECOND;
  self->timeout = g_timeout_source_new (deadline_ms + TIMEOUT_SLACK_MS);
  g_source_set_callback (self->timeout, on_timeout, self, NULL);
  g_source_attach (self->timeout, self->context);
}

/**
 * confabd_job_new:
 * @work: copied; its data is taken over
 * @task: where the answer goes
 * @deadline_ms: from now; 0 for none
 *
 * Returns: (transfer full): a job, which goes into #ConfabdJobAnswers in the end
 */
ConfabdJob *
confabd_job_new (ConfabdJobKind kind, const ConfabdWork *work, GTask *task, guint deadline_ms)
{
  ConfabdJob *self = g_new0 (ConfabdJob, 1);

  confabd_statements_note_work (1, 0);
  self->kind = kind;
  self->work = *work;
  self->task = g_object_ref (task);
  self->context = g_main_context_ref (g_task_get_context (task));
  g_set_object (&self->cancellable, g_task_get_cancellable (task));
  if (confabd_trace_get_current () != NULL) {
    self->trace = confabd_trace_ref (confabd_trace_get_current ());
  }
  self->asked_at_mono_us = g_get_monotonic_time ();
  if (deadline_ms > 0) {
    set_deadline (self, deadline_ms);
  }
  return self;
}

static gboolean
is_late (ConfabdJob *self)
{
  return self->deadline_mono_us != 0 && g_get_monotonic_time () > self->deadline_mono_us;
}

/**
 * confabd_job_is_wanted:
 *
 * Whether the job should still be done; sets its error when not. For the thread.
 */
gboolean
confabd_job_is_wanted (ConfabdJob *self)
{
  if (g_cancellable_set_error_if_cancelled (self->cancellable, &self->error)) {
    return FALSE;
  }
  if (g_atomic_int_get (&self->is_abandoned) || is_late (self)) {
    self->error = g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT,
                                       "The database has too much to do");
    return FALSE;
  }
  return TRUE;
}

/**
 * confabd_job_run:
 *
 * Does the work; its result or error is in the job then. For the thread.
 */
void
confabd_job_run (ConfabdJob *self, ConfabdConnection *connection)
{
  ConfabdTrace *previous = confabd_trace_enter (self->trace);

  self->has_run = TRUE;
  confabd_statements_note_work (-1, 1);
  self->result = self->work.run (connection, self->work.data, &self->error);
  confabd_statements_note_work (0, -1);
  confabd_trace_leave (previous);
  if (self->error != NULL) {
    drop_result (self);
  }
}

/**
 * confabd_job_fail:
 *
 * Takes back what the job may have reached: its transaction is undone. For the thread.
 */
void
confabd_job_fail (ConfabdJob *self, const GError *error)
{
  drop_result (self);
  if (self->error == NULL) {
    self->error = g_error_copy (error);
  }
}

static void
return_answer (ConfabdJob *self, GTask *task)
{
  if (self->error != NULL) {
    g_task_return_error (task, g_steal_pointer (&self->error));
  } else {
    g_task_return_pointer (task, g_steal_pointer (&self->result), self->work.free_result);
  }
}

static void
deliver (ConfabdJob *self, GTask *task)
{
  ConfabdTrace *previous = NULL;

  if (self->trace != NULL) {
    confabd_trace_add_us (self->trace, CONFABD_TRACE_DATABASE,
                          g_get_monotonic_time () - self->asked_at_mono_us);
  }
  previous = confabd_trace_enter (self->trace);
  return_answer (self, task);
  confabd_trace_leave (previous);
}

/**
 * confabd_job_deliver:
 * @self: (transfer full): a job with a result or an error
 *
 * Tells whoever asked, in whose context this is called, unless the time is up. They go on where
 * they were: what they ask for next belongs to the same trace.
 */
void
confabd_job_deliver (ConfabdJob *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  clear_timeout (self);
  if (task != NULL) {
    deliver (self, task);
  }
  confabd_job_free (self);
}
