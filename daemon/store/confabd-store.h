/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-clock.h"
#include "confabd-database.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_STORE (confabd_store_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdStore, confabd_store, CONFABD, STORE, GObject)

#define CONFABD_MIGRATIONS "/app/confab/daemon/migrations"

/**
 * ConfabdSchemaPolicy:
 * @CONFABD_SCHEMA_MIGRATE: bring an older schema up to date, after a backup, as a desktop does
 * @CONFABD_SCHEMA_KEEP: refuse to start on one, as a server does: its administrator decides when
 */
typedef enum { CONFABD_SCHEMA_MIGRATE, CONFABD_SCHEMA_KEEP } ConfabdSchemaPolicy;

ConfabdStore *confabd_store_open (const char *url,
                                  ConfabdSchemaPolicy policy,
                                  ConfabClock *clock,
                                  GError **error);
ConfabdStore *confabd_store_new (ConfabdDatabase *database,
                                 ConfabdSchemaPolicy policy,
                                 ConfabClock *clock,
                                 GError **error);

/* Beside a daemon, which keeps the schema as it is. */
ConfabdStore *confabd_store_attach (ConfabdDatabase *database, ConfabClock *clock, GError **error);

/* The folder of the database; NULL when it has none (":memory:"). */
const char *confabd_store_get_folder (ConfabdStore *self);

/* For /health/ready: does the database answer, and with the schema of this daemon? */
void confabd_store_check_async (ConfabdStore *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean confabd_store_check_finish (ConfabdStore *self,
                                     GAsyncResult *result,
                                     gboolean *schema_is_ours,
                                     GError **error);

/* Waits until all that was asked for is done and on the disk. For the end. */
gboolean confabd_store_close (ConfabdStore *self, GError **error);

G_END_DECLS
