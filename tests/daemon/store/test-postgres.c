/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>

#include "confab-error.h"
#include "confabd-postgres-database.h"
#include "factory.h"
#include "test-loop.h"

/* What is special about a server: it goes away and comes back, and somebody else writes, too. */

typedef struct {
  char *folder;              /* (owned) */
  ConfabdDatabase *database; /* (owned) */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *url = test_make_postgres_url ();
  g_autoptr (GError) error = NULL;

  self->folder = test_make_folder ();
  self->database = confabd_postgres_database_open (url, CONFABD_DATABASE_SERVE, &error);
  g_assert_no_error (error);
  test_execute (self->database, "CREATE TABLE things (id BIGINT PRIMARY KEY NOT NULL)");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  test_drain ();
  g_assert_finalize_object (self->database);
  test_remove_folder (self->folder);
  g_free (self->folder);
}

static void
control_server (const char *verb)
{
  g_autofree char *line =
      g_strconcat (g_getenv ("CONFAB_TEST_POSTGRES_CTL"), " -m immediate ", verb, NULL);
  g_autofree char *said = NULL; /* not for the report of this test */
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_assert_true (g_spawn_command_line_sync (line, &said, NULL, &status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

static gpointer
run_insert (ConfabdConnection *connection, gpointer data, GError **error)
{
  confabd_connection_execute (connection, "INSERT INTO things (id) VALUES ($1)",
                              g_variant_new ("(u)", GPOINTER_TO_UINT (data)), NULL, error);
  return NULL;
}

static gboolean
insert (ConfabdDatabase *database, guint id, GError **error)
{
  const ConfabdWork work = { run_insert, GUINT_TO_POINTER (id), NULL, NULL };
  g_autoptr (GError) local_error = NULL;

  confabd_database_write_sync (database, &work, &local_error);
  if (local_error == NULL) {
    return TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gpointer
run_list (ConfabdConnection *connection, gpointer data, GError **error)
{
  return confabd_connection_query (connection, "SELECT id FROM things ORDER BY id", NULL, "(x)",
                                   error);
}

static guint
count (ConfabdDatabase *database)
{
  const ConfabdWork work = { run_list, NULL, NULL, (GDestroyNotify) g_ptr_array_unref };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = confabd_database_read_sync (database, &work, &error);

  g_assert_no_error (error);
  return rows->len;
}

/* Its sessions are all dead, what was prepared in them is gone, and nobody is told. */
static void
test_restarted (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (insert (self->database, 1, &error));
  g_assert_cmpuint (count (self->database), ==, 1);
  control_server ("restart");
  g_assert_true (insert (self->database, 2, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count (self->database), ==, 2);
}

static void
on_written (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  confabd_database_write_finish (CONFABD_DATABASE (object), result, &error);
  g_assert_no_error (error);
  *(guint *) user_data += 1;
}

/* Who asks meanwhile waits, and is answered when the server is back. */
static void
test_waits (Fixture *self, gconstpointer data)
{
  guint n_written = 0;

  control_server ("stop");
  for (guint i = 0; i < 20; i++) {
    const ConfabdWork work = { run_insert, GUINT_TO_POINTER (i), NULL, NULL };

    confabd_database_write_async (self->database, &work, NULL, on_written, &n_written);
  }
  control_server ("start");
  test_wait_until (n_written == 20);
  g_assert_cmpuint (count (self->database), ==, 20);
}

static void
test_away (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  confabd_database_set_deadline_ms (self->database, 300);
  control_server ("stop");
  g_assert_false (insert (self->database, 1, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_UNAVAILABLE);
  control_server ("start");
  confabd_database_set_deadline_ms (self->database, 10000);
  g_clear_error (&error);
  g_assert_true (insert (self->database, 1, &error));
  g_assert_no_error (error);
}

/* Killed in the middle of a transaction: it is undone, and said to be. */
static void
test_cut (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (test_try_execute (self->database,
                                    "INSERT INTO things (id) VALUES (1);"
                                    "SELECT pg_terminate_backend (pg_backend_pid ())",
                                    &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_UNAVAILABLE);
  g_assert_cmpuint (count (self->database), ==, 0);
  g_clear_error (&error);
  g_assert_true (insert (self->database, 1, &error));
  g_assert_no_error (error);
}

static void
test_too_long (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  confabd_database_set_deadline_ms (self->database, 200);
  g_assert_false (test_try_execute (
      self->database, "INSERT INTO things (id) VALUES (1); SELECT pg_sleep (60)", &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT);
  confabd_database_set_deadline_ms (self->database, 10000);
  g_assert_cmpuint (count (self->database), ==, 0);
}

static gpointer
run_moment (ConfabdConnection *connection, gpointer data, GError **error)
{
  g_autoptr (GVariant) row = NULL;

  confabd_connection_query_one (connection,
                                "SELECT CAST ($1 AS TIMESTAMPTZ),"
                                " CAST (CAST ($1 AS TIMESTAMPTZ) AS TEXT)",
                                g_variant_new ("(x)", G_GINT64_CONSTANT (1774744200250001)), "(xs)",
                                &row, error);
  return g_steal_pointer (&row);
}

/* A moment is one in the server, too, for whoever looks on. */
static void
test_moment (Fixture *self, gconstpointer data)
{
  const ConfabdWork work = { run_moment, NULL, NULL, (GDestroyNotify) g_variant_unref };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) row = confabd_database_read_sync (self->database, &work, &error);
  const char *text;
  gint64 moment_us;

  g_assert_no_error (error);
  g_variant_get (row, "(x&s)", &moment_us, &text);
  g_assert_cmpint (moment_us, ==, G_GINT64_CONSTANT (1774744200250001));
  g_assert_cmpstr (text, ==, "2026-03-29 00:30:00.250001+00");
}

static void
test_backup (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "copy.dump", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (confabd_database_backup_sync (self->database, path, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  g_assert_true (g_str_has_prefix (text, "PGDMP"));

  g_assert_false (confabd_database_backup_sync (self->database, path, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED);
}

static void
test_names (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (
      confabd_postgres_database_open ("postgresql://ada:geheim@127.0.0.1:1/calls?connect_timeout=1",
                                      CONFABD_DATABASE_SERVE, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_UNAVAILABLE);
  g_assert_nonnull (strstr (error->message, "“postgresql://127.0.0.1:1/calls”"));
  g_assert_null (strstr (error->message, "geheim"));

  g_clear_error (&error);
  g_assert_null (confabd_postgres_database_open ("postgresql://x/y?nonsense=1",
                                                 CONFABD_DATABASE_SERVE, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/postgres/restarted", Fixture, NULL, set_up, test_restarted, tear_down);
  g_test_add ("/postgres/waits", Fixture, NULL, set_up, test_waits, tear_down);
  g_test_add ("/postgres/away", Fixture, NULL, set_up, test_away, tear_down);
  g_test_add ("/postgres/cut", Fixture, NULL, set_up, test_cut, tear_down);
  g_test_add ("/postgres/too-long", Fixture, NULL, set_up, test_too_long, tear_down);
  g_test_add ("/postgres/moment", Fixture, NULL, set_up, test_moment, tear_down);
  g_test_add ("/postgres/backup", Fixture, NULL, set_up, test_backup, tear_down);
  g_test_add_func ("/postgres/names", test_names);
  return g_test_run ();
}
