/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "confab-error.h"
#include "confabd-sqlite-database.h"
#include "factory.h"
#include "test-loop.h"

/* What is special about files: everything that can be wrong with one. */

typedef struct {
  char *folder; /* (owned) */
  char *path;   /* (owned) */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = test_make_folder ();
  self->path = g_build_filename (self->folder, "confab.db", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  test_drain ();
  test_remove_folder (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

static ConfabdDatabase *
open_well (const char *path)
{
  g_autoptr (GError) error = NULL;
  ConfabdDatabase *database = confabd_sqlite_database_open (path, CONFABD_DATABASE_SERVE, &error);

  g_assert_no_error (error);
  return database;
}

static void
assert_refused (const char *path, int code, const char *pattern)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (confabd_sqlite_database_open (path, CONFABD_DATABASE_SERVE, &error));
  g_assert_error (error, CONFAB_ERROR, code);
  g_assert_true (g_pattern_match_simple (pattern, error->message));
}

static void
test_private (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdDatabase) database = NULL;
  g_autofree char *folder = g_build_filename (self->folder, "deep", NULL);
  g_autofree char *path = g_build_filename (folder, "confab.db", NULL);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  GStatBuf info;

  database = open_well (path);
  g_assert_no_errno (g_stat (folder, &info));
  g_assert_cmphex (info.st_mode & 0777, ==, 0700);
  g_assert_no_errno (g_stat (path, &info));
  g_assert_cmphex (info.st_mode & 0777, ==, 0600);
  test_execute (database, "CREATE TABLE t (x INTEGER)");
  g_assert_no_errno (g_stat (log, &info));
  g_assert_cmphex (info.st_mode & 0777, ==, 0600);
  g_clear_object (&database);
  test_remove_folder (folder);
}

static void
test_folder (Fixture *self, gconstpointer data)
{
  assert_refused (self->folder, CONFAB_ERROR_FAILED, "The database “*” is not a file");
}

static void
test_unreachable (Fixture *self, gconstpointer data)
{
  g_autofree char *below = g_build_filename (self->path, "confab.db", NULL);

  g_assert_true (g_file_set_contents (self->path, "", 0, NULL));
  assert_refused (below, CONFAB_ERROR_FAILED, "The database “*” cannot be made: *");
}

/* Root may write anywhere, so the child is somebody else. */
static void
test_not_writable (Fixture *self, gconstpointer data)
{
  if (g_test_subprocess ()) {
    g_assert_no_errno (g_chmod (self->folder, 0755));
    g_assert_true (g_file_set_contents (self->path, "", 0, NULL));
    g_assert_no_errno (g_chmod (self->path, 0444));
    if (geteuid () == 0) {
      g_assert_no_errno (seteuid (65534));
    }
    assert_refused (self->path, CONFAB_ERROR_FAILED, "The database “*” cannot be opened: *");
    if (getuid () == 0) {
      g_assert_no_errno (seteuid (0));
    }
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

static void
test_no_database (Fixture *self, gconstpointer data)
{
  g_assert_true (g_file_set_contents (
      self->path, "This is a letter, and a long one, but not a database at all.", -1, NULL));
  assert_refused (self->path, CONFAB_ERROR_FAILED, "The file “*” is not a database");
}

static void
test_foreign (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdDatabase) database = open_well (self->path);

  test_execute (database, "CREATE TABLE bookmarks (url TEXT)");
  test_execute (database, "PRAGMA application_id = 1");
  g_clear_object (&database);
  assert_refused (self->path, CONFAB_ERROR_FAILED, "The database “*” belongs to another program");
}

static void
test_in_use (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdDatabase) database = open_well (self->path);

  assert_refused (self->path, CONFAB_ERROR_CONFLICT,
                  "The database “*” is in use by another confabd");
  g_clear_object (&database);
  database = open_well (self->path);
}

#define FILL                                                                        \
  "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)" \
  " INSERT INTO t SELECT hex (randomblob (200)) FROM n"

static void
assert_keeps_one (ConfabdDatabase *database)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (test_try_execute (database, FILL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NO_SPACE);
  g_assert_true (g_pattern_match_simple (
      "The disk with the database “*” is full; nothing was changed", error->message));
  /* A table of exactly what was there before. */
  test_execute (database, "CREATE TABLE proof AS SELECT 1 / (count(*) = 1) AS one FROM t");
  test_execute (database, "CREATE TABLE sum (one INTEGER NOT NULL)");
  test_execute (database, "INSERT INTO sum SELECT one FROM proof");
}

static void
test_full (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdDatabase) database = open_well (self->path);

  test_execute (database, "CREATE TABLE t (x TEXT)");
  test_execute (database, "INSERT INTO t VALUES ('kept')");
  test_execute (database, "PRAGMA max_page_count = 40");
  assert_keeps_one (database);
}

