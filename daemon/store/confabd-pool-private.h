/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-database.h"
#include "confabd-job-private.h"

G_BEGIN_DECLS

/**
 * ConfabdPool:
 *
 * The connections of one database, each with a thread of its own: one that writes and some that
 * read, fed by two bounded queues.
 */
typedef struct _ConfabdPool ConfabdPool;

ConfabdPool *confabd_pool_new (ConfabdConnection *writer, GPtrArray *readers);
void confabd_pool_free (ConfabdPool *self);
void confabd_pool_set_deadline_ms (ConfabdPool *self, guint deadline_ms);
void confabd_pool_write (ConfabdPool *self, const ConfabdWork *work, GTask *task);
void confabd_pool_read (ConfabdPool *self, const ConfabdWork *work, GTask *task);
void confabd_pool_do_alone (ConfabdPool *self, const ConfabdWork *work, GTask *task);
void confabd_pool_close (ConfabdPool *self, GTask *task);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdPool, confabd_pool_free)

G_END_DECLS
