/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include <unistd.h>

#include "confab-error.h"
#include "confabd-sqlite-connection.h"
#include "confabd-sqlite-database.h"
#include "confabd-sqlite-file-private.h"
#include "confabd-sqlite-worker-private.h"

#define N_READERS   2
#define QUEUE_LIMIT 4096 /* at 5,000 writes a second of a slow disk: less than a second's worth */
#define DEADLINE_MS 10000

typedef struct {
  ConfabdSqliteConnection *connection; /* (owned) */
  ConfabdSqliteQueue *queue;           /* (unowned) the database joins its threads first */
  GThread *thread;                     /* (owned) */
} Worker;

/**
 * ConfabdSqliteDatabase:
 *
 * A file of SQLite with one thread that writes and some that read; in memory, where a connection is
 * the database, one thread does both.
 */
struct _ConfabdSqliteDatabase {
  GObject parent_instance;

  char *path;                 /* (owned) */
  int lock;                   /* (owned) a descriptor, -1 in memory */
  ConfabdSqliteQueue *writes; /* (owned) */
  ConfabdSqliteQueue *reads;  /* (owned) */
  Worker writer;
  Worker readers[N_READERS];
  guint n_readers;
  guint deadline_ms;
};

static void confabd_sqlite_database_iface_init (ConfabdDatabaseInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabdSqliteDatabase,
                               confabd_sqlite_database,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_DATABASE,
                                                      confabd_sqlite_database_iface_init))

static gpointer
writer_main (gpointer data)
{
  Worker *worker = data;

  confabd_sqlite_worker_write (worker->connection, worker->queue);
  return NULL;
}

static gpointer
reader_main (gpointer data)
{
  Worker *worker = data;

  confabd_sqlite_worker_read (worker->connection, worker->queue);
  return NULL;
}

static void
worker_start (Worker *worker, const char *name, GThreadFunc run, ConfabdSqliteQueue *queue)
{
  worker->queue = queue;
  worker->thread = g_thread_new (name, run, worker);
}

static void
worker_stop (Worker *worker)
{
  g_clear_pointer (&worker->thread, g_thread_join);
  g_clear_object (&worker->connection);
}

/* Waits for the threads. The writer's connection goes last: it writes the log back. */
static void
stop_workers (ConfabdSqliteDatabase *self)
{
  confabd_sqlite_queue_close (self->writes);
  confabd_sqlite_queue_close (self->reads);
  for (guint i = 0; i < N_READERS; i++) {
    worker_stop (&self->readers[i]);
  }
  worker_stop (&self->writer);
  if (self->lock >= 0) {
    close (self->lock);
    self->lock = -1;
  }
}

static void
submit (ConfabdSqliteDatabase *self,
        ConfabdSqliteQueue *queue,
        ConfabdSqliteJobKind kind,
        const ConfabdWork *work,
        GTask *task)
{
  ConfabdSqliteJob *job = confabd_sqlite_job_new (kind, work, task, self->deadline_ms);
  g_autoptr (GError) error = NULL;

  if (!confabd_sqlite_queue_push (queue, job, &error)) {
    confabd_sqlite_job_fail (job, error);
    confabd_sqlite_job_answer (job);
  }
}

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
  ConfabdSqliteDatabase *self = CONFABD_SQLITE_DATABASE (database);

  submit (self, self->writes, CONFABD_SQLITE_JOB_WORK, work, task);
}

static void
confabd_sqlite_database_read (ConfabdDatabase *database, const ConfabdWork *work, GTask *task)
{
  ConfabdSqliteDatabase *self = CONFABD_SQLITE_DATABASE (database);

  submit (self, self->n_readers > 0 ? self->reads : self->writes, CONFABD_SQLITE_JOB_WORK, work,
          task);
}

static gpointer
run_backup (ConfabdConnection *connection, gpointer data, GError **error)
{
  return GINT_TO_POINTER (
      confabd_sqlite_connection_backup (CONFABD_SQLITE_CONNECTION (connection), data, error));
}

static void
on_backup_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  confabd_database_write_finish (CONFABD_DATABASE (object), result, &error);
  if (error != NULL) {
    g_task_return_error (task, error);
  } else {
    g_task_return_boolean (task, TRUE);
  }
}

static void
confabd_sqlite_database_backup (ConfabdDatabase *database, const char *path, GTask *task)
{
  ConfabdSqliteDatabase *self = CONFABD_SQLITE_DATABASE (database);
  const ConfabdWork work = { run_backup, g_strdup (path), g_free, NULL };
  g_autoptr (GTask) inner = NULL;

  inner = g_task_new (self, g_task_get_cancellable (task), on_backup_done, g_object_ref (task));
  g_task_set_source_tag (inner, confabd_sqlite_database_backup);
  submit (self, self->writes, CONFABD_SQLITE_JOB_ALONE, &work, inner);
}

