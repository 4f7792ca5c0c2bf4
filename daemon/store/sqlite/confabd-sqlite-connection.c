/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "confab-error.h"
#include "confabd-sqlite-connection.h"
#include "confabd-sqlite-error-private.h"
#include "confabd-sqlite-statement-private.h"
#include "confabd-statements.h"

/* ASCII "Cfab" in the header of the file: `file` and we know whose it is. */
#define APPLICATION_ID  0x43666162
#define BUSY_TIMEOUT_MS 5000 /* somebody with the sqlite3 shell, or a backup */
#define INSTRUCTIONS_CHECK                                               \
  2000 /* of SQLite's machine, tens of µs: how often deadlines are seen \
        */

/**
 * ConfabdSqliteConnection:
 *
 * One connection to a file of SQLite. Used by one thread at a time.
 *
 * WAL, so that readers and the writer do not wait for each other; synchronous=FULL, because what
 * was answered must outlive a power cut, and because it costs nothing here: commits are grouped,
 * and a saturated writer does 225,000 units/s with it on the machine of the measurements.
 */
struct _ConfabdSqliteConnection {
  GObject parent_instance;

  char *path;             /* (owned) */
  sqlite3 *handle;        /* (owned) */
  GHashTable *statements; /* (element-type utf8 sqlite3_stmt) (owned), the key is the statement's */
  gint64 deadline_mono_us; /* 0: none */
};

static void confabd_sqlite_connection_iface_init (ConfabdConnectionInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabdSqliteConnection,
                               confabd_sqlite_connection,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_CONNECTION,
                                                      confabd_sqlite_connection_iface_init))

static gboolean
check (ConfabdSqliteConnection *self, int rc, GError **error)
{
  if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW) {
    return TRUE;
  }
  confabd_sqlite_set_error (error, self->handle, rc, self->path);
  return FALSE;
}

static int
on_progress (void *user_data)
{
  ConfabdSqliteConnection *self = user_data;

  return self->deadline_mono_us != 0 && g_get_monotonic_time () > self->deadline_mono_us;
}

/* Statements stay prepared: their number is that of the constants in confabd-store-*.c. */
static sqlite3_stmt *
get_statement (ConfabdSqliteConnection *self, const char *sql, GError **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, sql);
  int rc;

  if (statement != NULL) {
    return statement;
  }
  rc = sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
  if (!check (self, rc, error)) {
    return NULL;
  }
  g_hash_table_insert (self->statements, (char *) sqlite3_sql (statement), statement);
  return statement;
}

static void
finalize_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

static void
release_statement (sqlite3_stmt *statement)
{
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
}

static gboolean
collect_rows (ConfabdSqliteConnection *self,
              sqlite3_stmt *statement,
              const GVariantType *row_type,
              GPtrArray *rows,
              GError **error)
{
  int rc;

  while ((rc = sqlite3_step (statement)) == SQLITE_ROW) {
    GVariant *row = NULL;

    if (row_type == NULL) {
      continue;
    }
    row = confabd_sqlite_statement_dup_row (statement, row_type, error);
    if (row == NULL) {
      return FALSE;
    }
    g_ptr_array_add (rows, row);
  }
  return check (self, rc, error);
}

static gboolean
run_statement (ConfabdSqliteConnection *self,
               const char *sql,
               GVariant *parameters,
               const GVariantType *row_type,
               GPtrArray *rows,
               GError **error)
{
  gint64 began_us = g_get_monotonic_time ();
  sqlite3_stmt *statement = NULL;
  gboolean is_done;

  statement = get_statement (self, sql, error);
  if (statement == NULL) {
    return FALSE;
  }
  is_done = confabd_sqlite_statement_bind (statement, parameters, error) &&
            collect_rows (self, statement, row_type, rows, error);
  release_statement (statement);
  confabd_statements_note (sql, g_get_monotonic_time () - began_us);
  return is_done;
}

static gboolean
confabd_sqlite_connection_execute (ConfabdConnection *connection,
                                   const char *sql,
                                   GVariant *parameters,
                                   guint *n_changed,
                                   GError **error)
{
  ConfabdSqliteConnection *self = CONFABD_SQLITE_CONNECTION (connection);

  if (!run_statement (self, sql, parameters, NULL, NULL, error)) {
    return FALSE;
  }
  if (n_changed != NULL) {
    *n_changed = sqlite3_changes (self->handle);
  }
  return TRUE;
}

