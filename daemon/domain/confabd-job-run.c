/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-jobs"

#include "config.h"

#include <string.h>

#include "confab-backoff.h"
#include "confab-codec.h"
#include "confab-error.h"
#include "confab-redact.h"
#include "confab-time.h"
#include "confabd-job-run-private.h"
#include "confabd-trace.h"

#define MAX_PAYLOAD_BYTES     (64 * 1024)
#define MAX_TRACEPARENT_CHARS 64
#define NOTE_AGAIN_MS         1000

/*
 * One attempt at one job: begun, brought to its end, and that end brought to the store.
 */
struct _ConfabdJobRun {
  gatomicrefcount ref_count;

  ConfabdStore *store;  /* (owned) */
  ConfabClock *clock;   /* (owned) */
  ConfabdJobLane *lane; /* (unowned) lives as long as the queue, which outlives its runs */
  char *id;             /* (owned) */
  char *payload;        /* (owned) */
  ConfabdTrace *trace;  /* (owned) (nullable) once it runs: of whoever asked for it */
  char *lease;          /* (owned) */
  guint attempts;
  GCancellable *cancellable; /* (owned) */
  guint deadline;            /* a source */
  guint again;               /* a source: the store is asked again to note the end */
  gint64 lease_ends_mono_us;
  gboolean is_late;
  gboolean is_stopping;
  ConfabdJobOutcome outcome;
  gint64 run_us; /* of a retry */
  char *why;     /* (owned) (nullable) */
  ConfabdJobRunDone done;
  gpointer user_data;
};

static ConfabdJobRun *
run_ref (ConfabdJobRun *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

ConfabdJobRun *
confabd_job_run_new (ConfabdStore *store,
                     ConfabClock *clock,
                     ConfabdJobLane *lane,
                     const ConfabdJobRecord *job,
                     const char *lease)
{
  ConfabdJobRun *self = g_new0 (ConfabdJobRun, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->store = g_object_ref (store);
  self->clock = g_object_ref (clock);
  self->lane = lane;
  self->id = g_strdup (job->id);
  self->payload = g_strdup (job->payload);
  self->attempts = job->attempts;
  self->cancellable = g_cancellable_new ();
  confabd_job_run_set_lease (self, lease);
  return self;
}

void
confabd_job_run_unref (ConfabdJobRun *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count)) {
    return;
  }
  g_clear_handle_id (&self->deadline, g_source_remove);
  g_clear_handle_id (&self->again, g_source_remove);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->trace, confabd_trace_unref);
  g_free (self->id);
  g_free (self->payload);
  g_free (self->lease);
  g_free (self->why);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdJobRun, confabd_job_run_unref)

const char *
confabd_job_run_get_id (ConfabdJobRun *self)
{
  return self->id;
}

/**
 * confabd_job_run_set_lease:
 *
 * The job is ours by another lease now: a clock that leapt ahead made us take it again while we
 * are at it.
 */
void
confabd_job_run_set_lease (ConfabdJobRun *self, const char *lease)
{
  g_free (self->lease);
  self->lease = g_strdup (lease);
  self->lease_ends_mono_us =
      confab_clock_get_mono_us (self->clock) + CONFABD_JOBS_LEASE_MS * G_TIME_SPAN_MILLISECOND;
}

/* ---- the end, noted ---- */

static void note_end (ConfabdJobRun *self);

static gboolean
on_again (gpointer user_data)
{
  ConfabdJobRun *self = user_data;

  self->again = 0;
  note_end (self);
  return G_SOURCE_REMOVE;
}

/* As long as nobody else may take the job, what became of it is worth noting. */
static gboolean
may_note_again (ConfabdJobRun *self)
{
  return !self->is_stopping && confab_clock_get_mono_us (self->clock) < self->lease_ends_mono_us;
}

static void
on_noted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdJobRun) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!confabd_store_end_job_finish (CONFABD_STORE (object), result, &error)) {
    g_message ("The end of job %s could not be noted: %s", self->id, error->message);
    if (may_note_again (self)) {
      self->again = g_timeout_add (NOTE_AGAIN_MS, on_again, self);
      return;
    }
  }
  self->lane->counts.n_running--;
  self->done (self, self->user_data);
}

static void
note_end (ConfabdJobRun *self)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  const ConfabdJobEnd end = {
    .id = self->id,
    .lease = self->lease,
    .outcome = self->outcome,
    .run_us = self->run_us,
    .error = self->why,
    .now_us = confab_time_to_unix_us (now),
  };

  confabd_store_end_job_async (self->store, &end, NULL, on_noted, run_ref (self));
}

/* ---- the end ---- */

