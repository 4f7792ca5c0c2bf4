/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-migrator.h"

typedef struct {
  guint number;
  char *name;     /* (owned) "first" */
  char *up;       /* (owned) SQL */
  char *down;     /* (owned) SQL */
  char *checksum; /* (owned) SHA-256 of up */
} Migration;

static void
migration_free (Migration *self)
{
  g_free (self->name);
  g_free (self->up);
  g_free (self->down);
  g_free (self->checksum);
  g_free (self);
}

/**
 * ConfabdMigrator:
 *
 * Takes a database from the schema that it has to the one of this daemon, or back.
 *
 * Migrations are the files `NNNN-name.up.DIALECT.sql` and `.down.` of a folder in GResource,
 * numbered from 1 without a hole. The database remembers which it has, and what they said: a
 * migration that was changed after it was applied is a mistake, and so is one from the future.
 */
struct _ConfabdMigrator {
  GObject parent_instance;

  ConfabdDatabase *database; /* (owned) */
  ConfabClock *clock;        /* (owned) */
  GPtrArray *known;          /* (element-type Migration) (owned) number n at n - 1 */
  GPtrArray *applied;        /* (element-type GVariant) (owned) "(us)" number, checksum */
};

G_DEFINE_FINAL_TYPE (ConfabdMigrator, confabd_migrator, G_TYPE_OBJECT)

static char *
load_text (const char *folder, const char *file)
{
  g_autofree char *path = g_strconcat (folder, "/", file, NULL);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  g_assert (bytes != NULL);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* file: "0001-first.up.sqlite.sql", stem_length: that of "0001-first" */
static Migration *
load_migration (const char *folder, const char *file, gsize stem_length, const char *dialect)
{
  g_autofree char *stem = g_strndup (file, stem_length);
  g_autofree char *down = g_strdup_printf ("%s.down.%s.sql", stem, dialect);
  Migration *self = g_new0 (Migration, 1);
  char *name = NULL;

  self->number = (guint) g_ascii_strtoull (stem, &name, 10);
  g_assert (*name == '-');
  self->name = g_strdup (name + 1);
  self->up = load_text (folder, file);
  self->down = load_text (folder, down);
  self->checksum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, self->up, -1);
  return self;
}

static int
compare_migrations (gconstpointer a, gconstpointer b)
{
  const Migration *const *one = a;
  const Migration *const *other = b;

  return (int) (*one)->number - (int) (*other)->number;
}

