/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-connection.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_SQLITE_CONNECTION (confabd_sqlite_connection_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabdSqliteConnection, confabd_sqlite_connection, CONFABD, SQLITE_CONNECTION, GObject)

ConfabdSqliteConnection *confabd_sqlite_connection_open (const char *path,
                                                         ConfabdTransaction kind,
                                                         GError **error);
gboolean confabd_sqlite_connection_backup (ConfabdSqliteConnection *self,
                                           const char *path,
                                           GError **error);

G_END_DECLS
