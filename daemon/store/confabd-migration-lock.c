/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confabd-migration-lock-private.h"

/* Who opened a file to change it has it alone already. The lock on a server belongs to the session
 * of the writer, and goes with it. */

#define TRY_LOCK "SELECT pg_try_advisory_lock (1835625318)"
#define UNLOCK   "SELECT pg_advisory_unlock (1835625318)"

#define WAIT_US (120 * G_TIME_SPAN_SECOND)
#define STEP_US (100 * G_TIME_SPAN_MILLISECOND)

static gpointer
run_question (ConfabdConnection *connection, gpointer data, GError **error)
{
  g_autoptr (GVariant) row = NULL;
  gboolean answer = FALSE;

  if (confabd_connection_query_one (connection, data, NULL, "(b)", &row, error)) {
    g_variant_get (row, "(b)", &answer);
  }
  return GINT_TO_POINTER (answer);
}

static gboolean
needs_lock (ConfabdDatabase *database)
{
  return g_str_equal (confabd_database_get_dialect (database), "postgres");
}

/**
 * confabd_migration_lock:
 * @database: a database of which nothing of this process waits for a write
 * @error: return location for a #GError
 *
 * Waits until nobody else migrates the database, up to 2 minutes.
 *
 * Returns: whether it is ours to migrate
 */
gboolean
confabd_migration_lock (ConfabdDatabase *database, GError **error)
{
  const ConfabdWork work = { run_question, (gpointer) TRY_LOCK, NULL, NULL };
  gint64 deadline_us = g_get_monotonic_time () + WAIT_US;
  GError *local_error = NULL;

  while (needs_lock (database) &&
         confabd_database_write_sync (database, &work, &local_error) == NULL) {
    if (local_error != NULL) {
      g_propagate_error (error, local_error);
      return FALSE;
    }
    if (g_get_monotonic_time () > deadline_us) {
      g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT,
                   "Somebody else has been migrating the database “%s” for long",
                   confabd_database_get_name (database));
      return FALSE;
    }
    g_usleep (STEP_US);
  }
  return TRUE;
}

/**
 * confabd_migration_unlock:
 *
 * Lets the next one have it.
 */
void
confabd_migration_unlock (ConfabdDatabase *database)
{
  const ConfabdWork work = { run_question, (gpointer) UNLOCK, NULL, NULL };
  g_autoptr (GError) error = NULL;

  if (!needs_lock (database)) {
    return;
  }
  confabd_database_write_sync (database, &work, &error);
  if (error != NULL) {
    g_debug ("The lock is gone with its session: %s", error->message);
  }
}
