/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-job-run-private.h"
#include "confabd-jobs.h"

G_BEGIN_DECLS

/* The files confabd-jobs*.c share these. */

struct _ConfabdJobs {
  GObject parent_instance;

  ConfabdStore *store; /* (owned) (nullable) until dispose */
  ConfabClock *clock;  /* (owned) */
  GPtrArray *lanes;    /* (element-type ConfabdJobLane) (owned) */
  GHashTable *runs;    /* (element-type utf8 ConfabdJobRun) (owned) by the id of the job */
  GTask *stopping;     /* (owned) (nullable) */
  guint timer;
  gboolean is_started;
  gboolean is_claiming;
  gboolean wants_claim; /* something changed meanwhile */
  gboolean is_stopped;
};

ConfabdJobLane *confabd_jobs_find_lane (ConfabdJobs *self, const char *kind);
gint64 confabd_jobs_get_now_us (ConfabdJobs *self);

G_END_DECLS
