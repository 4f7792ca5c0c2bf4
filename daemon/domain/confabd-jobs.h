/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-job-handler.h"
#include "confabd-store-jobs.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_JOBS (confabd_jobs_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdJobs, confabd_jobs, CONFABD, JOBS, GObject)

/* How jobs of a kind are done. */
typedef struct {
  const char *kind; /* static: "mail", "webhook", "retention" */
  guint n_at_once;
  guint max_attempts;
  guint first_retry_ms; /* twice as long each time, less by up to half by chance */
  guint retry_limit_ms;
  guint deadline_ms; /* of one attempt; shorter than CONFABD_JOBS_LEASE_MS */
} ConfabdJobPolicy;

/* The member of a payload by which a job belongs to the trace of whoever asked for it. */
#define CONFABD_JOBS_TRACEPARENT "traceparent"

#define CONFABD_JOBS_LEASE_MS 180000 /* a job of a daemon that died waits so long */

ConfabdJobs *confabd_jobs_new (ConfabdStore *store, ConfabClock *clock);
void confabd_jobs_set_handler (ConfabdJobs *self,
                               const ConfabdJobPolicy *policy,
                               ConfabdJobHandler *handler);
void confabd_jobs_start (ConfabdJobs *self);
void confabd_jobs_check (ConfabdJobs *self);
void confabd_jobs_stop_async (ConfabdJobs *self, GAsyncReadyCallback callback, gpointer user_data);
void confabd_jobs_stop_finish (ConfabdJobs *self, GAsyncResult *result);

void confabd_jobs_add_async (ConfabdJobs *self,
                             const char *kind,
                             GDateTime *run_at,
                             ConfabMessage *payload,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean confabd_jobs_add_finish (ConfabdJobs *self, GAsyncResult *result, GError **error);

/* For metrics: what this daemon did. */
typedef struct {
  guint64 n_done;
  guint64 n_failed; /* attempts, those included that will be made again */
  guint64 n_dead;
  guint n_running;
} ConfabdJobCounts;

void confabd_jobs_get_counts (ConfabdJobs *self, const char *kind, ConfabdJobCounts *counts);

/* For metrics and /health/ready: what there is in the store. */
void confabd_jobs_look_async (ConfabdJobs *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean confabd_jobs_look_finish (ConfabdJobs *self,
                                   GAsyncResult *result,
                                   ConfabdJobFigures *figures,
                                   GError **error);

G_END_DECLS