/* A real refusal of the kernel: the log may not grow beyond a size. */
static void
test_limited (Fixture *self, gconstpointer data)
{
  if (g_test_subprocess ()) {
    const struct rlimit tight = { 200 * 1024, RLIM_INFINITY };
    const struct rlimit wide = { RLIM_INFINITY, RLIM_INFINITY };
    g_autoptr (ConfabdDatabase) database = open_well (self->path);
    g_autoptr (GError) error = NULL;

    signal (SIGXFSZ, SIG_IGN);
    test_execute (database, "CREATE TABLE t (x TEXT)");
    test_execute (database, "INSERT INTO t VALUES ('kept')");
    g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &tight));
    g_assert_false (test_try_execute (database, FILL, &error));
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NO_SPACE);
    g_assert_true (
        g_pattern_match_simple ("The disk with the database “*” is full*", error->message));
    /* There is room again, and all goes on. */
    g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &wide));
    test_execute (database, FILL);
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

/* Those who share the transaction with the one that fills the disk hear of it. */
static void
test_full_together (Fixture *self, gconstpointer data)
{
  const ConfabdWork one = { test_run_script, (gpointer) "INSERT INTO t VALUES ('x')", NULL, NULL };
  const ConfabdWork much = { test_run_script, (gpointer) FILL, NULL, NULL };
  g_autoptr (ConfabdDatabase) database = open_well (self->path);
  GAsyncResult *results[3] = { NULL };
  gint64 n_failed = 0;

  test_execute (database, "CREATE TABLE t (x TEXT)");
  test_execute (database, "PRAGMA max_page_count = 40");
  confabd_database_write_async (database, &one, NULL, test_on_result, &results[0]);
  confabd_database_write_async (database, &much, NULL, test_on_result, &results[1]);
  confabd_database_write_async (database, &one, NULL, test_on_result, &results[2]);
  test_wait_until (results[0] != NULL && results[1] != NULL && results[2] != NULL);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GError) error = NULL;

    confabd_database_write_finish (database, results[i], &error);
    n_failed += error != NULL ? 1 : 0;
    g_assert_true (i != 1 || error != NULL);
    g_object_unref (results[i]);
  }
  g_assert_cmpint (n_failed, <=, 2);
  if (n_failed == 2) {
    test_execute (database, "CREATE TABLE proof AS SELECT 1 / (count(*) = 1) AS one FROM t");
  } else {
    test_execute (database, "CREATE TABLE proof AS SELECT 1 / (count(*) = 2) AS one FROM t");
  }
  test_execute (database, "CREATE TABLE sum (one INTEGER NOT NULL)");
  test_execute (database, "INSERT INTO sum SELECT one FROM proof");
}

static void
test_runaway (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdDatabase) database = open_well (self->path);
  g_autoptr (GError) error = NULL;

  confabd_database_set_deadline_ms (database, 200);
  g_assert_false (test_try_execute (database,
                                    "CREATE TABLE endless AS WITH RECURSIVE n (i) AS"
                                    " (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                                    " SELECT count(*) FROM n",
                                    &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT);
  confabd_database_set_deadline_ms (database, 10000);
  test_execute (database, "CREATE TABLE t (x TEXT)");
}

/* A disk that hangs, and then does not. */
typedef struct {
  GMutex mutex;
  GCond cond;
  gboolean is_free;
} Hang;

static gpointer
run_hang (ConfabdConnection *connection, gpointer data, GError **error)
{
  Hang *hang = data;

  g_mutex_lock (&hang->mutex);
  while (!hang->is_free) {
    g_cond_wait (&hang->cond, &hang->mutex);
  }
  g_mutex_unlock (&hang->mutex);
  return g_strdup ("too late");
}

