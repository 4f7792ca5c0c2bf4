/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-database.h"

G_BEGIN_DECLS

typedef enum {
  CONFABD_SQLITE_JOB_WORK,  /* inside a transaction, which it may share with others */
  CONFABD_SQLITE_JOB_ALONE, /* outside of any transaction */
} ConfabdSqliteJobKind;

/**
 * ConfabdSqliteJob:
 *
 * A piece of work on its way: made where it is asked for, done on a thread of the database, and
 * answered and freed where it was asked for. Only one of the two sides has it at a time; the flag
 * and the deadline are what both may look at.
 */
typedef struct {
  ConfabdSqliteJobKind kind;
  ConfabdWork work;          /* (owned) its data */
  GTask *task;               /* (owned) (nullable) NULL once answered; not for the thread */
  GCancellable *cancellable; /* (owned) (nullable) */
  GMainContext *context;     /* (owned) where to answer */
  GSource *timeout;          /* (owned) (nullable) not for the thread */
  gint64 deadline_mono_us;
  gint is_abandoned; /* (atomic) nobody waits for the answer any more */

  gpointer result; /* (owned) (nullable) by work.free_result */
  GError *error;   /* (owned) (nullable) */
} ConfabdSqliteJob;

ConfabdSqliteJob *confabd_sqlite_job_new (ConfabdSqliteJobKind kind,
                                          const ConfabdWork *work,
                                          GTask *task,
                                          guint deadline_ms);
gboolean confabd_sqlite_job_is_wanted (ConfabdSqliteJob *self);
void confabd_sqlite_job_run (ConfabdSqliteJob *self, ConfabdConnection *connection);
void confabd_sqlite_job_fail (ConfabdSqliteJob *self, const GError *error);
void confabd_sqlite_job_answer (ConfabdSqliteJob *self);

G_END_DECLS
