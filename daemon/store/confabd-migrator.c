/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-audit-chain.h"
#include "confabd-migration-ledger-private.h"
#include "confabd-migration-lock-private.h"
#include "confabd-migrator.h"
#include "confabd-preflight-private.h"

/**
 * ConfabdMigrator:
 *
 * Takes a database from the schema that it has to another one that this daemon knows, up or down:
 * after a look whether it is well, and a backup; under a lock, so that of many who start at once
 * one migrates; all in one transaction, or nothing.
 *
 * The database remembers which migrations it has, and what they said: one that was changed after it
 * was applied is a mistake, and so is one from the future. All functions wait.
 */
struct _ConfabdMigrator {
  GObject parent_instance;

  ConfabdDatabase *database;              /* (owned) */
  ConfabClock *clock;                     /* (owned) */
  const ConfabdMigrationDialect *dialect; /* (unowned) static */
  GPtrArray *known;    /* (element-type ConfabdMigration) (owned) number n at n - 1 */
  GPtrArray *applied;  /* (element-type ConfabdMigrationNote) (owned) */
  char *backup_folder; /* (owned) */
};

G_DEFINE_FINAL_TYPE (ConfabdMigrator, confabd_migrator, G_TYPE_OBJECT)

/* ---- what the database has ---- */

static gpointer
run_list_applied (ConfabdConnection *connection, gpointer data, GError **error)
{
  return confabd_migration_ledger_list (connection, data, error);
}

static gboolean
read_applied (ConfabdMigrator *self, GError **error)
{
  const ConfabdWork work = { run_list_applied, (gpointer) self->dialect, NULL,
                             (GDestroyNotify) g_ptr_array_unref };

  g_clear_pointer (&self->applied, g_ptr_array_unref);
  self->applied = confabd_database_read_sync (self->database, &work, error);
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
  g_free (self->backup_folder);

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

static char *
get_default_backup_folder (ConfabdDatabase *database)
{
  const char *name = confabd_database_get_name (database);

  if (g_path_is_absolute (name)) {
    return g_path_get_dirname (name);
  }
  return g_build_filename (g_get_user_data_dir (), "confab", "backups", NULL);
}

/**
 * confabd_migrator_new:
 * @database: what to migrate
 * @resource_folder: where the migrations are in GResource, without a slash at the end
 * @clock: for the times that are noted
 * @error: return location for a #GError
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
  self->dialect = confabd_migration_ledger_get_dialect (database);
  self->known = confabd_migrations_load (resource_folder, confabd_database_get_dialect (database));
  self->backup_folder = get_default_backup_folder (database);
  return read_applied (self, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * confabd_migrator_set_backup_folder:
 * @folder: where backups before a change go; at first beside a file, else `confab/backups` of the
 *   user's data
 */
void
confabd_migrator_set_backup_folder (ConfabdMigrator *self, const char *folder)
{
  g_return_if_fail (CONFABD_IS_MIGRATOR (self));

  g_free (self->backup_folder);
  self->backup_folder = g_strdup (folder);
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
  g_return_val_if_fail (CONFABD_IS_MIGRATOR (self), 0);

  return confabd_migration_ledger_get_last (self->applied);
}

static ConfabdMigration *
get_known (ConfabdMigrator *self, guint number)
{
  return g_ptr_array_index (self->known, number - 1);
}

static void
state_free (ConfabdMigrationState *self)
{
  g_free (self->name);
  g_clear_pointer (&self->applied_at, g_date_time_unref);
  g_free (self);
}

static ConfabdMigrationState *
make_applied_state (ConfabdMigrator *self, const ConfabdMigrationNote *note)
{
  ConfabdMigrationState *state = g_new0 (ConfabdMigrationState, 1);

  state->number = note->number;
  state->name = g_strdup (note->name);
  state->is_known = note->number >= 1 && note->number <= self->known->len;
  state->is_changed =
      state->is_known && !g_str_equal (get_known (self, note->number)->checksum, note->checksum);
  state->applied_at = confab_time_from_unix_us (note->applied_us);
  return state;
}

/**
 * confabd_migrator_list:
 *
 * Returns: (transfer full) (element-type ConfabdMigrationState): what the database has, then what
 * it could have
 */
GPtrArray *
confabd_migrator_list (ConfabdMigrator *self)
{
  GPtrArray *states = g_ptr_array_new_with_free_func ((GDestroyNotify) state_free);

  g_return_val_if_fail (CONFABD_IS_MIGRATOR (self), states);

  for (guint i = 0; i < self->applied->len; i++) {
    g_ptr_array_add (states, make_applied_state (self, g_ptr_array_index (self->applied, i)));
  }
  for (guint number = confabd_migration_ledger_get_last (self->applied) + 1;
       number <= self->known->len; number++) {
    ConfabdMigrationState *state = g_new0 (ConfabdMigrationState, 1);

    state->number = number;
    state->name = g_strdup (get_known (self, number)->name);
    state->is_known = TRUE;
    g_ptr_array_add (states, state);
  }
  return states;
}

/* ---- looking before leaping ---- */

static gboolean
check_applied (ConfabdMigrator *self, GError **error)
{
  return confabd_migration_ledger_check (self->applied, self->known,
                                         confabd_database_get_name (self->database), error);
}

/**
 * confabd_migrator_check:
 * @error: return location for a #GError
 *
 * Looks at everything that a change would look at first: whether the schema is one that this daemon
 * knows, word for word, and whether the database is whole.
 *
 * Returns: whether all is well
 */
gboolean
confabd_migrator_check (ConfabdMigrator *self, GError **error)
{
  g_return_val_if_fail (CONFABD_IS_MIGRATOR (self), FALSE);

  return read_applied (self, error) && check_applied (self, error) &&
         confabd_preflight_check_integrity (self->database, error);
}

/**
 * confabd_migrator_plan:
 * @number: the newest migration to have; 0 for none
 * @error: return location for a #GError
 *
 * Returns: (transfer full): what confabd_migrator_move() would do
 */
ConfabdMigrationReport *
confabd_migrator_plan (ConfabdMigrator *self, guint number, GError **error)
{
  g_return_val_if_fail (CONFABD_IS_MIGRATOR (self), NULL);

  if (!read_applied (self, error) || !check_applied (self, error)) {
    return NULL;
  }
  if (number > self->known->len) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                 "There is no schema %u; this confabd knows 0 to %u", number, self->known->len);
    return NULL;
  }
  return confabd_migration_report_new (self->known,
                                       confabd_migration_ledger_get_last (self->applied), number);
}

