/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "confab-types.h"

G_BEGIN_DECLS

gboolean confabd_sqlite_statement_bind (sqlite3_stmt *statement,
                                        GVariant *parameters,
                                        GError **error);
GVariant *confabd_sqlite_statement_dup_row (sqlite3_stmt *statement,
                                            const GVariantType *row_type,
                                            GError **error);

G_END_DECLS