static GPtrArray *
confabd_sqlite_connection_query (ConfabdConnection *connection,
                                 const char *sql,
                                 GVariant *parameters,
                                 const GVariantType *row_type,
                                 GError **error)
{
  ConfabdSqliteConnection *self = CONFABD_SQLITE_CONNECTION (connection);
  g_autoptr (GPtrArray) rows = NULL;

  rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  if (!run_statement (self, sql, parameters, row_type, rows, error)) {
    return NULL;
  }
  return g_steal_pointer (&rows);
}

/* BEGIN, RELEASE and so on are said with each piece of work: prepared as all others, counted as
 * none. */
static gboolean
run_word (ConfabdSqliteConnection *self, const char *sql, GError **error)
{
  sqlite3_stmt *statement = get_statement (self, sql, error);
  gboolean is_done;

  if (statement == NULL) {
    return FALSE;
  }
  is_done = check (self, sqlite3_step (statement), error);
  sqlite3_reset (statement);
  return is_done;
}

static gboolean
confabd_sqlite_connection_run_script (ConfabdConnection *connection,
                                      const char *sql,
                                      GError **error)
{
  ConfabdSqliteConnection *self = CONFABD_SQLITE_CONNECTION (connection);

  if (strchr (sql, ';') == NULL) {
    return run_word (self, sql, error);
  }
  return check (self, sqlite3_exec (self->handle, sql, NULL, NULL, NULL), error);
}

static gboolean
confabd_sqlite_connection_begin (ConfabdConnection *connection,
                                 ConfabdTransaction kind,
                                 GError **error)
{
  return confabd_connection_run_script (
      connection, kind == CONFABD_TRANSACTION_WRITE ? "BEGIN IMMEDIATE" : "BEGIN", error);
}

static gboolean
confabd_sqlite_connection_is_in_transaction (ConfabdConnection *connection)
{
  return !sqlite3_get_autocommit (CONFABD_SQLITE_CONNECTION (connection)->handle);
}

static void
confabd_sqlite_connection_set_deadline (ConfabdConnection *connection, gint64 deadline_mono_us)
{
  CONFABD_SQLITE_CONNECTION (connection)->deadline_mono_us = deadline_mono_us;
}

static void
confabd_sqlite_connection_finalize (GObject *object)
{
  ConfabdSqliteConnection *self = CONFABD_SQLITE_CONNECTION (object);

  g_clear_pointer (&self->statements, g_hash_table_unref);
  g_clear_pointer (&self->handle, sqlite3_close);
  g_free (self->path);

  G_OBJECT_CLASS (confabd_sqlite_connection_parent_class)->finalize (object);
}

static void
confabd_sqlite_connection_iface_init (ConfabdConnectionInterface *iface)
{
  iface->execute = confabd_sqlite_connection_execute;
  iface->query = confabd_sqlite_connection_query;
  iface->run_script = confabd_sqlite_connection_run_script;
  iface->begin = confabd_sqlite_connection_begin;
  iface->is_in_transaction = confabd_sqlite_connection_is_in_transaction;
  iface->set_deadline = confabd_sqlite_connection_set_deadline;
}

static void
confabd_sqlite_connection_class_init (ConfabdSqliteConnectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_sqlite_connection_finalize;
}

static void
confabd_sqlite_connection_init (ConfabdSqliteConnection *self)
{
  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, finalize_statement);
}

/* A new file becomes ours; a file of another program is left alone. */
static gboolean
claim_file (ConfabdSqliteConnection *self, GError **error)
{
  ConfabdConnection *connection = CONFABD_CONNECTION (self);
  g_autoptr (GVariant) id = NULL;
  g_autoptr (GVariant) n_objects = NULL;
  g_autofree char *claim = NULL;
  gint64 value;

  if (!confabd_connection_query_one (connection, "PRAGMA application_id", NULL, "(x)", &id,
                                     error) ||
      !confabd_connection_query_one (connection, "SELECT count(*) FROM sqlite_master", NULL, "(x)",
                                     &n_objects, error)) {
    return FALSE;
  }

  g_variant_get (id, "(x)", &value);
  if (value == APPLICATION_ID) {
    return TRUE;
  }
  g_variant_get (n_objects, "(x)", &value);
  if (value > 0) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                 "The database “%s” belongs to another program", self->path);
    return FALSE;
  }
  claim = g_strdup_printf ("PRAGMA application_id=%d", APPLICATION_ID);
  return confabd_connection_run_script (connection, claim, error);
}