/* The files are our own: what is wrong with them is a bug. */
static GPtrArray *
load_migrations (const char *folder, const char *dialect)
{
  g_autofree char *ending = g_strdup_printf (".up.%s.sql", dialect);
  g_auto (GStrv) files = NULL;
  GPtrArray *migrations = g_ptr_array_new_with_free_func ((GDestroyNotify) migration_free);

  files = g_resources_enumerate_children (folder, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_assert (files != NULL);
  for (guint i = 0; files[i] != NULL; i++) {
    if (g_str_has_suffix (files[i], ending)) {
      gsize stem_length = strlen (files[i]) - strlen (ending);

      g_ptr_array_add (migrations, load_migration (folder, files[i], stem_length, dialect));
    }
  }
  g_ptr_array_sort (migrations, compare_migrations);
  for (guint i = 0; i < migrations->len; i++) {
    g_assert (((Migration *) g_ptr_array_index (migrations, i))->number == i + 1);
  }
  return migrations;
}

/* data: the type of a moment in the dialect of the database */
static gpointer
run_list_applied (ConfabdConnection *connection, gpointer data, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("CREATE TABLE IF NOT EXISTS schema_migrations ("
                                          "  number     INTEGER PRIMARY KEY NOT NULL,"
                                          "  name       TEXT NOT NULL,"
                                          "  checksum   TEXT NOT NULL,"
                                          "  applied_at %s NOT NULL)",
                                          (const char *) data);

  if (!confabd_connection_run_script (connection, sql, error)) {
    return NULL;
  }
  return confabd_connection_query (connection,
                                   "SELECT number, checksum FROM schema_migrations ORDER BY number",
                                   NULL, "(us)", error);
}

static gboolean
read_applied (ConfabdMigrator *self, GError **error)
{
  const char *dialect = confabd_database_get_dialect (self->database);
  const char *moment = g_str_equal (dialect, "sqlite") ? "INTEGER" : "TIMESTAMPTZ";
  const ConfabdWork work = { run_list_applied, (gpointer) moment, NULL,
                             (GDestroyNotify) g_ptr_array_unref };

  g_clear_pointer (&self->applied, g_ptr_array_unref);
  self->applied = confabd_database_write_sync (self->database, &work, error);
  return self->applied != NULL;
}

static void
confabd_migrator_finalize (GObject *object)
{
  ConfabdMigrator *self = CONFABD_MIGRATOR (object);

  g_clear_pointer (&self->known, g_ptr_array_unref);
  g_clear_pointer (&self->applied, g_ptr_array_unref);
  g_clear_object (&self->database);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (confabd_migrator_parent_class)->finalize (object);
}

static void
confabd_migrator_class_init (ConfabdMigratorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_migrator_finalize;
}

static void
confabd_migrator_init (ConfabdMigrator *self)
{
}

/**
 * confabd_migrator_new:
 * @database: what to migrate
 * @resource_folder: where the migrations are in GResource, without a slash at the end
 * @clock: for the time that a migration is noted with
 * @error: return location for a #GError
 *
 * Waits for the database, like all functions of the migrator.
 *
 * Returns: (transfer full): the migrator; %NULL when the database cannot say what it has
 */
ConfabdMigrator *
confabd_migrator_new (ConfabdDatabase *database,
                      const char *resource_folder,
                      ConfabClock *clock,
                      GError **error)
{
  g_autoptr (ConfabdMigrator) self = NULL;

  g_return_val_if_fail (CONFABD_IS_DATABASE (database), NULL);
  g_return_val_if_fail (resource_folder != NULL, NULL);
  g_return_val_if_fail (CONFAB_IS_CLOCK (clock), NULL);

  self = g_object_new (CONFABD_TYPE_MIGRATOR, NULL);
  self->database = g_object_ref (database);
  self->clock = g_object_ref (clock);
  self->known = load_migrations (resource_folder, confabd_database_get_dialect (database));
  return read_applied (self, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * confabd_migrator_get_known:
 *
 * Returns: the number of the newest migration of this daemon
 */
guint
confabd_migrator_get_known (ConfabdMigrator *self)
{
  g_return_val_if_fail (CONFABD_IS_MIGRATOR (self), 0);

  return self->known->len;
}

/**
 * confabd_migrator_get_applied:
 *
 * Returns: the number of the newest migration that the database has; 0 for an empty one
 */
guint
confabd_migrator_get_applied (ConfabdMigrator *self)
{
  guint number = 0;

  g_return_val_if_fail (CONFABD_IS_MIGRATOR (self), 0);

  if (self->applied->len > 0) {
    GVariant *row = g_ptr_array_index (self->applied, self->applied->len - 1);

    g_variant_get_child (row, 0, "u", &number);
  }
  return number;
}

/* Is what the database has a beginning of what we know, word for word? */
static gboolean
check_applied (ConfabdMigrator *self, GError **error)
{
  guint number = confabd_migrator_get_applied (self);

  if (number > self->known->len) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                 "The database “%s” has schema %u, this confabd knows %u: "
                 "use the confabd that made it, or a backup",
                 confabd_database_get_name (self->database), number, self->known->len);
    return FALSE;
  }
  for (guint i = 0; i < self->applied->len; i++) {
    Migration *migration = g_ptr_array_index (self->known, i);
    const char *checksum;

    g_variant_get (g_ptr_array_index (self->applied, i), "(u&s)", &number, &checksum);
    if (number != migration->number || !g_str_equal (checksum, migration->checksum)) {
      g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                   "Schema %u of the database “%s” is not the one that this confabd knows", number,
                   confabd_database_get_name (self->database));
      return FALSE;
    }
  }
  return TRUE;
}

