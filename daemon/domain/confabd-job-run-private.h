/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-jobs.h"

G_BEGIN_DECLS

/* A kind of jobs, and who does them. */
typedef struct {
  ConfabdJobPolicy policy;
  ConfabdJobHandler *handler; /* (owned) */
  ConfabdJobCounts counts;
} ConfabdJobLane;

typedef struct _ConfabdJobRun ConfabdJobRun;

/* Said once, when the outcome is in the store, or will never be. */
typedef void (*ConfabdJobRunDone) (ConfabdJobRun *run, gpointer user_data);

ConfabdJobRun *confabd_job_run_new (ConfabdStore *store,
                                    ConfabClock *clock,
                                    ConfabdJobLane *lane,
                                    const ConfabdJobRecord *job,
                                    const char *lease);
void confabd_job_run_unref (ConfabdJobRun *self);
const char *confabd_job_run_get_id (ConfabdJobRun *self);
void confabd_job_run_set_lease (ConfabdJobRun *self, const char *lease);
void confabd_job_run_start (ConfabdJobRun *self, ConfabdJobRunDone done, gpointer user_data);
void confabd_job_run_stop (ConfabdJobRun *self);

G_END_DECLS