static gboolean
prepare_writer (ConfabdSqliteConnection *self, GError **error)
{
  if (sqlite3_db_readonly (self->handle, "main") == 1) {
    return check (self, SQLITE_READONLY, error);
  }
  return claim_file (self, error) &&
         confabd_connection_run_script (
             CONFABD_CONNECTION (self),
             "PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=67108864;", error);
}

/**
 * confabd_sqlite_connection_open:
 * @path: the file, which exists already (an empty one is a new database), or `:memory:`
 * @kind: a reader sees the database and cannot change it
 * @error: return location for a #GError
 *
 * Fails with one sentence for whatever is there and is no database that we can use.
 *
 * Returns: (transfer full): the connection
 */
ConfabdSqliteConnection *
confabd_sqlite_connection_open (const char *path, ConfabdTransaction kind, GError **error)
{
  g_autoptr (ConfabdSqliteConnection) self = NULL;
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_object_new (CONFABD_TYPE_SQLITE_CONNECTION, NULL);
  self->path = g_strdup (path);
  if (!check (self, sqlite3_open_v2 (path, &self->handle, flags, NULL), error)) {
    return NULL;
  }

  sqlite3_extended_result_codes (self->handle, TRUE);
  sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS);
  sqlite3_progress_handler (self->handle, INSTRUCTIONS_CHECK, on_progress, self);
  /* Nothing of a full disk may stop a read: sorting stays in memory. */
  if (!confabd_connection_run_script (CONFABD_CONNECTION (self),
                                      "PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL;"
                                      "PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF;",
                                      error)) {
    return NULL;
  }
  if (kind == CONFABD_TRANSACTION_READ) {
    return confabd_connection_run_script (CONFABD_CONNECTION (self), "PRAGMA query_only=ON;", error)
               ? g_steal_pointer (&self)
               : NULL;
  }
  return prepare_writer (self, error) ? g_steal_pointer (&self) : NULL;
}

static gboolean
copy_pages (ConfabdSqliteConnection *self, sqlite3 *target, const char *path, GError **error)
{
  sqlite3_backup *backup = sqlite3_backup_init (target, "main", self->handle, "main");
  int rc;

  if (backup == NULL) {
    confabd_sqlite_set_error (error, target, sqlite3_extended_errcode (target), path);
    return FALSE;
  }
  sqlite3_backup_step (backup, -1);
  rc = sqlite3_backup_finish (backup);
  if (rc != SQLITE_OK) {
    confabd_sqlite_set_error (error, target, rc, path);
    return FALSE;
  }
  return TRUE;
}

/**
 * confabd_sqlite_connection_backup:
 * @path: the new file; must not exist
 * @error: return location for a #GError
 *
 * Copies the whole database, outside of a transaction. Leaves no half of a file.
 *
 * Returns: whether the copy is complete
 */
gboolean
confabd_sqlite_connection_backup (ConfabdSqliteConnection *self, const char *path, GError **error)
{
  sqlite3 *target = NULL;
  gboolean is_done = FALSE;
  int descriptor;
  int rc;

  g_return_val_if_fail (CONFABD_IS_SQLITE_CONNECTION (self), FALSE);

  descriptor = g_open (path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    int reason = errno;

    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "The backup “%s” cannot be made: %s",
                 path, g_strerror (reason));
    return FALSE;
  }
  close (descriptor);
  rc = sqlite3_open_v2 (path, &target, SQLITE_OPEN_READWRITE, NULL);
  if (rc != SQLITE_OK) {
    confabd_sqlite_set_error (error, target, rc, path);
  } else {
    is_done = copy_pages (self, target, path, error);
  }
  sqlite3_close (target);
  if (!is_done) {
    g_unlink (path);
  }
  return is_done;
}