static gpointer
do_nothing (ConfabdConnection *connection, gpointer data, GError **error)
{
  return NULL;
}

static void
on_drained (GObject *object, GAsyncResult *result, gpointer user_data)
{
  ConfabdSqliteDatabase *self = CONFABD_SQLITE_DATABASE (object);
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  confabd_database_write_finish (CONFABD_DATABASE (self), result, &error);
  stop_workers (self);
  if (error != NULL) {
    g_task_return_error (task, error);
  } else {
    g_task_return_boolean (task, TRUE);
  }
}

/* One last job tells when all before it are on the disk, so that nobody waits in a join. */
static void
confabd_sqlite_database_close (ConfabdDatabase *database, GTask *task)
{
  ConfabdSqliteDatabase *self = CONFABD_SQLITE_DATABASE (database);
  const ConfabdWork work = { do_nothing, NULL, NULL, NULL };
  g_autoptr (GTask) inner = NULL;

  inner = g_task_new (self, NULL, on_drained, g_object_ref (task));
  g_task_set_source_tag (inner, confabd_sqlite_database_close);
  submit (self, self->writes, CONFABD_SQLITE_JOB_ALONE, &work, inner);
  confabd_sqlite_queue_close (self->writes);
  confabd_sqlite_queue_close (self->reads);
}

static void
confabd_sqlite_database_finalize (GObject *object)
{
  ConfabdSqliteDatabase *self = CONFABD_SQLITE_DATABASE (object);

  stop_workers (self);
  confabd_sqlite_queue_free (self->writes);
  confabd_sqlite_queue_free (self->reads);
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
  self->writes = confabd_sqlite_queue_new (QUEUE_LIMIT);
  self->reads = confabd_sqlite_queue_new (QUEUE_LIMIT);
  self->deadline_ms = DEADLINE_MS;
}

static gboolean
open_readers (ConfabdSqliteDatabase *self, GError **error)
{
  for (guint i = 0; i < N_READERS; i++) {
    self->readers[i].connection =
        confabd_sqlite_connection_open (self->path, CONFABD_SQLITE_READER, error);
    if (self->readers[i].connection == NULL) {
      return FALSE;
    }
  }
  self->n_readers = N_READERS;
  return TRUE;
}

static gboolean
open_connections (ConfabdSqliteDatabase *self, GError **error)
{
  gboolean is_file = !g_str_equal (self->path, CONFABD_SQLITE_MEMORY);

  if (is_file) {
    if (!confabd_sqlite_file_prepare (self->path, error)) {
      return FALSE;
    }
    self->lock = confabd_sqlite_file_lock (self->path, error);
    if (self->lock < 0) {
      return FALSE;
    }
  }
  self->writer.connection =
      confabd_sqlite_connection_open (self->path, CONFABD_SQLITE_WRITER, error);
  return self->writer.connection != NULL && (!is_file || open_readers (self, error));
}

/**
 * confabd_sqlite_database_open:
 * @path: an absolute path, or %CONFABD_SQLITE_MEMORY
 * @error: return location for a #GError
 *
 * Opens a database, or makes an empty one. Waits for the disk, and up to 3 s for another daemon to
 * let go of the file: for the start only.
 *
 * Returns: (transfer full): the database; %NULL with one sentence about what is wrong with @path
 */
ConfabdDatabase *
confabd_sqlite_database_open (const char *path, GError **error)
{
  g_autoptr (ConfabdSqliteDatabase) self = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_object_new (CONFABD_TYPE_SQLITE_DATABASE, NULL);
  self->path = g_strdup (path);
  if (!open_connections (self, error)) {
    return NULL;
  }
  worker_start (&self->writer, "db-writer", writer_main, self->writes);
  for (guint i = 0; i < self->n_readers; i++) {
    worker_start (&self->readers[i], "db-reader", reader_main, self->reads);
  }
  return CONFABD_DATABASE (g_steal_pointer (&self));
}

/**
 * confabd_sqlite_database_set_deadline_ms:
 * @deadline_ms: how long a piece of work may wait and take; 10,000 at first
 *
 * Holds for work that is asked for from now on.
 */
void
confabd_sqlite_database_set_deadline_ms (ConfabdSqliteDatabase *self, guint deadline_ms)
{
  g_return_if_fail (CONFABD_IS_SQLITE_DATABASE (self));

  self->deadline_ms = deadline_ms;
}
