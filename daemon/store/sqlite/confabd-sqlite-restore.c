/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "confab-compat-private.h"
#include "confab-error.h"
#include "confabd-preflight-private.h"
#include "confabd-restore-private.h"
#include "confabd-sqlite-database.h"
#include "confabd-sqlite-file-private.h"

#define LOCK_WAIT_MS 3000

/* Copies a database, with what is still in its log, after a look whether it is whole. */
static gboolean
copy_whole (const char *from, const char *to, GError **error)
{
  g_autoptr (ConfabdDatabase) database =
      confabd_sqlite_database_open (from, CONFABD_DATABASE_LOOK, error);

  if (database == NULL) {
    return FALSE;
  }
  confabd_database_set_deadline_ms (database, 0);
  return confabd_preflight_check_integrity (database, error) &&
         confabd_database_backup_sync (database, to, error);
}

static gboolean
sync_file (const char *path, GError **error)
{
  confab_autofd int descriptor = g_open (path, O_RDONLY | O_CLOEXEC, 0);

  if (descriptor < 0 || fsync (descriptor) < 0) {
    int reason = errno;

    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "“%s” cannot be written: %s", path,
                 g_strerror (reason));
    return FALSE;
  }
  return TRUE;
}

/* The log belongs to the old file; opening and closing that has emptied it. */
static gboolean
put_in_place (const char *draft, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autofree char *index = g_strconcat (path, "-shm", NULL);

  if (!sync_file (draft, error)) {
    return FALSE;
  }
  g_unlink (log);
  g_unlink (index);
  if (g_rename (draft, path) < 0) {
    int reason = errno;

    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "“%s” cannot be put in place: %s", path,
                 g_strerror (reason));
    return FALSE;
  }
  return sync_file (folder, error);
}

/* What is there may be damaged: that is why one restores. Then its bytes are kept as they are. */
static gboolean
keep_current (const char *path, const char *kept, GError **error)
{
  g_autoptr (GFile) from = g_file_new_for_path (path);
  g_autoptr (GFile) to = g_file_new_for_path (kept);
  g_autoptr (GError) local_error = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS) || copy_whole (path, kept, &local_error)) {
    return TRUE;
  }
  g_message ("The database cannot be copied in order: %s", local_error->message);
  return g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, error);
}

/**
 * confabd_sqlite_restore:
 * @database_path: the database, there or not
 * @path: a backup
 * @kept: where what is there now is copied to
 * @error: return location for a #GError
 *
 * Refuses while a daemon runs. Whatever happens in between, there is a whole database at
 * @database_path: the old one or the new.
 *
 * Returns: whether the backup is in place
 */
gboolean
confabd_sqlite_restore (const char *database_path,
                        const char *path,
                        const char *kept,
                        GError **error)
{
  g_autofree char *draft = g_strconcat (database_path, ".restoring", NULL);
  confab_autofd int lock = -1;

  if (!confabd_sqlite_file_check (path, error)) {
    return FALSE;
  }
  lock = confabd_sqlite_file_lock (database_path, LOCK_WAIT_MS, error);
  if (lock < 0) {
    return FALSE;
  }
  g_unlink (draft);
  if (!copy_whole (path, draft, error) || !keep_current (database_path, kept, error) ||
      !put_in_place (draft, database_path, error)) {
    g_unlink (draft);
    return FALSE;
  }
  return TRUE;
}
