/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confabd-database.h"
#include "confabd-postgres-database.h"
#include "confabd-restore-private.h"
#include "confabd-sqlite-database.h"

#define FILE_SCHEME "sqlite://"
#define MEMORY_URL  "sqlite::memory:"

static gboolean
is_of_postgres (const char *url)
{
  return g_str_has_prefix (url, "postgresql://") || g_str_has_prefix (url, "postgres://");
}

/* A path is taken as it is: nothing in it is escaped. */
static const char *
get_path (const char *url, GError **error)
{
  if (g_str_equal (url, MEMORY_URL)) {
    return CONFABD_SQLITE_MEMORY;
  }
  if (g_str_has_prefix (url, FILE_SCHEME "/") && g_utf8_validate (url, -1, NULL)) {
    return url + strlen (FILE_SCHEME);
  }
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
               "“%s” is no database: expected “sqlite:///PATH” or “postgresql://HOST/NAME”", url);
  return NULL;
}

/**
 * confabd_database_open:
 * @url: `sqlite:///ABSOLUTE/PATH`, `sqlite::memory:` or `postgresql://USER:PASSWORD@HOST:PORT/NAME`
 * @use: what for
 * @error: return location for a #GError
 *
 * Opens a database as it is, whatever its schema. A file is made when it is not there, unless to
 * look; a database of a server must exist. Waits.
 *
 * Returns: (transfer full): the database; %NULL with one sentence for an administrator
 */
ConfabdDatabase *
confabd_database_open (const char *url, ConfabdDatabaseUse use, GError **error)
{
  const char *path;

  g_return_val_if_fail (url != NULL, NULL);

  if (is_of_postgres (url)) {
    return confabd_postgres_database_open (url, use, error);
  }
  path = get_path (url, error);
  return path != NULL ? confabd_sqlite_database_open (path, use, error) : NULL;
}

/* “/var/lib/confab/confab.db.before-restore.20260329T013000Z” */
static char *
make_kept_path (const char *name)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%dT%H%M%S.%fZ");

  return g_strdup_printf ("%s.before-restore.%s", name, stamp);
}

/**
 * confabd_database_restore:
 * @url: as confabd_database_open() takes it
 * @path: a backup that confabd_database_backup_sync() made of a database of this kind
 * @kept: (out) (transfer full): where what was there before is now
 * @error: return location for a #GError
 *
 * Puts a backup in the place of a database that nobody uses. What is there is copied first: beside
 * a file, for a server beside the backup. Waits.
 *
 * Returns: whether it was done; if not the database is as it was
 */
gboolean
confabd_database_restore (const char *url, const char *path, char **kept, GError **error)
{
  g_autofree char *kept_path = NULL;
  const char *database_path;
  gboolean is_done;

  g_return_val_if_fail (url != NULL && path != NULL, FALSE);

  if (is_of_postgres (url)) {
    kept_path = make_kept_path (path);
    is_done = confabd_postgres_restore (url, path, kept_path, error);
  } else {
    database_path = get_path (url, error);
    if (database_path == NULL) {
      return FALSE;
    }
    kept_path = make_kept_path (database_path);
    is_done = confabd_sqlite_restore (database_path, path, kept_path, error);
  }
  if (is_done) {
    *kept = g_file_test (kept_path, G_FILE_TEST_EXISTS) ? g_steal_pointer (&kept_path) : NULL;
  }
  return is_done;
}
