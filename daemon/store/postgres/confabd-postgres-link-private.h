/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libpq-fe.h>

#include "confab-types.h"

G_BEGIN_DECLS

/**
 * ConfabdPostgresLink:
 *
 * One session with a server: opened, looked after, and asked one thing at a time with a deadline.
 * Used by one thread at a time.
 */
typedef struct _ConfabdPostgresLink ConfabdPostgresLink;

ConfabdPostgresLink *confabd_postgres_link_new (const char *url, const char *name);
void confabd_postgres_link_free (ConfabdPostgresLink *self);
gboolean confabd_postgres_link_ensure (ConfabdPostgresLink *self, gboolean *is_new, GError **error);
void confabd_postgres_link_drop (ConfabdPostgresLink *self);
gboolean confabd_postgres_link_is_in_transaction (ConfabdPostgresLink *self);
gboolean confabd_postgres_link_is_aborted (ConfabdPostgresLink *self);
void confabd_postgres_link_set_deadline (ConfabdPostgresLink *self, gint64 deadline_mono_us);
gint64 confabd_postgres_link_get_deadline (ConfabdPostgresLink *self);
PGconn *confabd_postgres_link_get_handle (ConfabdPostgresLink *self);
PGresult *confabd_postgres_link_take_result (ConfabdPostgresLink *self,
                                             gboolean is_sent,
                                             GError **error);
gboolean confabd_postgres_link_run (ConfabdPostgresLink *self, const char *sql, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdPostgresLink, confabd_postgres_link_free)

G_END_DECLS
