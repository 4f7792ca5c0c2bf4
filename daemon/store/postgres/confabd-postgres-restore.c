/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confabd-postgres-connection.h"
#include "confabd-postgres-dump-private.h"
#include "confabd-restore-private.h"

/* A daemon would go on with what it knows of the old data. */
static gboolean
check_unused (ConfabdConnection *connection, GError **error)
{
  g_autoptr (GVariant) row = NULL;
  gint64 n_sessions = 0;

  if (!confabd_connection_query_one (connection,
                                     "SELECT count(*) FROM pg_stat_activity"
                                     " WHERE datname = current_database ()"
                                     " AND application_name = 'confabd'"
                                     " AND pid <> pg_backend_pid ()",
                                     NULL, "(x)", &row, error)) {
    return FALSE;
  }
  g_variant_get (row, "(x)", &n_sessions);
  if (n_sessions > 0) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT,
                         "The database is in use by a confabd; stop it first");
    return FALSE;
  }
  return TRUE;
}

/**
 * confabd_postgres_restore:
 * @url: of the database
 * @path: a backup
 * @kept: where what is there now is copied to
 * @error: return location for a #GError
 *
 * Refuses while a daemon runs.
 *
 * Returns: whether the backup is in place; if not the database is as it was
 */
gboolean
confabd_postgres_restore (const char *url, const char *path, const char *kept, GError **error)
{
  g_autoptr (ConfabdPostgresConnection) connection =
      confabd_postgres_connection_open (url, "postgresql", error);
  int version;

  if (connection == NULL || !check_unused (CONFABD_CONNECTION (connection), error)) {
    return FALSE;
  }
  version = confabd_postgres_connection_get_version (connection, error);
  return version > 0 && confabd_postgres_dump (url, (guint) version, kept, error) &&
         confabd_postgres_undump (url, (guint) version, path, error);
}
