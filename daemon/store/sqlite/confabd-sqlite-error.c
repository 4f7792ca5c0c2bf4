/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include <errno.h>

#include "confab-error.h"
#include "confabd-sqlite-error-private.h"

/* sqlite3_system_errno() is that of whatever was called last, mostly of the rollback; each file
 * remembers why it could not be written. */
static int
get_write_errno (sqlite3 *handle, int file_of)
{
  sqlite3_file *file = NULL;
  int reason = 0;

  if (sqlite3_file_control (handle, "main", file_of, &file) == SQLITE_OK && file != NULL &&
      file->pMethods != NULL) {
    file->pMethods->xFileControl (file, SQLITE_FCNTL_LAST_ERRNO, &reason);
  }
  return reason;
}

static gboolean
has_no_room (sqlite3 *handle, int file_of)
{
  int reason = get_write_errno (handle, file_of);

  return reason == ENOSPC || reason == EDQUOT || reason == EFBIG;
}

/* SQLite knows a full file system when it sees one; quotas and limits of the file's size arrive as
 * writes that failed. */
static gboolean
is_out_of_space (sqlite3 *handle, int rc)
{
  if ((rc & 0xff) == SQLITE_FULL) {
    return TRUE;
  }
  return rc == SQLITE_IOERR_WRITE && handle != NULL &&
         (has_no_room (handle, SQLITE_FCNTL_JOURNAL_POINTER) ||
          has_no_room (handle, SQLITE_FCNTL_FILE_POINTER));
}

static void
set_open_error (GError **error, sqlite3 *handle, const char *name)
{
  int reason = handle != NULL ? sqlite3_system_errno (handle) : 0;

  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "The database “%s” cannot be opened: %s",
               name, reason != 0 ? g_strerror (reason) : "the file is not there or not readable");
}

/**
 * confabd_sqlite_set_error:
 * @error: return location for a #GError
 * @handle: (nullable): the connection on which it happened
 * @rc: the extended result code
 * @name: the path of the database, for the sentence
 *
 * Turns a result of SQLite into an error of ours, with one clear sentence.
 */
void
confabd_sqlite_set_error (GError **error, sqlite3 *handle, int rc, const char *name)
{
  const char *text = handle != NULL ? sqlite3_errmsg (handle) : sqlite3_errstr (rc);

  if (is_out_of_space (handle, rc)) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_NO_SPACE,
                 "The disk with the database “%s” is full; nothing was changed", name);
    return;
  }

  switch (rc & 0xff) {
  case SQLITE_NOTADB:
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "The file “%s” is not a database", name);
    break;
  case SQLITE_CANTOPEN:
    set_open_error (error, handle, name);
    break;
  case SQLITE_READONLY:
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "The database “%s” is not writable",
                 name);
    break;
  case SQLITE_INTERRUPT:
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT, "The database “%s” took too long",
                 name);
    break;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT,
                 "The database “%s” is held by another program", name);
    break;
  case SQLITE_IOERR:
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                 "The disk with the database “%s” failed; nothing was changed", name);
    break;
  case SQLITE_CONSTRAINT:
    /* Which constraint is for the log: strangers are told of conflicts in full. */
    g_info ("The database “%s” refused: %s", name, text);
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT,
                         "That does not go with what is kept already");
    break;
  default:
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "The database “%s” failed: %s", name,
                 text);
    break;
  }
}
