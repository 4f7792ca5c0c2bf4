/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "confab-types.h"

G_BEGIN_DECLS

/**
 * ConfabdForeignFile:
 *
 * A file of SQLite that belongs to another program, read only, as it was when it was opened. Used
 * by one thread at a time.
 */
typedef struct _ConfabdForeignFile ConfabdForeignFile;

ConfabdForeignFile *confabd_foreign_file_open (const char *path, GError **error);
void confabd_foreign_file_free (ConfabdForeignFile *self);

sqlite3_stmt *confabd_foreign_file_prepare (ConfabdForeignFile *self, const char *sql);
gboolean confabd_foreign_file_run (ConfabdForeignFile *self, const char *sql);
gint64 confabd_foreign_file_ask (ConfabdForeignFile *self, const char *sql);
gboolean confabd_foreign_file_has_column (ConfabdForeignFile *self,
                                          const char *table,
                                          const char *column);
const char *confabd_foreign_file_get_trouble (ConfabdForeignFile *self);
gboolean confabd_foreign_file_refuse (ConfabdForeignFile *self, const char *why, GError **error);

G_END_DECLS