/* ---- the backup ---- */

/* “confab.db.schema-1.20260329T013000Z”, and “….2” when that is there already. */
static char *
make_backup_path (ConfabdMigrator *self)
{
  g_autofree char *base = g_path_get_basename (confabd_database_get_name (self->database));
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%dT%H%M%SZ");
  g_autofree char *name = g_strdup_printf (
      "%s.schema-%u.%s", base, confabd_migration_ledger_get_last (self->applied), stamp);

  char *path = g_build_filename (self->backup_folder, name, NULL);

  for (guint i = 2; g_file_test (path, G_FILE_TEST_EXISTS); i++) {
    g_free (path);
    path = g_strdup_printf ("%s/%s.%u", self->backup_folder, name, i);
  }
  return path;
}

/**
 * confabd_migrator_back_up:
 * @path: (nullable): the new file; %NULL for a name of its own in the folder of backups
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the path of a complete copy; %NULL with @error
 */
char *
confabd_migrator_back_up (ConfabdMigrator *self, const char *path, GError **error)
{
  g_autofree char *copy = path != NULL ? g_strdup (path) : make_backup_path (self);

  g_return_val_if_fail (CONFABD_IS_MIGRATOR (self), NULL);

  if (!confabd_database_backup_sync (self->database, copy, error)) {
    return NULL;
  }
  g_message ("The database is backed up to “%s”", copy);
  return g_steal_pointer (&copy);
}

/* Nothing in it, or in memory: nothing to lose. */
static gboolean
prepare (ConfabdMigrator *self, ConfabdMigrationReport *report, GError **error)
{
  const char *name = confabd_database_get_name (self->database);
  gboolean is_in_memory = g_str_equal (name, ":memory:");

  if (report->from == 0 || is_in_memory) {
    return TRUE;
  }
  if (g_mkdir_with_parents (self->backup_folder, 0700) < 0 ||
      !confabd_preflight_check_integrity (self->database, error) ||
      !confabd_preflight_check_space (self->database, self->backup_folder, error)) {
    return FALSE;
  }
  report->backup = confabd_migrator_back_up (self, NULL, error);
  return report->backup != NULL;
}

/* ---- the change ---- */

typedef struct {
  ConfabdMigrator *migrator;      /* (unowned) waits for the work, as does the report */
  ConfabdMigrationReport *report; /* (unowned) */
  gint64 now_us;
} Move;

