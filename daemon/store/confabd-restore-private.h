/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

/* The drivers' parts of confabd_database_restore (). */
gboolean confabd_sqlite_restore (const char *database_path,
                                 const char *path,
                                 const char *kept,
                                 GError **error);
gboolean confabd_postgres_restore (const char *url,
                                   const char *path,
                                   const char *kept,
                                   GError **error);

G_END_DECLS