/* A database with something in it is copied before it is touched: “confab.db.schema-1.TIME”. */
static gboolean
back_up (ConfabdMigrator *self, GError **error)
{
  const char *path = confabd_database_get_name (self->database);
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%dT%H%M%SZ");
  g_autofree char *copy = NULL;

  if (self->applied->len == 0 || !g_path_is_absolute (path)) {
    return TRUE;
  }
  copy = g_strdup_printf ("%s.schema-%u.%s", path, confabd_migrator_get_applied (self), stamp);
  if (!confabd_database_backup_sync (self->database, copy, error)) {
    return FALSE;
  }
  g_message ("The database is backed up to “%s”", copy);
  return TRUE;
}

typedef struct {
  Migration *migration; /* (unowned) the migrator waits for the step */
  gint64 now_us;
} Step;

static gpointer
run_up (ConfabdConnection *connection, gpointer data, GError **error)
{
  Step *step = data;
  Migration *migration = step->migration;

  if (!confabd_connection_run_script (connection, migration->up, error)) {
    return NULL;
  }
  confabd_connection_execute (connection,
                              "INSERT INTO schema_migrations (number, name, checksum, applied_at)"
                              " VALUES ($1, $2, $3, $4)",
                              g_variant_new ("(ussx)", migration->number, migration->name,
                                             migration->checksum, step->now_us),
                              NULL, error);
  return NULL;
}

static gpointer
run_down (ConfabdConnection *connection, gpointer data, GError **error)
{
  Step *step = data;

  if (!confabd_connection_run_script (connection, step->migration->down, error)) {
    return NULL;
  }
  confabd_connection_execute (connection, "DELETE FROM schema_migrations WHERE number = $1",
                              g_variant_new ("(u)", step->migration->number), NULL, error);
  return NULL;
}

static gboolean
run_step (ConfabdMigrator *self, guint number, ConfabdWorkFunc run, GError **error)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  Step step = { g_ptr_array_index (self->known, number - 1), confab_time_to_unix_us (now) };
  const ConfabdWork work = { run, &step, NULL, NULL };
  GError *step_error = NULL;

  confabd_database_write_sync (self->database, &work, &step_error);
  if (step_error != NULL) {
    g_propagate_prefixed_error (error, step_error, "Migration %u “%s”: ", number,
                                step.migration->name);
    return FALSE;
  }
  g_message ("Migration %u “%s” is %s", number, step.migration->name,
             run == run_up ? "applied" : "taken back");
  return read_applied (self, error);
}

/**
 * confabd_migrator_migrate:
 * @error: return location for a #GError
 *
 * Applies what the database does not have yet, each migration in one transaction, after a backup of
 * a database that is not new. Does nothing when it has all.
 *
 * Fails with %CONFAB_ERROR_FAILED for a database of a newer daemon and for one whose migrations
 * were others, and touches neither.
 *
 * Returns: whether the database has the schema of this daemon now
 */
gboolean
confabd_migrator_migrate (ConfabdMigrator *self, GError **error)
{
  guint number;

  g_return_val_if_fail (CONFABD_IS_MIGRATOR (self), FALSE);

  if (!check_applied (self, error)) {
    return FALSE;
  }
  number = confabd_migrator_get_applied (self);
  if (number < self->known->len && !back_up (self, error)) {
    return FALSE;
  }
  while (number < self->known->len) {
    if (!run_step (self, ++number, run_up, error)) {
      return FALSE;
    }
  }
  return TRUE;
}

/**
 * confabd_migrator_rollback:
 * @number: the newest migration to keep; 0 for none
 * @error: return location for a #GError
 *
 * Takes back the migrations above @number, the newest first, after a backup. What only the newer
 * schema could hold is lost.
 *
 * Returns: whether @number is the newest now
 */
gboolean
confabd_migrator_rollback (ConfabdMigrator *self, guint number, GError **error)
{
  g_return_val_if_fail (CONFABD_IS_MIGRATOR (self), FALSE);

  if (!check_applied (self, error)) {
    return FALSE;
  }
  if (confabd_migrator_get_applied (self) > number && !back_up (self, error)) {
    return FALSE;
  }
  while (confabd_migrator_get_applied (self) > number) {
    if (!run_step (self, confabd_migrator_get_applied (self), run_down, error)) {
      return FALSE;
    }
  }
  return TRUE;
}
