/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-job-private.h"

G_BEGIN_DECLS

/* A bounded queue of jobs between the contexts that ask and the threads that do. */
typedef struct _ConfabdJobQueue ConfabdJobQueue;

ConfabdJobQueue *confabd_job_queue_new (guint limit);
void confabd_job_queue_unref (ConfabdJobQueue *self);
gboolean confabd_job_queue_push (ConfabdJobQueue *self, ConfabdJob *job, GError **error);
guint confabd_job_queue_pop (ConfabdJobQueue *self, ConfabdJob **jobs, guint n);
ConfabdJob *confabd_job_queue_pop_asked_by (ConfabdJobQueue *self, gint64 mono_us);
gboolean confabd_job_queue_close (ConfabdJobQueue *self);

G_END_DECLS
