/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confabd-audit-chain.h"
#include "confabd-store-jobs.h"
#include "confabd-store-private.h"

#define COLUMNS "id, kind, state, payload, created_at, run_at, attempts, last_error"
#define ROW     "(ssssxxums)"

/**
 * confabd_job_record_free:
 * @self: (transfer full): a job
 */
void
confabd_job_record_free (ConfabdJobRecord *self)
{
  g_free (self->id);
  g_free (self->kind);
  g_free (self->state);
  g_free (self->payload);
  g_free (self->last_error);
  g_free (self);
}

static ConfabdJobRecord *
job_new_from_row (GVariant *row)
{
  ConfabdJobRecord *self = g_new0 (ConfabdJobRecord, 1);

  g_variant_get (row, ROW, &self->id, &self->kind, &self->state, &self->payload, &self->created_us,
                 &self->run_us, &self->attempts, &self->last_error);
  return self;
}

/* ---- adding ---- */

static gpointer
run_add (ConfabdConnection *connection, gpointer data, GError **error)
{
  confabd_connection_execute (
      connection,
      "INSERT INTO jobs (id, kind, state, payload, created_at, updated_at, run_at)"
      " VALUES ($1, $2, 'waiting', $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING",
      data, NULL, error);
  return NULL;
}

/**
 * confabd_store_add_job_async:
 * @job: a new one, of which id, kind, payload, created_us and run_us are used; copied
 *
 * Keeps a job until it is done. One whose id is there already is not kept again.
 */
void
confabd_store_add_job_async (ConfabdStore *self,
                             const ConfabdJobRecord *job,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  const ConfabdWork work = {
    run_add,
    g_variant_ref_sink (g_variant_new ("(sssxxx)", job->id, job->kind, job->payload,
                                       job->created_us, job->created_us, job->run_us)),
    (GDestroyNotify) g_variant_unref,
    NULL,
  };

  confabd_store_write (self, &work, confabd_store_add_job_async, cancellable, callback, user_data);
}

/**
 * confabd_store_add_job_finish:
 *
 * Returns: whether the job is on the disk
 */
gboolean
confabd_store_add_job_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate_done (self, result, confabd_store_add_job_async, error);
}

/* ---- taking ---- */

/* Between the clocks of servers that share a database. */
#define SLACK_US (5 * G_TIME_SPAN_SECOND)

#define MAX_MENDED 100 /* at once; the rest comes with the next look */

/**
 * confabd_claimed_jobs_free:
 * @self: (transfer full): what was taken
 */
void
confabd_claimed_jobs_free (ConfabdClaimedJobs *self)
{
  g_free (self->lease);
  g_clear_pointer (&self->jobs, g_ptr_array_unref);
  g_free (self);
}

typedef struct {
  ConfabdJobWish *wishes; /* (owned) */
  guint n_wishes;
  char *lease; /* (owned) */
  gint64 lease_us;
  gint64 now_us;
} Claim;

static void
claim_free (Claim *self)
{
  g_free (self->wishes);
  g_free (self->lease);
  g_free (self);
}

/* A lease from before the clock was set back would last too long. It is not ended at once: who has
 * it may be at it. */
static gboolean
mend_leases (ConfabdConnection *connection, const Claim *claim, GError **error)
{
  gint64 until_us = claim->now_us + claim->lease_us;

  return confabd_connection_execute (
      connection, "UPDATE jobs SET lease_until = $1 WHERE state = 'running' AND lease_until > $2",
      g_variant_new ("(xx)", until_us, until_us + SLACK_US), NULL, error);
}

/* And so would the wait of a job: it keeps its length. A reminder is for a moment of the wall
 * clock, and stays there. */
static gboolean
mend_waits (ConfabdConnection *connection, const Claim *claim, GError **error)
{
  g_autoptr (GPtrArray) rows = confabd_connection_query (
      connection,
      "SELECT id, run_at, updated_at FROM jobs WHERE state = 'waiting' AND updated_at > $1"
      " AND kind <> 'reminder' LIMIT $2",
      g_variant_new ("(xu)", claim->now_us + SLACK_US, (guint) MAX_MENDED), "(sxx)", error);

  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    const char *id;
    gint64 run_us, updated_us;

    g_variant_get (g_ptr_array_index (rows, i), "(&sxx)", &id, &run_us, &updated_us);
    if (!confabd_connection_execute (
            connection, "UPDATE jobs SET run_at = $1, updated_at = $2 WHERE id = $3",
            g_variant_new ("(xxs)", claim->now_us + run_us - updated_us, claim->now_us, id), NULL,
            error)) {
      return FALSE;
    }
  }
  return rows != NULL;
}

