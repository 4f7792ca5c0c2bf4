/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>

#include "confab-error.h"
#include "confabd-migrations.h"
#include "confabd-migrator.h"
#include "confabd-sqlite-database.h"
#include "confabd-store.h"
#include "factory.h"
#include "test-loop.h"

typedef struct {
  char *folder;              /* (owned) */
  char *path;                /* (owned) */
  ConfabClock *clock;        /* (owned) */
  ConfabdDatabase *database; /* (owned) */
} Fixture;

static void
open_database (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  self->database = confabd_sqlite_database_open (self->path, CONFABD_DATABASE_SERVE, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GDateTime) start = g_date_time_new_utc (2026, 3, 29, 1, 30, 0);

  self->folder = test_make_folder ();
  self->path = g_build_filename (self->folder, "confab.db", NULL);
  self->clock = confab_manual_clock_new (start);
  open_database (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  test_drain ();
  g_assert_finalize_object (self->database);
  g_assert_finalize_object (self->clock);
  test_remove_folder (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

static ConfabdMigrator *
make_migrator (Fixture *self, const char *resource_folder)
{
  g_autoptr (GError) error = NULL;
  ConfabdMigrator *migrator =
      confabd_migrator_new (self->database, resource_folder, self->clock, &error);

  g_assert_no_error (error);
  return migrator;
}

static void
migrate (Fixture *self, const char *resource_folder)
{
  g_autoptr (ConfabdMigrator) migrator = make_migrator (self, resource_folder);
  g_autoptr (ConfabdMigrationReport) report = NULL;
  g_autoptr (GError) error = NULL;

  report = confabd_migrator_move (migrator, confabd_migrator_get_known (migrator), &error);
  g_assert_no_error (error);
  g_assert_nonnull (report);
  g_assert_cmpuint (confabd_migrator_get_applied (migrator), ==,
                    confabd_migrator_get_known (migrator));
}

static void
assert_refused (Fixture *self, const char *resource_folder, const char *pattern)
{
  g_autoptr (ConfabdMigrator) migrator = make_migrator (self, resource_folder);
  g_autoptr (GError) error = NULL;

  g_assert_null (confabd_migrator_move (migrator, confabd_migrator_get_known (migrator), &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED);
  if (!g_pattern_match_simple (pattern, error->message)) {
    g_error ("“%s” is not “%s”", error->message, pattern);
  }
}

static gpointer
run_script (ConfabdConnection *connection, gpointer data, GError **error)
{
  confabd_connection_run_script (connection, data, error);
  return NULL;
}

static gboolean
works (Fixture *self, const char *sql)
{
  const ConfabdWork work = { run_script, (gpointer) sql, NULL, NULL };
  g_autoptr (GError) error = NULL;

  confabd_database_write_sync (self->database, &work, &error);
  return error == NULL;
}

static void
test_fresh (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdMigrator) migrator = make_migrator (self, "/test/two");

  g_assert_cmpuint (confabd_migrator_get_known (migrator), ==, 2);
  g_assert_cmpuint (confabd_migrator_get_applied (migrator), ==, 0);
  migrate (self, "/test/two");
  g_assert_true (works (self, "SELECT y FROM one"));
  migrate (self, "/test/two");
}

static guint
count_files (Fixture *self, const char *pattern)
{
  g_autoptr (GDir) directory = g_dir_open (self->folder, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (directory)) != NULL) {
    n += g_pattern_match_simple (pattern, name) ? 1 : 0;
  }
  return n;
}

static void
test_backup (Fixture *self, gconstpointer data)
{
  migrate (self, "/test/one");
  g_assert_cmpuint (count_files (self, "confab.db.schema-*"), ==, 0);
  migrate (self, "/test/two");
  g_assert_cmpuint (count_files (self, "confab.db.schema-1.20260329T013000Z"), ==, 1);
  migrate (self, "/test/two");
  g_assert_cmpuint (count_files (self, "confab.db.schema-*"), ==, 1);
}

static void
move (ConfabdMigrator *migrator, guint number)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdMigrationReport) report = confabd_migrator_move (migrator, number, &error);

  g_assert_no_error (error);
  g_assert_nonnull (report);
  g_assert_cmpuint (report->to, ==, number);
}

static void
test_rollback (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdMigrator) migrator = NULL;

  migrate (self, "/test/two");
  migrator = make_migrator (self, "/test/two");
  move (migrator, 1);
  g_assert_cmpuint (confabd_migrator_get_applied (migrator), ==, 1);
  g_assert_false (works (self, "SELECT y FROM one"));
  g_assert_true (works (self, "SELECT x FROM one"));
  confab_manual_clock_advance (CONFAB_MANUAL_CLOCK (self->clock), G_USEC_PER_SEC);
  move (migrator, 0);
  g_assert_false (works (self, "SELECT x FROM one"));
  migrate (self, "/test/two");
}

static void
test_newer (Fixture *self, gconstpointer data)
{
  migrate (self, "/test/two");
  assert_refused (self, "/test/one",
                  "The database “*confab.db” has schema 2, this confabd knows 1: use *");
  g_assert_true (works (self, "SELECT y FROM one"));
}

static void
test_changed (Fixture *self, gconstpointer data)
{
  migrate (self, "/test/two");
  assert_refused (self, "/test/changed", "Schema 2 of the database “*confab.db” is not the one *");
}

static void
test_broken (Fixture *self, gconstpointer data)
{
  migrate (self, "/test/one");
  assert_refused (self, "/test/broken", "Migration 3 “broken”: *nowhere*");
  g_assert_true (works (self, "SELECT x FROM one"));
  g_assert_false (works (self, "SELECT y FROM one")); /* the second went well, and back */
  g_assert_false (works (self, "SELECT x FROM three"));
  migrate (self, "/test/two");
}

/* Ours: all the way up, down to nothing, and up again. */
static void
test_ours (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdMigrator) migrator = NULL;

  confabd_migrations_get_resource ();
  migrate (self, "/app/confab/daemon/migrations");
  migrator = make_migrator (self, "/app/confab/daemon/migrations");
  move (migrator, 0);
  g_assert_false (works (self, "SELECT id FROM calls"));
  migrate (self, "/app/confab/daemon/migrations");
}

/* A store refuses a database from the future in one sentence. */
static void
test_store_newer (Fixture *self, gconstpointer data)
{
  g_autofree char *url = g_strconcat ("sqlite://", self->path, NULL);
  g_autoptr (ConfabdStore) store = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (
      works (self, "CREATE TABLE schema_migrations (number INTEGER PRIMARY KEY NOT NULL, name TEXT"
                   " NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL);"
                   "INSERT INTO schema_migrations VALUES (7, 'future', 'x', 0)"));
  g_clear_object (&self->database);
  store = confabd_store_open (url, CONFABD_SCHEMA_MIGRATE, self->clock, &error);
  g_assert_null (store);
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED);
  g_assert_true (g_pattern_match_simple (
      "The database “*confab.db” has schema 7, this confabd knows *: *", error->message));
  open_database (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, run) g_test_add (path, Fixture, NULL, set_up, run, tear_down)
  ADD ("/migrator/fresh", test_fresh);
  ADD ("/migrator/backup", test_backup);
  ADD ("/migrator/rollback", test_rollback);
  ADD ("/migrator/newer", test_newer);
  ADD ("/migrator/changed", test_changed);
  ADD ("/migrator/broken", test_broken);
  ADD ("/migrator/ours", test_ours);
  ADD ("/migrator/store-newer", test_store_newer);
#undef ADD
  return g_test_run ();
}
