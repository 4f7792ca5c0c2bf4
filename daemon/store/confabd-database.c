/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-database.h"

/**
 * ConfabdDatabase:
 *
 * Runs work on the threads of a database engine, so that the main loop never waits for a disk or a
 * lock.
 *
 * A piece of work is a transaction: all of it happens, or nothing. Writes happen one after the
 * other, in the order in which they were asked for, and are answered once they are on the disk.
 * Reads may overtake writes that are not answered yet, never those that are. Each piece has a
 * deadline; queues are bounded. Callbacks come in the main context of who asked, in the order of
 * the writes.
 */
G_DEFINE_INTERFACE (ConfabdDatabase, confabd_database, G_TYPE_OBJECT)

static void
confabd_database_default_init (ConfabdDatabaseInterface *iface)
{
}

/**
 * confabd_database_get_dialect:
 *
 * Returns: what distinguishes the SQL of this engine in names of migrations: `sqlite`, `postgres`
 */
const char *
confabd_database_get_dialect (ConfabdDatabase *self)
{
  g_return_val_if_fail (CONFABD_IS_DATABASE (self), NULL);

  return CONFABD_DATABASE_GET_IFACE (self)->get_dialect (self);
}

/**
 * confabd_database_get_name:
 *
 * Returns: what an administrator knows the database by: its path, or its URL without a password
 */
const char *
confabd_database_get_name (ConfabdDatabase *self)
{
  g_return_val_if_fail (CONFABD_IS_DATABASE (self), NULL);

  return CONFABD_DATABASE_GET_IFACE (self)->get_name (self);
}

/**
 * confabd_database_set_deadline_ms:
 * @deadline_ms: how long a piece of work may wait and take, 10,000 at first; 0 for as long as it
 *   likes, as migrations do
 *
 * Holds for work that is asked for from now on.
 */
void
confabd_database_set_deadline_ms (ConfabdDatabase *self, guint deadline_ms)
{
  g_return_if_fail (CONFABD_IS_DATABASE (self));

  CONFABD_DATABASE_GET_IFACE (self)->set_deadline_ms (self, deadline_ms);
}

/**
 * confabd_database_write_async:
 * @work: what to do; copied, and its data taken over
 * @cancellable: (nullable): when it is cancelled before the work began, the work does not happen
 * @callback: called in the thread-default main context of the caller
 * @user_data: for @callback
 *
 * Runs @work in a transaction that may change the database.
 *
 * Finishes with %CONFAB_ERROR_TOO_MANY when too much is waiting already, and with
 * %CONFAB_ERROR_TIMED_OUT past the deadline: then nothing was changed, unless the disk hangs in the
 * very commit; who cares about that undoes it.
 */
void
confabd_database_write_async (ConfabdDatabase *self,
                              const ConfabdWork *work,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (CONFABD_IS_DATABASE (self));
  g_return_if_fail (work != NULL && work->run != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confabd_database_write_async);
  CONFABD_DATABASE_GET_IFACE (self)->write (self, work, task);
}

/**
 * confabd_database_write_finish:
 *
 * Returns: (transfer full) (nullable): what the work returned
 */
