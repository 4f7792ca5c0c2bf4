/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confabd-migration-ledger-private.h"

/* The table in which a database remembers which migrations it has, and what they said. */

struct _ConfabdMigrationDialect {
  const char *name;
  const char *moment; /* the type of one */
  const char *find;   /* counts the tables of that name */
};

static const ConfabdMigrationDialect dialects[] = {
  { "sqlite", "INTEGER", "SELECT count(*) FROM sqlite_master WHERE name = $1" },
  { "postgres", "TIMESTAMPTZ",
    "SELECT count(*) FROM pg_tables"
    " WHERE schemaname = current_schema () AND CAST (tablename AS TEXT) = $1" },
};

/**
 * confabd_migration_ledger_get_dialect:
 *
 * Returns: how the ledger is kept in @database
 */
const ConfabdMigrationDialect *
confabd_migration_ledger_get_dialect (ConfabdDatabase *database)
{
  const char *name = confabd_database_get_dialect (database);

  for (guint i = 0; i < G_N_ELEMENTS (dialects); i++) {
    if (g_str_equal (dialects[i].name, name)) {
      return &dialects[i];
    }
  }
  g_assert_not_reached ();
}

static void
note_free (ConfabdMigrationNote *self)
{
  g_free (self->name);
  g_free (self->checksum);
  g_free (self);
}

/**
 * confabd_migration_ledger_find_table:
 * @is_there: (out): whether the database has a table @name
 *
 * A database that never had a migration has no ledger, one of an older schema not every table.
 *
 * Returns: whether the database answered
 */
gboolean
confabd_migration_ledger_find_table (ConfabdConnection *connection,
                                     const ConfabdMigrationDialect *dialect,
                                     const char *name,
                                     gboolean *is_there,
                                     GError **error)
{
  g_autoptr (GVariant) row = NULL;
  gint64 n_tables = 0;

  if (!confabd_connection_query_one (connection, dialect->find, g_variant_new ("(s)", name), "(x)",
                                     &row, error)) {
    return FALSE;
  }
  g_variant_get (row, "(x)", &n_tables);
  *is_there = n_tables > 0;
  return TRUE;
}

/**
 * confabd_migration_ledger_list:
 *
 * Changes nothing, so that one may look while a daemon is at it.
 *
 * Returns: (transfer full) (element-type ConfabdMigrationNote): what the database has, the oldest
 *   first
 */
GPtrArray *
confabd_migration_ledger_list (ConfabdConnection *connection,
                               const ConfabdMigrationDialect *dialect,
                               GError **error)
{
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func ((GDestroyNotify) note_free);
  g_autoptr (GPtrArray) rows = NULL;
  gboolean is_there = FALSE;

  if (!confabd_migration_ledger_find_table (connection, dialect, "schema_migrations", &is_there,
                                            error)) {
    return NULL;
  }
  if (!is_there) {
    return g_steal_pointer (&notes);
  }
  rows = confabd_connection_query (connection,
                                   "SELECT number, name, checksum, applied_at"
                                   " FROM schema_migrations ORDER BY number",
                                   NULL, "(ussx)", error);
  if (rows == NULL) {
    return NULL;
  }
  for (guint i = 0; i < rows->len; i++) {
    ConfabdMigrationNote *note = g_new0 (ConfabdMigrationNote, 1);

    g_variant_get (g_ptr_array_index (rows, i), "(ussx)", &note->number, &note->name,
                   &note->checksum, &note->applied_us);
    g_ptr_array_add (notes, note);
  }
  return g_steal_pointer (&notes);
}

/**
 * confabd_migration_ledger_prepare:
 *
 * Returns: whether there is a ledger now
 */
gboolean
confabd_migration_ledger_prepare (ConfabdConnection *connection,
                                  const ConfabdMigrationDialect *dialect,
                                  GError **error)
{
  g_autofree char *sql = g_strdup_printf ("CREATE TABLE IF NOT EXISTS schema_migrations ("
                                          "  number     INTEGER PRIMARY KEY NOT NULL,"
                                          "  name       TEXT NOT NULL,"
                                          "  checksum   TEXT NOT NULL,"
                                          "  applied_at %s NOT NULL)",
                                          dialect->moment);

  return confabd_connection_run_script (connection, sql, error);
}

/**
 * confabd_migration_ledger_add:
 *
 * Returns: whether it is noted that the database has @migration
 */
gboolean
confabd_migration_ledger_add (ConfabdConnection *connection,
                              const ConfabdMigration *migration,
                              gint64 now_us,
                              GError **error)
{
  return confabd_connection_execute (
      connection,
      "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
      g_variant_new ("(ussx)", migration->number, migration->name, migration->checksum, now_us),
      NULL, error);
}

/**
 * confabd_migration_ledger_remove:
 *
 * Returns: whether it is noted that the database does not have it any more
 */
gboolean
confabd_migration_ledger_remove (ConfabdConnection *connection, guint number, GError **error)
{
  return confabd_connection_execute (connection, "DELETE FROM schema_migrations WHERE number = $1",
                                     g_variant_new ("(u)", number), NULL, error);
}

/**
 * confabd_migration_ledger_get_last:
 * @notes: (element-type ConfabdMigrationNote): of confabd_migration_ledger_list()
 *
 * Returns: the number of the newest; 0 when there is none
 */
guint
confabd_migration_ledger_get_last (GPtrArray *notes)
{
  const ConfabdMigrationNote *last =
      notes->len > 0 ? g_ptr_array_index (notes, notes->len - 1) : NULL;

  return last != NULL ? last->number : 0;
}

/**
 * confabd_migration_ledger_check:
 * @notes: (element-type ConfabdMigrationNote): what the database has
 * @known: (element-type ConfabdMigration): what this daemon knows
 * @database_name: for the sentence
 *
 * Returns: whether @notes are a beginning of @known, word for word
 */
gboolean
confabd_migration_ledger_check (GPtrArray *notes,
                                GPtrArray *known,
                                const char *database_name,
                                GError **error)
{
  guint last = confabd_migration_ledger_get_last (notes);

  if (last > known->len) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                 "The database “%s” has schema %u, this confabd knows %u: "
                 "use the confabd that made it, or a backup",
                 database_name, last, known->len);
    return FALSE;
  }
  for (guint i = 0; i < notes->len; i++) {
    const ConfabdMigrationNote *note = g_ptr_array_index (notes, i);
    const ConfabdMigration *migration = g_ptr_array_index (known, i);

    if (note->number != migration->number || !g_str_equal (note->checksum, migration->checksum)) {
      g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                   "Schema %u of the database “%s” is not the one that this confabd knows",
                   note->number, database_name);
      return FALSE;
    }
  }
  return TRUE;
}
