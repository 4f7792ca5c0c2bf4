/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confabd-worker-private.h"

/* How many writes may share a commit. 100 reach 80 % of the throughput of 1,000 at a twentieth of
 * the wait of the first. */
#define BATCH 128

static gboolean
run (ConfabdConnection *connection, const char *sql, GError **error)
{
  return confabd_connection_run_script (connection, sql, error);
}

/* Undoing must work after the deadline, too. */
static void
undo (ConfabdConnection *connection, const char *sql)
{
  g_autoptr (GError) error = NULL;

  confabd_connection_set_deadline (connection, 0);
  if (!run (connection, sql, &error)) {
    g_warning ("Undoing failed: %s", error->message);
  }
}

/* Everything that the transaction of these jobs did is gone. */
static void
fail_jobs (ConfabdJob **jobs, guint n, const GError *error)
{
  for (guint i = 0; i < n; i++) {
    confabd_job_fail (jobs[i], error);
  }
}

/* A savepoint of its own: a job that fails takes nobody with it. That of the job before goes with
 * the same message to the server. */
static gboolean
set_savepoint (ConfabdConnection *connection, gboolean *has_savepoint, GError **error)
{
  if (!run (connection, *has_savepoint ? "RELEASE job; SAVEPOINT job" : "SAVEPOINT job", error)) {
    return FALSE;
  }
  *has_savepoint = TRUE;
  return TRUE;
}

/* What the work did not care about. */
static void
check_transaction (ConfabdConnection *connection, ConfabdJob *job)
{
  if (job->error != NULL) {
    return;
  }
  if (!confabd_connection_is_in_transaction (connection)) {
    /* The disk is full or broken. */
    g_set_error_literal (&job->error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                         "The database gave up the transaction");
  } else if (confabd_connection_is_aborted (connection)) {
    g_set_error_literal (&job->error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                         "The database refused a part of the work");
  }
}

/* has_savepoint: (nullable): NULL for a job that has the transaction to itself */
static void
run_job (ConfabdConnection *connection, ConfabdJob *job, gboolean *has_savepoint)
{
  if (!confabd_job_is_wanted (job)) {
    return;
  }
  confabd_connection_set_deadline (connection, job->deadline_mono_us);
  if (has_savepoint != NULL && !set_savepoint (connection, has_savepoint, &job->error)) {
    return;
  }
  confabd_job_run (job, connection);
  confabd_connection_set_deadline (connection, 0);
  check_transaction (connection, job);
  if (job->error == NULL) {
    return;
  }
  confabd_job_fail (job, job->error);
  if (confabd_connection_is_in_transaction (connection)) {
    undo (connection, has_savepoint != NULL ? "ROLLBACK TO job" : "ROLLBACK");
  }
}

/* Runs jobs until the transaction ends by itself. Returns: how many were run. */
static guint
run_jobs (ConfabdConnection *connection, ConfabdJob **jobs, guint n)
{
  gboolean has_savepoint = FALSE;

  for (guint i = 0; i < n; i++) {
    run_job (connection, jobs[i], n > 1 ? &has_savepoint : NULL);
    if (!confabd_connection_is_in_transaction (connection)) {
      fail_jobs (jobs, i + 1, jobs[i]->error);
      return i + 1;
    }
  }
  return n;
}

static gboolean
commit (ConfabdConnection *connection, GError **error)
{
  if (confabd_connection_is_aborted (connection)) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                         "The database gave up the transaction");
    return FALSE;
  }
  return run (connection, "COMMIT", error);
}

/* One transaction for up to @n jobs. Returns: how many have their result or error. */
static guint
run_transaction (ConfabdConnection *connection, ConfabdJob **jobs, guint n)
{
  g_autoptr (GError) error = NULL;
  guint n_run;

  confabd_connection_set_deadline (connection, jobs[0]->deadline_mono_us);
  if (!confabd_connection_begin (connection, CONFABD_TRANSACTION_WRITE, &error)) {
    fail_jobs (jobs, n, error);
    return n;
  }
  n_run = run_jobs (connection, jobs, n);
  if (!confabd_connection_is_in_transaction (connection)) {
    return n_run;
  }
  if (!commit (connection, &error)) {
    fail_jobs (jobs, n, error);
    if (confabd_connection_is_in_transaction (connection)) {
      undo (connection, "ROLLBACK");
    }
  }
  return n;
}

static void
run_alone (ConfabdConnection *connection, ConfabdJob *job)
{
  confabd_connection_set_deadline (connection, 0);
  if (confabd_job_is_wanted (job)) {
    confabd_job_run (job, connection);
  }
}

/**
 * confabd_worker_write:
 *
 * The life of the writer's thread: takes what is waiting, does it in one transaction, answers when
 * that is on the disk. Returns when the queue is closed and empty.
 */
void
confabd_worker_write (ConfabdConnection *connection,
                      ConfabdJobQueue *queue,
                      ConfabdJobAnswers *answers)
{
  ConfabdJob *jobs[BATCH];
  guint n;

  while ((n = confabd_job_queue_pop (queue, jobs, BATCH)) > 0) {
    if (jobs[0]->kind == CONFABD_JOB_ALONE) {
      run_alone (connection, jobs[0]);
    } else {
      for (guint done = 0; done < n;) {
        done += run_transaction (connection, jobs + done, n - done);
      }
    }
    for (guint i = 0; i < n; i++) {
      confabd_job_answers_add (answers, jobs[i]);
    }
  }
}

static void
read_one (ConfabdConnection *connection, ConfabdJob *job, gboolean *has_begun)
{
  if (!confabd_job_is_wanted (job)) {
    return;
  }
  confabd_connection_set_deadline (connection, job->deadline_mono_us);
  if (!*has_begun &&
      !confabd_connection_begin (connection, CONFABD_TRANSACTION_READ, &job->error)) {
    return;
  }
  *has_begun = TRUE;
  confabd_job_run (job, connection);
}

/* There is nothing to undo; a server that has gone away knows of nothing any more. */
static void
end_reading (ConfabdConnection *connection)
{
  g_autoptr (GError) error = NULL;

  confabd_connection_set_deadline (connection, 0);
  if (!run (connection, "ROLLBACK", &error)) {
    g_info ("A read did not come to its end: %s", error->message);
  }
}

/* What was asked for before the transaction began sees in it all that was written before it was
 * asked for, so those that wait share one. */
static void
read_together (ConfabdConnection *connection,
               ConfabdJob *first,
               ConfabdJobQueue *queue,
               ConfabdJobAnswers *answers)
{
  gint64 began_mono_us = g_get_monotonic_time ();
  gboolean has_begun = FALSE;
  ConfabdJob *job = first;

  while (job != NULL) {
    gboolean is_well;

    read_one (connection, job, &has_begun);
    is_well = job->error == NULL && confabd_connection_is_in_transaction (connection);
    confabd_job_answers_add (answers, job);
    job = is_well ? confabd_job_queue_pop_asked_by (queue, began_mono_us) : NULL;
  }
  if (confabd_connection_is_in_transaction (connection)) {
    end_reading (connection);
  }
}

/**
 * confabd_worker_read:
 *
 * The life of a reader's thread: each job sees one moment of the database. Returns when the queue
 * is closed and empty.
 */
void
confabd_worker_read (ConfabdConnection *connection,
                     ConfabdJobQueue *queue,
                     ConfabdJobAnswers *answers)
{
  ConfabdJob *job;

  while (confabd_job_queue_pop (queue, &job, 1) > 0) {
    read_together (connection, job, queue, answers);
  }
}
