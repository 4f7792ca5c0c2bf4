/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confabd-database.h"
#include "confabd-postgres-database.h"
#include "confabd-sqlite-database.h"

#define FILE_SCHEME "sqlite://"
#define MEMORY_URL  "sqlite::memory:"

static gboolean
is_of_postgres (const char *url)
{
  return g_str_has_prefix (url, "postgresql://") || g_str_has_prefix (url, "postgres://");
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
  g_return_val_if_fail (url != NULL, NULL);

  if (g_str_equal (url, MEMORY_URL)) {
    return confabd_sqlite_database_open (CONFABD_SQLITE_MEMORY, use, error);
  }
  if (g_str_has_prefix (url, FILE_SCHEME "/") && g_utf8_validate (url, -1, NULL)) {
    /* as it is: nothing in it is escaped */
    return confabd_sqlite_database_open (url + strlen (FILE_SCHEME), use, error);
  }
  if (is_of_postgres (url)) {
    return confabd_postgres_database_open (url, error);
  }
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
               "“%s” is no database: expected “sqlite:///PATH” or “postgresql://HOST/NAME”", url);
  return NULL;
}
