/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-database.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_POSTGRES_DATABASE (confabd_postgres_database_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabdPostgresDatabase, confabd_postgres_database, CONFABD, POSTGRES_DATABASE, GObject)

ConfabdDatabase *confabd_postgres_database_open (const char *url,
                                                 ConfabdDatabaseUse use,
                                                 GError **error);

G_END_DECLS