gpointer
confabd_database_write_finish (ConfabdDatabase *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * confabd_database_read_async:
 *
 * Like confabd_database_write_async() for work that only reads. It sees one moment of the database.
 */
void
confabd_database_read_async (ConfabdDatabase *self,
                             const ConfabdWork *work,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (CONFABD_IS_DATABASE (self));
  g_return_if_fail (work != NULL && work->run != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confabd_database_read_async);
  CONFABD_DATABASE_GET_IFACE (self)->read (self, work, task);
}

/**
 * confabd_database_read_finish:
 *
 * Returns: (transfer full) (nullable): what the work returned
 */
gpointer
confabd_database_read_finish (ConfabdDatabase *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * confabd_database_write_for:
 * @work: what to do; copied, and its data taken over
 * @task: somebody's own: of their object, for their callback
 *
 * Like confabd_database_write_async(), but answers @task with what the work returns.
 */
void
confabd_database_write_for (ConfabdDatabase *self, const ConfabdWork *work, GTask *task)
{
  g_return_if_fail (CONFABD_IS_DATABASE (self));
  g_return_if_fail (work != NULL && work->run != NULL);

  CONFABD_DATABASE_GET_IFACE (self)->write (self, work, task);
}

/**
 * confabd_database_read_for:
 *
 * Like confabd_database_write_for() for work that only reads.
 */
void
confabd_database_read_for (ConfabdDatabase *self, const ConfabdWork *work, GTask *task)
{
  g_return_if_fail (CONFABD_IS_DATABASE (self));
  g_return_if_fail (work != NULL && work->run != NULL);

  CONFABD_DATABASE_GET_IFACE (self)->read (self, work, task);
}

/**
 * confabd_database_close_async:
 *
 * Refuses work from now on, finishes what was asked for before, and lets go of the database.
 */
void
confabd_database_close_async (ConfabdDatabase *self,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (CONFABD_IS_DATABASE (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, confabd_database_close_async);
  CONFABD_DATABASE_GET_IFACE (self)->close (self, task);
}

/**
 * confabd_database_close_finish:
 *
 * Returns: whether the database is closed; closing twice is an error
 */
gboolean
confabd_database_close_finish (ConfabdDatabase *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Waiting: a context of its own, so that nothing else of the program runs in between. */
typedef struct {
  GMainContext *context; /* (owned) */
  GAsyncResult *result;  /* (owned) (nullable) until it is there */
} Waiter;

static void
on_waiter_ready (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Waiter *self = user_data;

  self->result = g_object_ref (result);
}

static void
waiter_begin (Waiter *self)
{
  self->context = g_main_context_new ();
  self->result = NULL;
  g_main_context_push_thread_default (self->context);
}

static void
waiter_wait (Waiter *self)
{
  while (self->result == NULL) {
    g_main_context_iteration (self->context, TRUE);
  }
  g_main_context_pop_thread_default (self->context);
  g_main_context_unref (self->context);
}

/**
 * confabd_database_write_sync:
 *
 * confabd_database_write_async() for the start, the end, confabctl and tests: waits.
 *
 * Returns: (transfer full) (nullable): what the work returned
 */
gpointer
confabd_database_write_sync (ConfabdDatabase *self, const ConfabdWork *work, GError **error)
{
  Waiter waiter;
  gpointer value;

  waiter_begin (&waiter);
  confabd_database_write_async (self, work, NULL, on_waiter_ready, &waiter);
  waiter_wait (&waiter);
  value = confabd_database_write_finish (self, waiter.result, error);
  g_object_unref (waiter.result);
  return value;
}

/**
 * confabd_database_read_sync:
 *
 * confabd_database_read_async() for the start, the end, confabctl and tests: waits.
 *
 * Returns: (transfer full) (nullable): what the work returned
 */
gpointer
confabd_database_read_sync (ConfabdDatabase *self, const ConfabdWork *work, GError **error)
{
  Waiter waiter;
  gpointer value;

  waiter_begin (&waiter);
  confabd_database_read_async (self, work, NULL, on_waiter_ready, &waiter);
  waiter_wait (&waiter);
  value = confabd_database_read_finish (self, waiter.result, error);
  g_object_unref (waiter.result);
  return value;
}

/**
 * confabd_database_backup_sync:
 * @path: where to; must not exist
 *
 * Writes a complete copy of the database to @path, after the writes that were asked for before.
 * Leaves no file behind when it fails.
 *
 * Returns: whether the copy is on the disk
 */
gboolean
confabd_database_backup_sync (ConfabdDatabase *self, const char *path, GError **error)
{
  g_autoptr (GTask) task = NULL;
  Waiter waiter;
  gboolean is_done;

  g_return_val_if_fail (CONFABD_IS_DATABASE (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  waiter_begin (&waiter);
  task = g_task_new (self, NULL, on_waiter_ready, &waiter);
  g_task_set_source_tag (task, confabd_database_backup_sync);
  CONFABD_DATABASE_GET_IFACE (self)->backup (self, path, task);
  waiter_wait (&waiter);
  is_done = g_task_propagate_boolean (task, error);
  g_object_unref (waiter.result);
  return is_done;
}

/**
 * confabd_database_close_sync:
 *
 * confabd_database_close_async() for the end: waits.
 *
 * Returns: whether the database is closed
 */
gboolean
confabd_database_close_sync (ConfabdDatabase *self, GError **error)
{
  Waiter waiter;
  gboolean is_closed;

  waiter_begin (&waiter);
  confabd_database_close_async (self, on_waiter_ready, &waiter);
  waiter_wait (&waiter);
  is_closed = confabd_database_close_finish (self, waiter.result, error);
  g_object_unref (waiter.result);
  return is_closed;
}
