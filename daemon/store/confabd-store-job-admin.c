/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confabd-audit-chain.h"
#include "confabd-store-jobs.h"
#include "confabd-store-private.h"

/* Looking after jobs: how many there are, which did not go, and once more with them. */

/* ---- counting ---- */

static gboolean
count_state (ConfabdConnection *connection, const char *state, guint *n, GError **error)
{
  g_autoptr (GVariant) row = NULL;

  if (!confabd_connection_query_one (connection, "SELECT count(*) FROM jobs WHERE state = $1",
                                     g_variant_new ("(s)", state), "(u)", &row, error)) {
    return FALSE;
  }
  g_variant_get (row, "(u)", n);
  return TRUE;
}

/* By kind, as the index has them. */
static gboolean
find_overdue (ConfabdConnection *connection, gint64 now_us, gint64 *overdue_us, GError **error)
{
  const char *const kinds[] = { "mail", "webhook", "retention" };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autoptr (GVariant) row = NULL;
    gboolean is_there = FALSE;
    gint64 run_us = 0;

    if (!confabd_connection_query_one (
            connection, "SELECT min(run_at) FROM jobs WHERE state = 'waiting' AND kind = $1",
            g_variant_new ("(s)", kinds[i]), "(mx)", &row, error)) {
      return FALSE;
    }
    g_variant_get (row, "(mx)", &is_there, &run_us);
    if (is_there) {
      *overdue_us = MAX (*overdue_us, now_us - run_us);
    }
  }
  return TRUE;
}

static gpointer
run_count (ConfabdConnection *connection, gpointer data, GError **error)
{
  gint64 now_us = *(gint64 *) data;
  g_autofree ConfabdJobFigures *figures = g_new0 (ConfabdJobFigures, 1);

  if (!count_state (connection, "waiting", &figures->n_waiting, error) ||
      !count_state (connection, "running", &figures->n_running, error) ||
      !count_state (connection, "dead", &figures->n_dead, error) ||
      !find_overdue (connection, now_us, &figures->overdue_us, error)) {
    return NULL;
  }
  return g_steal_pointer (&figures);
}

/**
 * confabd_store_count_jobs_async:
 * @now_us: the moment to look from
 *
 * For metrics and /health/ready.
 */
void
confabd_store_count_jobs_async (ConfabdStore *self,
                                gint64 now_us,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  const ConfabdWork work = { run_count, g_memdup2 (&now_us, sizeof now_us), g_free, g_free };

  confabd_store_read (self, &work, confabd_store_count_jobs_async, cancellable, callback,
                      user_data);
}

/**
 * confabd_store_count_jobs_finish:
 * @figures: (out caller-allocates): how many there are
 *
 * Returns: whether the database answered
 */
gboolean
confabd_store_count_jobs_finish (ConfabdStore *self,
                                 GAsyncResult *result,
                                 ConfabdJobFigures *figures,
                                 GError **error)
{
  g_autofree ConfabdJobFigures *answer =
      confabd_store_propagate (self, result, confabd_store_count_jobs_async, error);

  if (answer == NULL) {
    return FALSE;
  }
  *figures = *answer;
  return TRUE;
}

/* ---- listing ---- */

#define COLUMNS "id, kind, state, created_at, run_at, attempts, last_error"
#define ROW     "(sssxxums)"

static ConfabdJobRecord *
job_new_from_row (GVariant *row)
{
  ConfabdJobRecord *self = g_new0 (ConfabdJobRecord, 1);

  g_variant_get (row, ROW, &self->id, &self->kind, &self->state, &self->created_us, &self->run_us,
                 &self->attempts, &self->last_error);
  return self;
}

static gpointer
run_list (ConfabdConnection *connection, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) rows = confabd_connection_query (
      connection, "SELECT " COLUMNS " FROM jobs WHERE state = $1 ORDER BY created_at, id LIMIT $2",
      data, ROW, error);
  GPtrArray *jobs = NULL;

  if (rows == NULL) {
    return NULL;
  }
  jobs = g_ptr_array_new_full (rows->len, (GDestroyNotify) confabd_job_record_free);
  for (guint i = 0; i < rows->len; i++) {
    g_ptr_array_add (jobs, job_new_from_row (g_ptr_array_index (rows, i)));
  }
  return jobs;
}

/**
 * confabd_store_list_jobs_sync:
 * @state: such as "dead"
 * @limit: at most so many
 * @error: return location for a #GError
 *
 * Lists jobs, the oldest first, without what they say.
 *
 * Returns: (transfer full) (element-type ConfabdJobRecord): the jobs
 */
GPtrArray *
confabd_store_list_jobs_sync (ConfabdDatabase *database,
                              const char *state,
                              guint limit,
                              GError **error)
{
  const ConfabdWork work = { run_list, g_variant_ref_sink (g_variant_new ("(su)", state, limit)),
                             (GDestroyNotify) g_variant_unref, (GDestroyNotify) g_ptr_array_unref };

  return confabd_database_read_sync (database, &work, error);
}

/* ---- once more ---- */

typedef struct {
  const char *id;    /* (unowned) (nullable) the caller waits */
  const char *actor; /* (unowned) */
  gint64 now_us;
  guint n_retried;
} Retry;

#define REVIVE                                                                     \
  "UPDATE jobs SET state = 'waiting', attempts = 0, updated_at = $1, run_at = $2," \
  " ended_at = NULL WHERE state = 'dead'"

static gboolean
revive (ConfabdConnection *connection, Retry *retry, GError **error)
{
  if (retry->id == NULL) {
    return confabd_connection_execute (connection, REVIVE,
                                       g_variant_new ("(xx)", retry->now_us, retry->now_us),
                                       &retry->n_retried, error);
  }
  return confabd_connection_execute (
      connection, REVIVE " AND id = $3",
      g_variant_new ("(xxs)", retry->now_us, retry->now_us, retry->id), &retry->n_retried, error);
}

static gpointer
run_retry (ConfabdConnection *connection, gpointer data, GError **error)
{
  Retry *retry = data;
  const ConfabdAuditFacts facts = { .action = CONFABD_AUDIT_JOB_RETRIED,
                                    .actor = retry->actor,
                                    .target = retry->id != NULL ? retry->id : "all",
                                    .is_success = TRUE };

  if (revive (connection, retry, error) && retry->n_retried > 0) {
    confabd_audit_chain_append_one (connection, &facts, retry->now_us, error);
  }
  return NULL;
}

/**
 * confabd_store_retry_jobs_sync:
 * @id: (nullable): a dead job; %NULL for all of them
 * @actor: who wants it, for the audit log
 * @now_us: the moment
 * @n_retried: (out): how many are tried again from the beginning
 * @error: return location for a #GError
 *
 * Returns: whether the database did it
 */
gboolean
confabd_store_retry_jobs_sync (ConfabdDatabase *database,
                               const char *id,
                               const char *actor,
                               gint64 now_us,
                               guint *n_retried,
                               GError **error)
{
  Retry retry = { id, actor, now_us, 0 };
  const ConfabdWork work = { run_retry, &retry, NULL, NULL };
  GError *local_error = NULL;

  confabd_database_write_sync (database, &work, &local_error);
  *n_retried = retry.n_retried;
  if (local_error != NULL) {
    g_propagate_error (error, local_error);
    return FALSE;
  }
  return TRUE;
}
