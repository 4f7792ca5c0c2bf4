/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "factory.h"

#include <glib/gstdio.h>
#include <libpq-fe.h>
#include <unistd.h>

#include "confabd-postgres-database.h"
#include "confabd-sqlite-database.h"
#include "explaining-database.h"

static guint n_postgres_databases;

static ConfabdDatabase *
open_file (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "confab.db", NULL);

  return confabd_sqlite_database_open (path, CONFABD_DATABASE_SERVE, error);
}

static ConfabdDatabase *
open_memory (const char *folder, GError **error)
{
  return confabd_sqlite_database_open (CONFABD_SQLITE_MEMORY, CONFABD_DATABASE_SERVE, error);
}

/* Refuses each statement that reads a whole table. */
static ConfabdDatabase *
open_explaining (const char *folder, GError **error)
{
  g_autoptr (ConfabdDatabase) database = open_memory (folder, error);

  return database != NULL ? explaining_database_new (database) : NULL;
}

/* A database of its own for each test, on the server that with-postgres.sh started. */
char *
test_make_postgres_url (void)
{
  const char *server = g_getenv ("CONFAB_TEST_POSTGRES");
  g_autofree char *name = g_strdup_printf ("test_%d_%u", getpid (), n_postgres_databases++);
  g_autofree char *sql = g_strdup_printf ("CREATE DATABASE %s", name);
  g_autoptr (GString) url = g_string_new (server);
  PGconn *handle = NULL;
  PGresult *result = NULL;

  g_assert_nonnull (server);
  handle = PQconnectdb (server);
  result = PQexec (handle, sql);
  g_assert_cmpstr (PQerrorMessage (handle), ==, "");
  PQclear (result);
  PQfinish (handle);
  g_assert_cmpuint (g_string_replace (url, "@/postgres?", "@/NAME?", 1), ==, 1);
  g_string_replace (url, "NAME", name, 1);
  return g_string_free (g_steal_pointer (&url), FALSE);
}

static ConfabdDatabase *
open_postgres (const char *folder, GError **error)
{
  g_autofree char *url = test_make_postgres_url ();

  return confabd_postgres_database_open (url, CONFABD_DATABASE_SERVE, error);
}

static ConfabdDatabase *
open_postgres_explaining (const char *folder, GError **error)
{
  g_autoptr (ConfabdDatabase) database = open_postgres (folder, error);

  return database != NULL ? explaining_database_new (database) : NULL;
}

const DatabaseFactory database_factories[] = {
  { "sqlite-file", open_file },
  { "sqlite-memory", open_memory },
  { "sqlite-explain", open_explaining },
  { "postgres", open_postgres },
  { "postgres-explain", open_postgres_explaining },
};
#define N_SQLITE 3

guint
count_database_factories (void)
{
  return g_getenv ("CONFAB_TEST_POSTGRES") != NULL ? G_N_ELEMENTS (database_factories) : N_SQLITE;
}

char *
test_make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("confab-store-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

void
test_remove_folder (const char *folder)
{
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (directory)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_assert_no_errno (g_remove (path));
  }
  g_assert_no_errno (g_rmdir (folder));
}

gpointer
test_run_script (ConfabdConnection *connection, gpointer data, GError **error)
{
  confabd_connection_run_script (connection, data, error);
  return NULL;
}

gboolean
test_try_execute (ConfabdDatabase *database, const char *sql, GError **error)
{
  const ConfabdWork work = { test_run_script, (gpointer) sql, NULL, NULL };
  g_autoptr (GError) local_error = NULL;

  confabd_database_write_sync (database, &work, &local_error);
  if (local_error == NULL) {
    return TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

void
test_execute (ConfabdDatabase *database, const char *sql)
{
  g_autoptr (GError) error = NULL;

  test_try_execute (database, sql, &error);
  g_assert_no_error (error);
}
