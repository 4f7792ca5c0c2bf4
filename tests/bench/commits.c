/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gio/gio.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "confabd-database.h"

/* commits plain FILE SECONDS             SQLite alone: one row a transaction
 * commits confab URL SECONDS CLIENTS     through our threads: so many clients, each waiting for its
 * row
 *
 * Both into a table “things”, made anew. Prints the number of rows that were on the disk in a
 * second. */

#define INSERT "INSERT INTO things (id, name) VALUES ($1, $2)"
#define NAME   "stand-up of the people who write this"

static double
elapsed_s (gint64 began_us)
{
  return (double) (g_get_monotonic_time () - began_us) / G_USEC_PER_SEC;
}

/* ---- SQLite alone, with the settings of ours ---- */

static void
must (sqlite3 *handle, int rc)
{
  if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW) {
    g_error ("SQLite: %s", sqlite3_errmsg (handle));
  }
}

static double
measure_plain (const char *path, double seconds)
{
  sqlite3 *handle = NULL;
  sqlite3_stmt *insert = NULL;
  gint64 began_us;
  gint64 n = 0;

  must (handle, sqlite3_open (path, &handle));
  must (handle, sqlite3_exec (handle,
                              "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                              "DROP TABLE IF EXISTS things;"
                              "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT)",
                              NULL, NULL, NULL));
  must (handle, sqlite3_prepare_v2 (handle, INSERT, -1, &insert, NULL));
  began_us = g_get_monotonic_time ();
  while (elapsed_s (began_us) < seconds) {
    sqlite3_bind_int64 (insert, 1, ++n);
    sqlite3_bind_text (insert, 2, NAME, -1, SQLITE_STATIC);
    must (handle, sqlite3_step (insert));
    must (handle, sqlite3_reset (insert));
  }
  seconds = elapsed_s (began_us);
  sqlite3_finalize (insert);
  sqlite3_close (handle);
  return (double) n / seconds;
}

/* ---- through our threads ---- */

typedef struct {
  ConfabdDatabase *database; /* (unowned) lives longer */
  gint64 began_us;
  double seconds;
  gint64 n_asked;
  gint64 n_done;
  guint n_waiting;
} Crowd;

static gpointer
run_script (ConfabdConnection *connection, gpointer sql, GError **error)
{
  confabd_connection_run_script (connection, sql, error);
  return NULL;
}

static gpointer
run_insert (ConfabdConnection *connection, gpointer id, GError **error)
{
  confabd_connection_execute (connection, INSERT, g_variant_new ("(xs)", *(gint64 *) id, NAME),
                              NULL, error);
  return NULL;
}

static void ask (Crowd *crowd);

static void
on_written (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Crowd *crowd = user_data;
  g_autoptr (GError) error = NULL;

  confabd_database_write_finish (crowd->database, result, &error);
  if (error != NULL) {
    g_error ("%s", error->message);
  }
  crowd->n_waiting--;
  crowd->n_done++;
  if (elapsed_s (crowd->began_us) < crowd->seconds) {
    ask (crowd);
  }
}

static void
ask (Crowd *crowd)
{
  gint64 id = ++crowd->n_asked;
  const ConfabdWork work = { run_insert, g_memdup2 (&id, sizeof id), g_free, NULL };

  crowd->n_waiting++;
  confabd_database_write_async (crowd->database, &work, NULL, on_written, crowd);
}

static double
measure_confab (const char *url, double seconds, guint n_clients)
{
  static const char *const make = "DROP TABLE IF EXISTS things;"
                                  "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT)";
  const ConfabdWork prepare = { run_script, (gpointer) make, NULL, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdDatabase) database =
      confabd_database_open (url, CONFABD_DATABASE_SERVE, &error);
  Crowd crowd = { database, 0, seconds };

  if (database != NULL) {
    confabd_database_write_sync (database, &prepare, &error);
  }
  if (error != NULL) {
    g_error ("%s", error->message);
  }
  crowd.began_us = g_get_monotonic_time ();
  for (guint i = 0; i < n_clients; i++) {
    ask (&crowd);
  }
  while (crowd.n_waiting > 0) {
    g_main_context_iteration (NULL, TRUE);
  }
  seconds = elapsed_s (crowd.began_us);
  confabd_database_close_sync (database, NULL);
  return (double) crowd.n_done / seconds;
}

int
main (int argc, char *argv[])
{
  if (argc == 4 && g_str_equal (argv[1], "plain")) {
    g_print ("%.1f\n", measure_plain (argv[2], atof (argv[3])));
  } else if (argc == 5 && g_str_equal (argv[1], "confab")) {
    g_print ("%.1f\n", measure_confab (argv[2], atof (argv[3]), (guint) atoi (argv[4])));
  } else {
    g_printerr ("commits plain FILE SECONDS | commits confab URL SECONDS CLIENTS\n");
    return 2;
  }
  return 0;
}