/* Whoever had them is gone. A job that takes its daemon down with it is dead in the end, too. */
static gboolean
take_back (ConfabdConnection *connection,
           const Claim *claim,
           const ConfabdJobWish *wish,
           GError **error)
{
  const char *why = "The daemon that ran it is gone";

  return confabd_connection_execute (
             connection,
             "UPDATE jobs SET state = 'dead', updated_at = $1, ended_at = $2, last_error = $3,"
             " lease = NULL, lease_until = NULL"
             " WHERE state = 'running' AND lease_until <= $4 AND kind = $5 AND attempts >= $6",
             g_variant_new ("(xxsxsu)", claim->now_us, claim->now_us, why, claim->now_us,
                            wish->kind, wish->max_attempts),
             NULL, error) &&
         confabd_connection_execute (
             connection,
             "UPDATE jobs SET state = 'waiting', updated_at = $1, run_at = $2, last_error = $3,"
             " lease = NULL, lease_until = NULL"
             " WHERE state = 'running' AND lease_until <= $4 AND kind = $5",
             g_variant_new ("(xxsxs)", claim->now_us, claim->now_us, why, claim->now_us,
                            wish->kind),
             NULL, error);
}

static gboolean
lease (
    ConfabdConnection *connection, const Claim *claim, GPtrArray *jobs, guint from, GError **error)
{
  for (guint i = from; i < jobs->len; i++) {
    ConfabdJobRecord *job = g_ptr_array_index (jobs, i);

    if (!confabd_connection_execute (
            connection,
            "UPDATE jobs SET state = 'running', attempts = attempts + 1, updated_at = $1,"
            " lease = $2, lease_until = $3 WHERE id = $4",
            g_variant_new ("(xsxs)", claim->now_us, claim->lease, claim->now_us + claim->lease_us,
                           job->id),
            NULL, error)) {
      return FALSE;
    }
    job->attempts++;
  }
  return TRUE;
}

static gboolean
take_due (ConfabdConnection *connection,
          const Claim *claim,
          const ConfabdJobWish *wish,
          GPtrArray *jobs,
          GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;
  guint n_before = jobs->len;

  if (wish->n_free == 0) {
    return TRUE;
  }
  rows = confabd_connection_query (
      connection,
      "SELECT " COLUMNS " FROM jobs WHERE state = 'waiting' AND kind = $1 AND run_at <= $2"
      " ORDER BY run_at, id LIMIT $3",
      g_variant_new ("(sxu)", wish->kind, claim->now_us, wish->n_free), ROW, error);
  if (rows == NULL) {
    return FALSE;
  }
  for (guint i = 0; i < rows->len; i++) {
    g_ptr_array_add (jobs, job_new_from_row (g_ptr_array_index (rows, i)));
  }
  return lease (connection, claim, jobs, n_before, error);
}

static gboolean
find_next (ConfabdConnection *connection,
           const char *sql,
           GVariant *parameters,
           gint64 *next_us,
           GError **error)
{
  g_autoptr (GVariant) row = NULL;
  gboolean is_there = FALSE;
  gint64 at_us = 0;

  if (!confabd_connection_query_one (connection, sql, parameters, "(mx)", &row, error)) {
    return FALSE;
  }
  g_variant_get (row, "(mx)", &is_there, &at_us);
  if (is_there) {
    *next_us = MIN (*next_us, at_us);
  }
  return TRUE;
}

static gboolean
take_kind (ConfabdConnection *connection,
           const Claim *claim,
           const ConfabdJobWish *wish,
           ConfabdClaimedJobs *claimed,
           GError **error)
{
  /* One that is due but found nobody free is asked for when somebody is. */
  return take_back (connection, claim, wish, error) &&
         take_due (connection, claim, wish, claimed->jobs, error) &&
         find_next (connection,
                    "SELECT min(run_at) FROM jobs WHERE state = 'waiting' AND kind = $1"
                    " AND run_at > $2",
                    g_variant_new ("(sx)", wish->kind, claim->now_us), &claimed->next_at_us, error);
}

