/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-database.h"

G_BEGIN_DECLS

#define CONFABD_SQLITE_MEMORY ":memory:"

#define CONFABD_TYPE_SQLITE_DATABASE (confabd_sqlite_database_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabdSqliteDatabase, confabd_sqlite_database, CONFABD, SQLITE_DATABASE, GObject)

ConfabdDatabase *confabd_sqlite_database_open (const char *path,
                                               ConfabdDatabaseUse use,
                                               GError **error);

G_END_DECLS
