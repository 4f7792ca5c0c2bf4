/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-jobs"

#include "config.h"

#include "confab-codec.h"
#include "confab-id.h"
#include "confab-time.h"
#include "confabd-jobs-private.h"
#include "confabd-trace.h"

/* The part of ConfabdJobs for those who want something done, and for those who watch over it. */

/* Adding */

static void
on_added (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!confabd_store_add_job_finish (CONFABD_STORE (object), result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  confabd_jobs_check (g_task_get_source_object (task));
  g_task_return_boolean (task, TRUE);
}

/**
 * confabd_jobs_add_async:
 * @kind: "mail", "webhook", "retention"
 * @run_at: (nullable): not before; %NULL for now
 * @payload: what the handler of that kind understands, at most 64 KiB; the trace of whoever asks is
 *   put in
 *
 * Adds a job. Once that is finished it will be done, whatever becomes of this daemon.
 */
void
confabd_jobs_add_async (ConfabdJobs *self,
                        const char *kind,
                        GDateTime *run_at,
                        ConfabMessage *payload,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *id = NULL;
  g_autofree char *text = NULL;
  ConfabdJobRecord job = { NULL };
  GTask *task = NULL;
  gsize size;

  g_return_if_fail (CONFABD_IS_JOBS (self));
  g_return_if_fail (kind != NULL && payload != NULL);

  if (confabd_trace_get_current () != NULL) {
    confab_message_set_string (payload, CONFABD_JOBS_TRACEPARENT,
                               confabd_trace_get_traceparent (confabd_trace_get_current ()));
  }
  bytes = confab_codec_encode (payload);
  text = g_strndup (g_bytes_get_data (bytes, &size), g_bytes_get_size (bytes));
  id = confab_id_new ();
  job.id = id;
  job.kind = (char *) kind;
  job.payload = text;
  job.created_us = confabd_jobs_get_now_us (self);
  job.run_us = run_at != NULL ? confab_time_to_unix_us (run_at) : job.created_us;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confabd_jobs_add_async);
  confabd_store_add_job_async (self->store, &job, cancellable, on_added, task);
}

/**
 * confabd_jobs_add_finish:
 *
 * Returns: whether the job is on the disk
 */
gboolean
confabd_jobs_add_finish (ConfabdJobs *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Looking */

/**
 * confabd_jobs_get_counts:
 * @kind: a kind
 * @counts: (out caller-allocates): what this daemon did of it; zeros for a kind without a handler
 */
void
confabd_jobs_get_counts (ConfabdJobs *self, const char *kind, ConfabdJobCounts *counts)
{
  const ConfabdJobLane *lane = NULL;

  g_return_if_fail (CONFABD_IS_JOBS (self));

  lane = confabd_jobs_find_lane (self, kind);
  *counts = lane != NULL ? lane->counts : (ConfabdJobCounts){ 0 };
}

static void
on_looked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdJobFigures figures = { 0 };
  GError *error = NULL;

  if (!confabd_store_count_jobs_finish (CONFABD_STORE (object), result, &figures, &error)) {
    g_task_return_error (task, error);
  } else {
    g_task_return_pointer (task, g_memdup2 (&figures, sizeof figures), g_free);
  }
}

/**
 * confabd_jobs_look_async:
 *
 * Counts the jobs of all daemons.
 */
void
confabd_jobs_look_async (ConfabdJobs *self,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = NULL;

  g_return_if_fail (CONFABD_IS_JOBS (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confabd_jobs_look_async);
  confabd_store_count_jobs_async (self->store, confabd_jobs_get_now_us (self), cancellable,
                                  on_looked, task);
}

/**
 * confabd_jobs_look_finish:
 * @figures: (out caller-allocates): how many there are
 *
 * Returns: whether the store answered
 */
gboolean
confabd_jobs_look_finish (ConfabdJobs *self,
                          GAsyncResult *result,
                          ConfabdJobFigures *figures,
                          GError **error)
{
  g_autofree ConfabdJobFigures *answer = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  answer = g_task_propagate_pointer (G_TASK (result), error);
  if (answer == NULL) {
    return FALSE;
  }
  *figures = *answer;
  return TRUE;
}