static gpointer
run_claim (ConfabdConnection *connection, gpointer data, GError **error)
{
  Claim *claim = data;
  g_autoptr (ConfabdClaimedJobs) claimed = g_new0 (ConfabdClaimedJobs, 1);

  claimed->jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_job_record_free);
  claimed->lease = g_strdup (claim->lease);
  claimed->next_at_us = G_MAXINT64;
  if (!mend_leases (connection, claim, error) || !mend_waits (connection, claim, error)) {
    return NULL;
  }
  for (guint i = 0; i < claim->n_wishes; i++) {
    if (!take_kind (connection, claim, &claim->wishes[i], claimed, error)) {
      return NULL;
    }
  }
  if (!find_next (connection, "SELECT min(lease_until) FROM jobs WHERE state = 'running'", NULL,
                  &claimed->next_at_us, error)) {
    return NULL;
  }
  return g_steal_pointer (&claimed);
}

/**
 * confabd_store_claim_jobs_async:
 * @claim: copied
 *
 * Takes the jobs that are due, in their order, and counts an attempt for each. In the one
 * transaction that writes at a time: of several daemons that share a database each gets others.
 * Also puts right what is left of daemons that died, and of clocks that were set back.
 */
void
confabd_store_claim_jobs_async (ConfabdStore *self,
                                const ConfabdJobClaim *claim,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  Claim *copy = g_new0 (Claim, 1);
  const ConfabdWork work = { run_claim, copy, (GDestroyNotify) claim_free,
                             (GDestroyNotify) confabd_claimed_jobs_free };

  copy->wishes = g_memdup2 (claim->wishes, claim->n_wishes * sizeof *claim->wishes);
  copy->n_wishes = claim->n_wishes;
  copy->lease = g_strdup (claim->lease);
  copy->lease_us = claim->lease_us;
  copy->now_us = claim->now_us;
  confabd_store_write (self, &work, confabd_store_claim_jobs_async, cancellable, callback,
                       user_data);
}

/**
 * confabd_store_claim_jobs_finish:
 *
 * Returns: (transfer full): the jobs
 */
ConfabdClaimedJobs *
confabd_store_claim_jobs_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_claim_jobs_async, error);
}

/* ---- ending ---- */

static const char *
name_state (ConfabdJobOutcome outcome)
{
  switch (outcome) {
  case CONFABD_JOB_DONE:
    return "done";
  case CONFABD_JOB_DEAD:
    return "dead";
  case CONFABD_JOB_RETRY:
  case CONFABD_JOB_RELEASED:
    return "waiting";
  }
  g_assert_not_reached ();
}

static GVariant *
make_end (const ConfabdJobEnd *end)
{
  gboolean is_over = end->outcome == CONFABD_JOB_DONE || end->outcome == CONFABD_JOB_DEAD;
  gboolean is_released = end->outcome == CONFABD_JOB_RELEASED;
  gint64 run_us = end->outcome == CONFABD_JOB_RETRY ? end->run_us : end->now_us;

  return g_variant_new ("(ssxxmxmsiss)", name_state (end->outcome),
                        end->outcome == CONFABD_JOB_DONE ? "{}" : "", end->now_us, run_us, is_over,
                        end->now_us, end->error, is_released ? 1 : 0, end->id, end->lease);
}

static gpointer
run_end (ConfabdConnection *connection, gpointer data, GError **error)
{
  /* What a job said is nobody's business any more when it is done: letters carry secrets. */
  confabd_connection_execute (
      connection,
      "UPDATE jobs SET state = $1, payload = CASE $2 WHEN '' THEN payload ELSE '{}' END,"
      " updated_at = $3, run_at = $4, ended_at = $5, last_error = $6, attempts = attempts - $7,"
      " lease = NULL, lease_until = NULL WHERE id = $8 AND state = 'running' AND lease = $9",
      data, NULL, error);
  return NULL;
}

/**
 * confabd_store_end_job_async:
 * @end: copied
 *
 * Says how it went with a job that was taken.
 */
void
confabd_store_end_job_async (ConfabdStore *self,
                             const ConfabdJobEnd *end,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  const ConfabdWork work = { run_end, g_variant_ref_sink (make_end (end)),
                             (GDestroyNotify) g_variant_unref, NULL };

  confabd_store_write (self, &work, confabd_store_end_job_async, cancellable, callback, user_data);
}

/**
 * confabd_store_end_job_finish:
 *
 * Returns: whether that is on the disk
 */
gboolean
confabd_store_end_job_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate_done (self, result, confabd_store_end_job_async, error);
}
