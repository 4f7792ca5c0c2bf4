/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-database.h"
#include "confabd-trace.h"

G_BEGIN_DECLS

typedef enum {
  CONFABD_JOB_WORK,  /* inside a transaction, which it may share with others */
  CONFABD_JOB_ALONE, /* outside of any transaction */
} ConfabdJobKind;

/**
 * ConfabdJob:
 *
 * A piece of work on its way: made where it is asked for, done on a thread of the database, and
 * answered and freed where it was asked for. Only one of the two sides has it at a time; the flag
 * and the deadline are what both may look at.
 */
typedef struct {
  ConfabdJobKind kind;
  ConfabdWork work;          /* (owned) its data */
  GTask *task;               /* (owned) (nullable) NULL once answered; not for the thread */
  GCancellable *cancellable; /* (owned) (nullable) */
  GMainContext *context;     /* (owned) where to answer */
  ConfabdTrace *trace;       /* (owned) (nullable) on whose behalf */
  GSource *timeout;          /* (owned) (nullable) not for the thread */
  gint64 asked_at_mono_us;
  gint64 deadline_mono_us;
  gboolean has_run;
  gint is_abandoned; /* (atomic) nobody waits for the answer any more */

  gpointer result; /* (owned) (nullable) by work.free_result */
  GError *error;   /* (owned) (nullable) */
} ConfabdJob;

ConfabdJob *confabd_job_new (ConfabdJobKind kind,
                             const ConfabdWork *work,
                             GTask *task,
                             guint deadline_ms);
gboolean confabd_job_is_wanted (ConfabdJob *self);
void confabd_job_run (ConfabdJob *self, ConfabdConnection *connection);
void confabd_job_fail (ConfabdJob *self, const GError *error);
void confabd_job_deliver (ConfabdJob *self);
void confabd_job_free (ConfabdJob *self);

G_END_DECLS