static void
let_go (Hang *hang)
{
  g_mutex_lock (&hang->mutex);
  hang->is_free = TRUE;
  g_cond_signal (&hang->cond);
  g_mutex_unlock (&hang->mutex);
}

static void
test_hang (Fixture *self, gconstpointer data)
{
  Hang hang = { .is_free = FALSE };
  const ConfabdWork work = { run_hang, &hang, NULL, g_free };
  g_autoptr (ConfabdDatabase) database = open_well (self->path);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  confabd_database_set_deadline_ms (database, 100);
  g_test_expect_message ("confabd-store", G_LOG_LEVEL_WARNING, "*is its disk well?");
  confabd_database_write_async (database, &work, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  g_test_assert_expected_messages ();
  g_assert_null (confabd_database_write_finish (database, result, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT);

  let_go (&hang);
  confabd_database_set_deadline_ms (database, 10000);
  test_execute (database, "CREATE TABLE t (x TEXT)");
  test_drain ();
}

#define N_FLOOD 5000

typedef struct {
  guint n_done;
  guint n_too_many;
} Flood;

static void
on_flood_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Flood *flood = user_data;
  g_autoptr (GError) error = NULL;

  confabd_database_write_finish (CONFABD_DATABASE (object), result, &error);
  flood->n_done++;
  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_TOO_MANY)) {
    flood->n_too_many++;
  } else {
    g_assert_no_error (error);
  }
}

static void
test_flood (Fixture *self, gconstpointer data)
{
  Hang hang = { .is_free = FALSE };
  const ConfabdWork stop = { run_hang, &hang, NULL, g_free };
  const ConfabdWork one = { test_run_script, (gpointer) "INSERT INTO t VALUES ('x')", NULL, NULL };
  g_autoptr (ConfabdDatabase) database = open_well (self->path);
  g_autoptr (GAsyncResult) result = NULL;
  Flood flood = { 0, 0 };

  test_execute (database, "CREATE TABLE t (x TEXT)");
  confabd_database_set_deadline_ms (database, 60000);
  confabd_database_write_async (database, &stop, NULL, test_on_result, &result);
  for (guint i = 0; i < N_FLOOD; i++) {
    confabd_database_write_async (database, &one, NULL, on_flood_done, &flood);
  }
  let_go (&hang);
  test_wait_until (flood.n_done == N_FLOOD);
  g_assert_cmpuint (flood.n_too_many, >=, 5000 - 4096 - 128);
  g_assert_cmpuint (flood.n_too_many, <=, 5000 - 4096 + 1);
  g_free (confabd_database_write_finish (database, result, NULL));
}

static void
test_backup (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdDatabase) database = open_well (self->path);
  g_autofree char *copy = g_strconcat (self->path, ".copy", NULL);
  g_autofree char *nowhere = g_build_filename (self->folder, "no", "copy", NULL);
  g_autoptr (GError) error = NULL;

  test_execute (database, "CREATE TABLE t (x TEXT)");
  test_execute (database, "INSERT INTO t VALUES ('kept')");
  g_assert_true (confabd_database_backup_sync (database, copy, &error));
  g_assert_no_error (error);
  g_assert_false (confabd_database_backup_sync (database, copy, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_false (confabd_database_backup_sync (database, nowhere, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED);

  g_clear_object (&database);
  database = open_well (copy);
  test_execute (database, "CREATE UNIQUE INDEX one ON t (x)");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, run) g_test_add (path, Fixture, NULL, set_up, run, tear_down)
  ADD ("/sqlite/open/private", test_private);
  ADD ("/sqlite/open/folder", test_folder);
  ADD ("/sqlite/open/unreachable", test_unreachable);
  ADD ("/sqlite/open/not-writable", test_not_writable);
  ADD ("/sqlite/open/no-database", test_no_database);
  ADD ("/sqlite/open/foreign", test_foreign);
  ADD ("/sqlite/open/in-use", test_in_use);
  ADD ("/sqlite/full/pages", test_full);
  ADD ("/sqlite/full/kernel", test_limited);
  ADD ("/sqlite/full/together", test_full_together);
  ADD ("/sqlite/deadline/runaway", test_runaway);
  ADD ("/sqlite/deadline/hang", test_hang);
  ADD ("/sqlite/flood", test_flood);
  ADD ("/sqlite/backup", test_backup);
#undef ADD
  return g_test_run ();
}
