/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-sqlite-job-private.h"

G_BEGIN_DECLS

/* A bounded queue of jobs between the contexts that ask and the threads that do. */
typedef struct _ConfabdSqliteQueue ConfabdSqliteQueue;

ConfabdSqliteQueue *confabd_sqlite_queue_new (guint limit);
void confabd_sqlite_queue_free (ConfabdSqliteQueue *self);
gboolean confabd_sqlite_queue_push (ConfabdSqliteQueue *self,
                                    ConfabdSqliteJob *job,
                                    GError **error);
guint confabd_sqlite_queue_pop (ConfabdSqliteQueue *self, ConfabdSqliteJob **jobs, guint n);
gboolean confabd_sqlite_queue_close (ConfabdSqliteQueue *self);

G_END_DECLS