static void
plan_retry (ConfabdJobRun *self)
{
  const ConfabdJobPolicy *policy = &self->lane->policy;
  ConfabBackoff backoff = CONFAB_BACKOFF_INIT (policy->first_retry_ms, policy->retry_limit_ms);
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);

  backoff.attempt = self->attempts - 1;
  self->run_us = confab_time_to_unix_us (now) +
                 confab_backoff_next_ms (&backoff, g_random_double ()) * G_TIME_SPAN_MILLISECOND;
}

static ConfabdJobOutcome
judge (ConfabdJobRun *self, const GError *error)
{
  if (error == NULL) {
    return CONFABD_JOB_DONE;
  }
  if (self->is_stopping && !self->is_late) {
    return CONFABD_JOB_RELEASED;
  }
  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED) ||
      self->attempts >= self->lane->policy.max_attempts) {
    return CONFABD_JOB_DEAD;
  }
  return CONFABD_JOB_RETRY;
}

static void
count_outcome (ConfabdJobRun *self)
{
  ConfabdJobCounts *counts = &self->lane->counts;

  counts->n_done += self->outcome == CONFABD_JOB_DONE;
  counts->n_failed += self->outcome == CONFABD_JOB_RETRY || self->outcome == CONFABD_JOB_DEAD;
  counts->n_dead += self->outcome == CONFABD_JOB_DEAD;
}

static void
report (ConfabdJobRun *self)
{
  if (self->outcome == CONFABD_JOB_DEAD) {
    g_warning ("Job %s (%s) is dead after %u attempts: %s; see “confabctl job list”", self->id,
               self->lane->policy.kind, self->attempts, self->why);
  } else if (self->outcome == CONFABD_JOB_RETRY) {
    g_info ("Job %s (%s) did not work and is tried again: %s", self->id, self->lane->policy.kind,
            self->why);
  }
}

/* (transfer full) error */
static void
end (ConfabdJobRun *self, GError *error)
{
  g_autoptr (GError) owned = error;

  g_clear_handle_id (&self->deadline, g_source_remove);
  self->outcome = judge (self, error);
  if (error != NULL) {
    self->why = confab_redact_text (self->is_late ? "It took too long" : error->message);
  }
  if (self->outcome == CONFABD_JOB_RETRY) {
    plan_retry (self);
  }
  count_outcome (self);
  report (self);
  note_end (self);
}

static void
on_handled (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdJobRun) self = user_data;
  ConfabdTrace *previous = confabd_trace_enter (self->trace);
  GError *error = NULL;

  confabd_job_handler_run_finish (CONFABD_JOB_HANDLER (object), result, &error);
  end (self, error);
  confabd_trace_leave (previous);
}

static gboolean
on_deadline (gpointer user_data)
{
  ConfabdJobRun *self = user_data;

  self->deadline = 0;
  self->is_late = TRUE;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static void
take_trace (ConfabdJobRun *self, ConfabMessage *payload)
{
  const char *traceparent = NULL;

  confab_message_get_string (payload, CONFABD_JOBS_TRACEPARENT, CONFAB_FIELD_OPTIONAL,
                             MAX_TRACEPARENT_CHARS, &traceparent, NULL);
  self->trace = confabd_trace_new (self->id, traceparent);
}

static void
run_handler (ConfabdJobRun *self, ConfabMessage *payload)
{
  ConfabdTrace *previous = confabd_trace_enter (self->trace);

  confabd_job_handler_run_async (self->lane->handler, self->id, payload, self->cancellable,
                                 on_handled, run_ref (self));
  confabd_trace_leave (previous);
}

/**
 * confabd_job_run_start:
 * @done: called once, when nothing more happens
 *
 * Does the job.
 */
void
confabd_job_run_start (ConfabdJobRun *self, ConfabdJobRunDone done, gpointer user_data)
{
  g_autoptr (GBytes) bytes = g_bytes_new (self->payload, strlen (self->payload));
  g_autoptr (ConfabMessage) payload = NULL;
  GError *error = NULL;

  self->lane->counts.n_running++;
  self->done = done;
  self->user_data = user_data;
  payload = confab_codec_decode_body (bytes, MAX_PAYLOAD_BYTES, &error);
  if (payload == NULL) {
    g_clear_error (&error);
    end (self, g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                                    "The database holds an unusable job"));
    return;
  }
  self->deadline = g_timeout_add (self->lane->policy.deadline_ms, on_deadline, self);
  take_trace (self, payload);
  run_handler (self, payload);
}

/**
 * confabd_job_run_stop:
 *
 * Gives the job up; it is for whoever comes next, as if it had not been tried.
 */
void
confabd_job_run_stop (ConfabdJobRun *self)
{
  self->is_stopping = TRUE;
  g_cancellable_cancel (self->cancellable);
  if (self->again != 0) {
    g_clear_handle_id (&self->again, g_source_remove);
    note_end (self);
  }
}
