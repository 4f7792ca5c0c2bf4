/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-jobs"

#include "config.h"

#include "confab-id.h"
#include "confab-time.h"
#include "confabd-jobs-private.h"

#define LOOK_MS       30000 /* other daemons add jobs, too, and clocks are set */
#define LOOK_AGAIN_MS 5000  /* when the store does not answer */

/**
 * ConfabdJobs:
 *
 * Work for later, kept in the store until it is done: what was added is not lost with the daemon,
 * and of several daemons that share a database one does it. It is done at least once: whoever must
 * not be told twice goes by the id of the job.
 *
 * A job that does not work is tried again, later each time; after too many attempts it is dead, and
 * an administrator's (`confabctl job`). Its struct is in confabd-jobs-private.h.
 */

G_DEFINE_FINAL_TYPE (ConfabdJobs, confabd_jobs, G_TYPE_OBJECT)

static void
lane_free (ConfabdJobLane *self)
{
  g_clear_object (&self->handler);
  g_free (self);
}

/**
 * confabd_jobs_find_lane:
 *
 * Returns: (transfer none) (nullable): who does jobs of that kind
 */
ConfabdJobLane *
confabd_jobs_find_lane (ConfabdJobs *self, const char *kind)
{
  for (guint i = 0; i < self->lanes->len; i++) {
    ConfabdJobLane *lane = g_ptr_array_index (self->lanes, i);

    if (g_str_equal (lane->policy.kind, kind)) {
      return lane;
    }
  }
  return NULL;
}

static void
confabd_jobs_dispose (GObject *object)
{
  ConfabdJobs *self = CONFABD_JOBS (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_hash_table_remove_all (self->runs);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (confabd_jobs_parent_class)->dispose (object);
}

static void
confabd_jobs_finalize (GObject *object)
{
  ConfabdJobs *self = CONFABD_JOBS (object);

  g_clear_pointer (&self->runs, g_hash_table_unref);
  g_clear_pointer (&self->lanes, g_ptr_array_unref);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (confabd_jobs_parent_class)->finalize (object);
}

static void
confabd_jobs_class_init (ConfabdJobsClass *klass)
{
  GObjectClass *class = G_OBJECT_CLASS (klass);

  class->dispose = confabd_jobs_dispose;
  class->finalize = confabd_jobs_finalize;
}

static void
confabd_jobs_init (ConfabdJobs *self)
{
  self->lanes = g_ptr_array_new_with_free_func ((GDestroyNotify) lane_free);
  /* The key belongs to the run. */
  self->runs =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) confabd_job_run_unref);
}

/**
 * confabd_jobs_new:
 * @store: where jobs are kept
 * @clock: their time
 *
 * Returns: (transfer full): jobs that nobody does yet
 */
ConfabdJobs *
confabd_jobs_new (ConfabdStore *store, ConfabClock *clock)
{
  ConfabdJobs *self = NULL;

  g_return_val_if_fail (CONFABD_IS_STORE (store), NULL);
  g_return_val_if_fail (CONFAB_IS_CLOCK (clock), NULL);

  self = g_object_new (CONFABD_TYPE_JOBS, NULL);
  self->store = g_object_ref (store);
  self->clock = g_object_ref (clock);
  return self;
}

/**
 * confabd_jobs_set_handler:
 * @policy: copied; its kind has no handler yet
 * @handler: who does jobs of that kind
 *
 * To be called before confabd_jobs_start(). Jobs of a kind without a handler wait.
 */
void
confabd_jobs_set_handler (ConfabdJobs *self,
                          const ConfabdJobPolicy *policy,
                          ConfabdJobHandler *handler)
{
  ConfabdJobLane *lane = NULL;

  g_return_if_fail (CONFABD_IS_JOBS (self) && !self->is_started);
  g_return_if_fail (CONFABD_IS_JOB_HANDLER (handler));
  g_return_if_fail (policy->deadline_ms < CONFABD_JOBS_LEASE_MS);
  g_return_if_fail (confabd_jobs_find_lane (self, policy->kind) == NULL);

  lane = g_new0 (ConfabdJobLane, 1);
  lane->policy = *policy;
  lane->handler = g_object_ref (handler);
  g_ptr_array_add (self->lanes, lane);
}

/* ---- doing ---- */

static gboolean
on_timer (gpointer user_data)
{
  ConfabdJobs *self = user_data;

  self->timer = 0;
  confabd_jobs_check (self);
  return G_SOURCE_REMOVE;
}

static void
look_in (ConfabdJobs *self, gint64 wait_ms)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add ((guint) CLAMP (wait_ms, 0, LOOK_MS), on_timer, self);
}

static void
answer_stop (ConfabdJobs *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->stopping != NULL && !self->is_claiming && g_hash_table_size (self->runs) == 0) {
    task = g_steal_pointer (&self->stopping);
    g_task_return_boolean (task, TRUE);
  }
}