static gboolean
run_step (ConfabdConnection *connection, Move *move, ConfabdMigrationStep *step, GError **error)
{
  ConfabdMigration *migration = get_known (move->migrator, step->number);
  gint64 began_us = g_get_monotonic_time ();
  gboolean is_done;

  if (step->is_up) {
    is_done = confabd_connection_run_script (connection, migration->up, error) &&
              confabd_migration_ledger_add (connection, migration, move->now_us, error);
  } else {
    is_done = confabd_connection_run_script (connection, migration->down, error) &&
              confabd_migration_ledger_remove (connection, step->number, error);
  }
  step->took_us = MAX (g_get_monotonic_time () - began_us, 1);
  if (!is_done) {
    g_prefix_error (error, "Migration %u “%s”: ", step->number, step->name);
  }
  return is_done;
}

/* In the audit log, if the database has one now: who took it from where to where. */
static gboolean
write_down (ConfabdConnection *connection, Move *move, GError **error)
{
  g_autofree char *detail = g_strdup_printf ("%s: from schema %u to %u", g_get_prgname (),
                                             move->report->from, move->report->to);
  const ConfabdAuditFacts facts = { .action = CONFABD_AUDIT_MIGRATED,
                                    .actor = g_get_user_name (),
                                    .is_success = TRUE,
                                    .detail = detail };
  gboolean is_there = FALSE;

  return confabd_migration_ledger_find_table (connection, move->migrator->dialect, "audit_chain",
                                              &is_there, error) &&
         (!is_there || confabd_audit_chain_append_one (connection, &facts, move->now_us, error));
}

/* One transaction for all steps. The lock may have been lost with its session: look again. */
static gpointer
run_move (ConfabdConnection *connection, gpointer data, GError **error)
{
  Move *move = data;
  g_autoptr (GPtrArray) applied = NULL;

  if (!confabd_migration_ledger_prepare (connection, move->migrator->dialect, error)) {
    return NULL;
  }
  applied = confabd_migration_ledger_list (connection, move->migrator->dialect, error);
  if (applied == NULL) {
    return NULL;
  }
  if (confabd_migration_ledger_get_last (applied) != move->report->from) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT,
                         "Somebody else migrated the database just now");
    return NULL;
  }
  for (guint i = 0; i < move->report->steps->len; i++) {
    if (!run_step (connection, move, g_ptr_array_index (move->report->steps, i), error)) {
      return NULL;
    }
  }
  write_down (connection, move, error);
  return NULL;
}

/* For people, and for a monitor that reads the journal by its fields. */
static void
log_event (ConfabdMigrator *self, ConfabdMigrationReport *report)
{
  g_autofree char *from = g_strdup_printf ("%u", report->from);
  g_autofree char *to = g_strdup_printf ("%u", report->to);
  const char *name = confabd_database_get_name (self->database);

  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "CONFAB_EVENT", "schema-changed",
                    "CONFAB_DATABASE", name, "CONFAB_SCHEMA_FROM", from, "CONFAB_SCHEMA_TO", to,
                    "MESSAGE", "The database “%s” went from schema %s to %s", name, from, to);
}

static gboolean
carry_out (ConfabdMigrator *self, ConfabdMigrationReport *report, GError **error)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  Move move = { self, report, confab_time_to_unix_us (now) };
  const ConfabdWork work = { run_move, &move, NULL, NULL };
  GError *local_error = NULL;

  if (report->steps->len == 0) {
    return TRUE;
  }
  if (!prepare (self, report, error)) {
    return FALSE;
  }
  confabd_database_write_sync (self->database, &work, &local_error);
  if (local_error != NULL) {
    g_propagate_error (error, local_error);
    return FALSE;
  }
  log_event (self, report);
  return read_applied (self, error);
}

/**
 * confabd_migrator_move:
 * @number: the newest migration to have; 0 for none
 * @error: return location for a #GError
 *
 * Applies the migrations up to @number, or takes back those above it, the newest first: then what
 * only the newer schema could hold is lost, but for the backup.
 *
 * Fails with %CONFAB_ERROR_FAILED for a database of a newer daemon, one whose migrations were
 * others, one that is damaged and a disk without room, and changes nothing.
 *
 * Returns: (transfer full): what was done; no steps when there was nothing to do
 */
ConfabdMigrationReport *
confabd_migrator_move (ConfabdMigrator *self, guint number, GError **error)
{
  g_autoptr (ConfabdMigrationReport) report = NULL;
  gboolean is_done = FALSE;

  g_return_val_if_fail (CONFABD_IS_MIGRATOR (self), NULL);

  if (!confabd_migration_lock (self->database, error)) {
    return NULL;
  }
  confabd_database_set_deadline_ms (self->database, 0);
  report = confabd_migrator_plan (self, number, error);
  is_done = report != NULL && carry_out (self, report, error);
  confabd_database_set_deadline_ms (self->database, CONFABD_DATABASE_DEADLINE_MS);
  confabd_migration_unlock (self->database);
  return is_done ? g_steal_pointer (&report) : NULL;
}
