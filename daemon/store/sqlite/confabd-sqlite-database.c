/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include <unistd.h>

#include "confab-error.h"
#include "confabd-pool-private.h"
#include "confabd-sqlite-connection.h"
#include "confabd-sqlite-database.h"
#include "confabd-sqlite-file-private.h"

#define N_READERS        2
#define SERVE_WAIT_MS    3000   /* for a daemon that is about to end */
#define MAINTAIN_WAIT_MS 120000 /* for a tool that is at it */

/**
 * ConfabdSqliteDatabase:
 *
 * A file of SQLite with one thread that writes and some that read; in memory, where a connection is
 * the database, one thread does both.
 */
struct _ConfabdSqliteDatabase {
  GObject parent_instance;

  char *path;        /* (owned) */
  int lock;          /* (owned) a descriptor, -1 in memory */
  ConfabdPool *pool; /* (owned) (nullable) until it is open */
};

static void confabd_sqlite_database_iface_init (ConfabdDatabaseInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabdSqliteDatabase,
                               confabd_sqlite_database,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_DATABASE,
                                                      confabd_sqlite_database_iface_init))

static const char *
confabd_sqlite_database_get_dialect (ConfabdDatabase *database)
{
  return "sqlite";
}

static const char *
confabd_sqlite_database_get_name (ConfabdDatabase *database)
{
  return CONFABD_SQLITE_DATABASE (database)->path;
}

static void
confabd_sqlite_database_write (ConfabdDatabase *database, const ConfabdWork *work, GTask *task)
{
  confabd_pool_write (CONFABD_SQLITE_DATABASE (database)->pool, work, task);
}

static void
confabd_sqlite_database_read (ConfabdDatabase *database, const ConfabdWork *work, GTask *task)
{
  confabd_pool_read (CONFABD_SQLITE_DATABASE (database)->pool, work, task);
}

static gpointer
run_backup (ConfabdConnection *connection, gpointer data, GError **error)
{
  return GINT_TO_POINTER (
      confabd_sqlite_connection_backup (CONFABD_SQLITE_CONNECTION (connection), data, error));
}

static void
confabd_sqlite_database_backup (ConfabdDatabase *database, const char *path, GTask *task)
{
  const ConfabdWork work = { run_backup, g_strdup (path), g_free, NULL };

  confabd_pool_do_alone (CONFABD_SQLITE_DATABASE (database)->pool, &work, task);
}

static void
confabd_sqlite_database_close (ConfabdDatabase *database, GTask *task)
{
  confabd_pool_close (CONFABD_SQLITE_DATABASE (database)->pool, task);
}

static void
confabd_sqlite_database_set_deadline_ms (ConfabdDatabase *database, guint deadline_ms)
{
  confabd_pool_set_deadline_ms (CONFABD_SQLITE_DATABASE (database)->pool, deadline_ms);
}

static void
confabd_sqlite_database_finalize (GObject *object)
{
  ConfabdSqliteDatabase *self = CONFABD_SQLITE_DATABASE (object);

  g_clear_pointer (&self->pool, confabd_pool_free);
  if (self->lock >= 0) {
    close (self->lock);
  }
  g_free (self->path);

  G_OBJECT_CLASS (confabd_sqlite_database_parent_class)->finalize (object);
}

static void
confabd_sqlite_database_iface_init (ConfabdDatabaseInterface *iface)
{
  iface->get_dialect = confabd_sqlite_database_get_dialect;
  iface->get_name = confabd_sqlite_database_get_name;
  iface->write = confabd_sqlite_database_write;
  iface->read = confabd_sqlite_database_read;
  iface->backup = confabd_sqlite_database_backup;
  iface->close = confabd_sqlite_database_close;
  iface->set_deadline_ms = confabd_sqlite_database_set_deadline_ms;
}

static void
confabd_sqlite_database_class_init (ConfabdSqliteDatabaseClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_sqlite_database_finalize;
}

static void
confabd_sqlite_database_init (ConfabdSqliteDatabase *self)
{
  self->lock = -1;
}

static GPtrArray *
open_readers (ConfabdSqliteDatabase *self, GError **error)
{
  g_autoptr (GPtrArray) readers = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean is_file = !g_str_equal (self->path, CONFABD_SQLITE_MEMORY);

  for (guint i = 0; is_file && i < N_READERS; i++) {
    ConfabdSqliteConnection *reader =
        confabd_sqlite_connection_open (self->path, CONFABD_TRANSACTION_READ, error);

    if (reader == NULL) {
      return NULL;
    }
    g_ptr_array_add (readers, reader);
  }
  return g_steal_pointer (&readers);
}

static gboolean
lock_file (ConfabdSqliteDatabase *self, ConfabdDatabaseUse use, GError **error)
{
  if (g_str_equal (self->path, CONFABD_SQLITE_MEMORY)) {
    return TRUE;
  }
  if (use == CONFABD_DATABASE_LOOK) {
    return confabd_sqlite_file_check (self->path, error);
  }
  if (!confabd_sqlite_file_prepare (self->path, error)) {
    return FALSE;
  }
  self->lock = confabd_sqlite_file_lock (
      self->path, use == CONFABD_DATABASE_SERVE ? SERVE_WAIT_MS : MAINTAIN_WAIT_MS, error);
  return self->lock >= 0;
}

/**
 * confabd_sqlite_database_open:
 * @path: an absolute path, or %CONFABD_SQLITE_MEMORY
 * @use: what for
 * @error: return location for a #GError
 *
 * Opens a database, or, unless to look, makes an empty one. Waits for the disk, and for another
 * daemon to let go of the file, up to 3 s; a tool for other tools up to 2 minutes.
 *
 * Returns: (transfer full): the database; %NULL with one sentence about what is wrong with @path
 */
ConfabdDatabase *
confabd_sqlite_database_open (const char *path, ConfabdDatabaseUse use, GError **error)
{
  g_autoptr (ConfabdSqliteDatabase) self = NULL;
  g_autoptr (ConfabdSqliteConnection) writer = NULL;
  g_autoptr (GPtrArray) readers = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_object_new (CONFABD_TYPE_SQLITE_DATABASE, NULL);
  self->path = g_strdup (path);
  if (!lock_file (self, use, error)) {
    return NULL;
  }
  writer = confabd_sqlite_connection_open (path, CONFABD_TRANSACTION_WRITE, error);
  if (writer == NULL) {
    return NULL;
  }
  readers = open_readers (self, error);
  if (readers == NULL) {
    return NULL;
  }
  self->pool = confabd_pool_new (CONFABD_CONNECTION (writer), readers);
  return CONFABD_DATABASE (g_steal_pointer (&self));
}