static void
on_run_done (ConfabdJobRun *run, gpointer user_data)
{
  g_autoptr (ConfabdJobs) self = user_data;

  g_hash_table_remove (self->runs, confabd_job_run_get_id (run));
  answer_stop (self);
  confabd_jobs_check (self); /* one more may be taken */
}

static void
begin (ConfabdJobs *self, const ConfabdJobRecord *job, const char *lease)
{
  ConfabdJobRun *run = g_hash_table_lookup (self->runs, job->id);

  if (run != NULL) {
    confabd_job_run_set_lease (run, lease);
    return;
  }
  run = confabd_job_run_new (self->store, self->clock, confabd_jobs_find_lane (self, job->kind),
                             job, lease);
  g_hash_table_insert (self->runs, (gpointer) confabd_job_run_get_id (run), run);
  confabd_job_run_start (run, on_run_done, g_object_ref (self));
  if (self->is_stopped) {
    confabd_job_run_stop (run);
  }
}

/**
 * confabd_jobs_get_now_us:
 *
 * Returns: now, in microseconds since 1970
 */
gint64
confabd_jobs_get_now_us (ConfabdJobs *self)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);

  return confab_time_to_unix_us (now);
}

static void
on_claimed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdJobs) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdClaimedJobs) claimed =
      confabd_store_claim_jobs_finish (CONFABD_STORE (object), result, &error);

  self->is_claiming = FALSE;
  if (claimed == NULL) {
    g_message ("Jobs could not be looked for: %s", error->message);
  }
  for (guint i = 0; claimed != NULL && i < claimed->jobs->len; i++) {
    begin (self, g_ptr_array_index (claimed->jobs, i), claimed->lease);
  }
  if (self->is_stopped) {
    answer_stop (self);
    return;
  }
  if (claimed == NULL) {
    look_in (self, LOOK_AGAIN_MS);
  } else if (self->wants_claim) {
    confabd_jobs_check (self);
  } else {
    look_in (self,
             MIN (claimed->next_at_us - confabd_jobs_get_now_us (self), LOOK_MS * 1000) / 1000 + 1);
  }
}

static guint
count_free (const ConfabdJobLane *lane)
{
  return lane->policy.n_at_once - MIN (lane->counts.n_running, lane->policy.n_at_once);
}

static void
claim (ConfabdJobs *self)
{
  g_autofree ConfabdJobWish *wishes = g_new0 (ConfabdJobWish, self->lanes->len);
  g_autofree char *lease = confab_id_new ();
  const ConfabdJobClaim claim = {
    .wishes = wishes,
    .n_wishes = self->lanes->len,
    .lease = lease,
    .lease_us = CONFABD_JOBS_LEASE_MS * G_TIME_SPAN_MILLISECOND,
    .now_us = confabd_jobs_get_now_us (self),
  };

  for (guint i = 0; i < self->lanes->len; i++) {
    const ConfabdJobLane *lane = g_ptr_array_index (self->lanes, i);

    wishes[i] = (ConfabdJobWish){ .kind = lane->policy.kind,
                                  .max_attempts = lane->policy.max_attempts,
                                  .n_free = count_free (lane) };
  }
  self->is_claiming = TRUE;
  self->wants_claim = FALSE;
  confabd_store_claim_jobs_async (self->store, &claim, NULL, on_claimed, g_object_ref (self));
}

/**
 * confabd_jobs_check:
 *
 * Looks for jobs that are due, now; by itself it looks when the next one is, and every 30 seconds.
 */
void
confabd_jobs_check (ConfabdJobs *self)
{
  g_return_if_fail (CONFABD_IS_JOBS (self));

  if (!self->is_started || self->is_stopped) {
    return;
  }
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->is_claiming) {
    self->wants_claim = TRUE;
  } else {
    claim (self);
  }
}

/**
 * confabd_jobs_start:
 *
 * Begins with what waits.
 */
void
confabd_jobs_start (ConfabdJobs *self)
{
  g_return_if_fail (CONFABD_IS_JOBS (self));

  self->is_started = TRUE;
  confabd_jobs_check (self);
}

/**
 * confabd_jobs_stop_async:
 *
 * Takes no more jobs, gives up those that run and puts them back. Before the store is closed.
 */
void
confabd_jobs_stop_async (ConfabdJobs *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GList) runs = NULL;

  g_return_if_fail (CONFABD_IS_JOBS (self) && self->stopping == NULL);

  self->is_stopped = TRUE;
  g_clear_handle_id (&self->timer, g_source_remove);
  self->stopping = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->stopping, confabd_jobs_stop_async);
  runs = g_hash_table_get_values (self->runs);
  for (GList *run = runs; run != NULL; run = run->next) {
    confabd_job_run_stop (run->data);
  }
  answer_stop (self);
}

/**
 * confabd_jobs_stop_finish:
 */
void
confabd_jobs_stop_finish (ConfabdJobs *self, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));

  g_task_propagate_boolean (G_TASK (result), NULL);
}
