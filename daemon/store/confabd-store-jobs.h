/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-store.h"

G_BEGIN_DECLS

/* A job as it is kept. */
typedef struct {
  char *id;      /* (owned) */
  char *kind;    /* (owned) "mail" */
  char *state;   /* (owned) "waiting", "running", "done", "dead" */
  char *payload; /* (owned) what its kind understands; nothing any more when it is done */
  gint64 created_us;
  gint64 run_us;    /* not before */
  guint attempts;   /* with the one that runs */
  char *last_error; /* (owned) (nullable) a sentence */
} ConfabdJobRecord;

void confabd_job_record_free (ConfabdJobRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdJobRecord, confabd_job_record_free)

void confabd_store_add_job_async (ConfabdStore *self,
                                  const ConfabdJobRecord *job,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean confabd_store_add_job_finish (ConfabdStore *self, GAsyncResult *result, GError **error);

/* ---- for those who do them ---- */

typedef struct {
  const char *kind;   /* static */
  guint max_attempts; /* after so many a job is dead */
  guint n_free;       /* how many of this kind may be taken now */
} ConfabdJobWish;

typedef struct {
  const ConfabdJobWish *wishes; /* (array length=n_wishes) copied */
  guint n_wishes;
  const char *lease; /* who takes them; a new one for each time that jobs are taken */
  gint64 lease_us;   /* for so long they are nobody else's */
  gint64 now_us;
} ConfabdJobClaim;

typedef struct {
  char *lease;       /* (owned) of the claim */
  GPtrArray *jobs;   /* (element-type ConfabdJobRecord) (owned) running from now on */
  gint64 next_at_us; /* when there will be more; G_MAXINT64: nothing waits */
} ConfabdClaimedJobs;

void confabd_claimed_jobs_free (ConfabdClaimedJobs *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdClaimedJobs, confabd_claimed_jobs_free)

void confabd_store_claim_jobs_async (ConfabdStore *self,
                                     const ConfabdJobClaim *claim,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
ConfabdClaimedJobs *confabd_store_claim_jobs_finish (ConfabdStore *self,
                                                     GAsyncResult *result,
                                                     GError **error);

typedef enum {
  CONFABD_JOB_DONE,
  CONFABD_JOB_RETRY,    /* at run_us */
  CONFABD_JOB_DEAD,     /* until an administrator looks at it */
  CONFABD_JOB_RELEASED, /* was not tried to the end: as if it had not been taken */
} ConfabdJobOutcome;

typedef struct {
  const char *id;
  const char *lease; /* of the claim; a job that is somebody else's by now is left alone */
  ConfabdJobOutcome outcome;
  gint64 run_us;     /* of a retry */
  const char *error; /* (nullable) why */
  gint64 now_us;
} ConfabdJobEnd;

void confabd_store_end_job_async (ConfabdStore *self,
                                  const ConfabdJobEnd *end,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean confabd_store_end_job_finish (ConfabdStore *self, GAsyncResult *result, GError **error);

/* ---- for those who watch over them ---- */

typedef struct {
  guint n_waiting;
  guint n_running;
  guint n_dead;
  gint64 overdue_us; /* for how long the first of those that wait has been due; 0: none is */
} ConfabdJobFigures;

void confabd_store_count_jobs_async (ConfabdStore *self,
                                     gint64 now_us,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean confabd_store_count_jobs_finish (ConfabdStore *self,
                                          GAsyncResult *result,
                                          ConfabdJobFigures *figures,
                                          GError **error);

/* These wait: for confabctl and tests. */
GPtrArray *confabd_store_list_jobs_sync (ConfabdDatabase *database,
                                         const char *state,
                                         guint limit,
                                         GError **error);
gboolean confabd_store_retry_jobs_sync (ConfabdDatabase *database,
                                        const char *id,
                                        const char *actor,
                                        gint64 now_us,
                                        guint *n_retried,
                                        GError **error);

G_END_DECLS
