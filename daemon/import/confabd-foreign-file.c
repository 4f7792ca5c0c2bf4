/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-import"

#include "config.h"

#include "confab-error.h"
#include "confabd-foreign-file-private.h"

#define BUSY_TIMEOUT_MS 10000
#define MAX_CELL_BYTES  (1024 * 1024) /* of a name, a title, a link: more is no such thing */

struct _ConfabdForeignFile {
  char *path;      /* (owned) */
  sqlite3 *handle; /* (owned) */
};

/**
 * confabd_foreign_file_refuse:
 * @why: what is wrong with it
 *
 * Sets %CONFAB_ERROR_FAILED.
 *
 * Returns: %FALSE
 */
gboolean
confabd_foreign_file_refuse (ConfabdForeignFile *self, const char *why, GError **error)
{
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "The file “%s” cannot be imported: %s",
               self->path, why);
  return FALSE;
}

/**
 * confabd_foreign_file_prepare:
 *
 * Returns: (transfer full) (nullable): the statement, for sqlite3_finalize()
 */
sqlite3_stmt *
confabd_foreign_file_prepare (ConfabdForeignFile *self, const char *sql)
{
  sqlite3_stmt *statement = NULL;

  sqlite3_prepare_v2 (self->handle, sql, -1, &statement, NULL);
  return statement;
}

/**
 * confabd_foreign_file_ask:
 *
 * Returns: the number that a query gives, or a negative one when it fails
 */
gint64
confabd_foreign_file_ask (ConfabdForeignFile *self, const char *sql)
{
  sqlite3_stmt *statement = confabd_foreign_file_prepare (self, sql);
  gint64 answer = -1;

  if (statement != NULL && sqlite3_step (statement) == SQLITE_ROW) {
    answer = sqlite3_column_int64 (statement, 0);
  }
  sqlite3_finalize (statement);
  return answer;
}

/* A name of SQLite's for it: everything else in a path is to be taken as it is. */
static char *
make_uri (const char *path, gboolean is_immutable)
{
  g_autofree char *escaped = g_uri_escape_string (path, "/", TRUE);

  return g_strconcat ("file:", escaped, "?mode=ro", is_immutable ? "&immutable=1" : NULL, NULL);
}

static gboolean
try_open (ConfabdForeignFile *self, gboolean is_immutable)
{
  g_autofree char *uri = make_uri (self->path, is_immutable);

  g_clear_pointer (&self->handle, sqlite3_close);
  if (sqlite3_open_v2 (uri, &self->handle,
                       SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
                       NULL) != SQLITE_OK) {
    return FALSE;
  }
  sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS);
  sqlite3_limit (self->handle, SQLITE_LIMIT_LENGTH, MAX_CELL_BYTES);
  /* Views and triggers of a foreign file run nothing, and big sorts go to a file. */
  return sqlite3_exec (self->handle,
                       "PRAGMA trusted_schema=OFF; PRAGMA temp_store=FILE;"
                       "BEGIN; SELECT count(*) FROM sqlite_master;",
                       NULL, NULL, NULL) == SQLITE_OK;
}

/* A file with a write-ahead log wants to make an index of it beside itself. Where nobody may write
 * and there is no log, the file is all there is. */
static gboolean
open_file (ConfabdForeignFile *self, GError **error)
{
  g_autofree char *log = g_strconcat (self->path, "-wal", NULL);

  if (!g_file_test (self->path, G_FILE_TEST_IS_REGULAR)) {
    return confabd_foreign_file_refuse (self, "there is no such file", error);
  }
  if (try_open (self, FALSE)) {
    return TRUE;
  }
  if (sqlite3_errcode (self->handle) == SQLITE_CANTOPEN && !g_file_test (log, G_FILE_TEST_EXISTS) &&
      try_open (self, TRUE)) {
    return TRUE;
  }
  return confabd_foreign_file_refuse (self, sqlite3_errmsg (self->handle), error);
}

/**
 * confabd_foreign_file_has_column:
 *
 * Returns: whether @table is there and has @column
 */
gboolean
confabd_foreign_file_has_column (ConfabdForeignFile *self, const char *table, const char *column)
{
  sqlite3_stmt *statement = confabd_foreign_file_prepare (
      self, "SELECT count(*) FROM pragma_table_xinfo (?1) WHERE lower(name) = ?2");
  gboolean is_there = FALSE;

  if (statement != NULL) {
    sqlite3_bind_text (statement, 1, table, -1, SQLITE_STATIC);
    sqlite3_bind_text (statement, 2, column, -1, SQLITE_STATIC);
    is_there = sqlite3_step (statement) == SQLITE_ROW && sqlite3_column_int64 (statement, 0) > 0;
  }
  sqlite3_finalize (statement);
  return is_there;
}

/**
 * confabd_foreign_file_run:
 *
 * Returns: whether all statements of @sql ran
 */
gboolean
confabd_foreign_file_run (ConfabdForeignFile *self, const char *sql)
{
  return sqlite3_exec (self->handle, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/**
 * confabd_foreign_file_get_trouble:
 *
 * Returns: what SQLite says of the last failure
 */
const char *
confabd_foreign_file_get_trouble (ConfabdForeignFile *self)
{
  return sqlite3_errmsg (self->handle);
}

/**
 * confabd_foreign_file_free:
 * @self: (transfer full): a file
 */
void
confabd_foreign_file_free (ConfabdForeignFile *self)
{
  sqlite3_close (self->handle);
  g_free (self->path);
  g_free (self);
}

/**
 * confabd_foreign_file_open:
 * @path: a file
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_FAILED for what is not there, not readable, no database of SQLite, and
 * one whose first page is damaged.
 *
 * Returns: (transfer full): the file, as it is now until it is freed
 */
ConfabdForeignFile *
confabd_foreign_file_open (const char *path, GError **error)
{
  ConfabdForeignFile *self = g_new0 (ConfabdForeignFile, 1);

  self->path = g_canonicalize_filename (path, NULL);
  if (!open_file (self, error)) {
    g_clear_pointer (&self, confabd_foreign_file_free);
  }
  return self;
}
