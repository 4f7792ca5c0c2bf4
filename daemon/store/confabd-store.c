/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-migrations.h"
#include "confabd-migrator.h"
#include "confabd-store-private.h"

/**
 * ConfabdStore:
 *
 * What the domain keeps: operations in its own words, written in the SQL that all engines share, on
 * a #ConfabdDatabase. Everything but opening and closing is asynchronous and answered in the main
 * context of who asked, writes in their order.
 */
struct _ConfabdStore {
  GObject parent_instance;

  ConfabdDatabase *database; /* (owned) */
  char *folder;              /* (owned) (nullable) */
  guint schema;              /* the number of the newest migration */
};

G_DEFINE_FINAL_TYPE (ConfabdStore, confabd_store, G_TYPE_OBJECT)

static void
confabd_store_finalize (GObject *object)
{
  ConfabdStore *self = CONFABD_STORE (object);

  g_clear_object (&self->database);
  g_free (self->folder);

  G_OBJECT_CLASS (confabd_store_parent_class)->finalize (object);
}

static void
confabd_store_class_init (ConfabdStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_store_finalize;
}

static void
confabd_store_init (ConfabdStore *self)
{
}

static gboolean
refuse_schema (ConfabdStore *self, guint applied, guint known, GError **error)
{
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
               "The database “%s” has schema %u, this confabd needs %u: "
               "run “confabctl db migrate”",
               confabd_database_get_name (self->database), applied, known);
  return FALSE;
}

/* An empty database has nothing to lose: it gets its schema from whoever comes first. */
static gboolean
bring_to_schema (ConfabdStore *self, ConfabdSchemaPolicy policy, ConfabClock *clock, GError **error)
{
  g_autoptr (ConfabdMigrator) migrator = NULL;
  g_autoptr (ConfabdMigrationReport) report = NULL;
  guint applied;

  confabd_migrations_get_resource ();
  migrator = confabd_migrator_new (self->database, CONFABD_MIGRATIONS, clock, error);
  if (migrator == NULL) {
    return FALSE;
  }
  applied = confabd_migrator_get_applied (migrator);
  self->schema = confabd_migrator_get_known (migrator);
  if (policy == CONFABD_SCHEMA_KEEP && applied > 0 && applied < self->schema) {
    return refuse_schema (self, applied, self->schema, error);
  }
  report = confabd_migrator_move (migrator, self->schema, error);
  return report != NULL;
}

static gboolean
close_stale (ConfabdStore *self, ConfabClock *clock, GError **error)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (clock);
  gint64 now_us = confab_time_to_unix_us (now);
  const ConfabdWork work = { confabd_store_run_close_stale, &now_us, NULL, NULL };
  GError *local_error = NULL;

  confabd_database_write_sync (self->database, &work, &local_error);
  if (local_error != NULL) {
    g_propagate_error (error, local_error);
    return FALSE;
  }
  return TRUE;
}

/**
 * confabd_store_new:
 * @database: a database that nobody else uses
 * @policy: what to do about an older schema
 * @clock: for what happens at the start
 * @error: return location for a #GError
 *
 * Brings @database to the schema of this daemon and closes what a killed daemon left open: whoever
 * was in a call then has left it, as `restarted`. Waits for the disk.
 *
 * Returns: (transfer full): the store; %NULL when the database is of a newer daemon, another
 *   program's, broken, or its disk full
 */
ConfabdStore *
confabd_store_new (ConfabdDatabase *database,
                   ConfabdSchemaPolicy policy,
                   ConfabClock *clock,
                   GError **error)
{
  g_autoptr (ConfabdStore) self = NULL;
  const char *name;

  g_return_val_if_fail (CONFABD_IS_DATABASE (database), NULL);
  g_return_val_if_fail (CONFAB_IS_CLOCK (clock), NULL);

  self = g_object_new (CONFABD_TYPE_STORE, NULL);
  self->database = g_object_ref (database);
  name = confabd_database_get_name (database);
  self->folder = g_path_is_absolute (name) ? g_path_get_dirname (name) : NULL;
  return bring_to_schema (self, policy, clock, error) && close_stale (self, clock, error)
             ? g_steal_pointer (&self)
             : NULL;
}

/**
 * confabd_store_open:
 * @url: as confabd_database_open() takes it
 * @policy: what to do about an older schema
 * @clock: for what happens at the start
 * @error: return location for a #GError
 *
 * Opens the store of a daemon. Waits for the disk, or the server. Every error is one sentence for
 * an administrator.
 *
 * Returns: (transfer full): the store
 */
ConfabdStore *
confabd_store_open (const char *url, ConfabdSchemaPolicy policy, ConfabClock *clock, GError **error)
{
  g_autoptr (ConfabdDatabase) database = NULL;

  g_return_val_if_fail (url != NULL, NULL);
  g_return_val_if_fail (CONFAB_IS_CLOCK (clock), NULL);

  database = confabd_database_open (url, CONFABD_DATABASE_SERVE, error);
  return database != NULL ? confabd_store_new (database, policy, clock, error) : NULL;
}

/**
 * confabd_store_attach:
 * @database: opened to look
 * @clock: for the look at the schema
 * @error: return location for a #GError
 *
 * For a tool that works beside a daemon: nothing is migrated, nobody in a call is disturbed.
 *
 * Returns: (transfer full): the store; %NULL when the schema is not ours
 */
ConfabdStore *
confabd_store_attach (ConfabdDatabase *database, ConfabClock *clock, GError **error)
{
  g_autoptr (ConfabdStore) self = g_object_new (CONFABD_TYPE_STORE, NULL);
  g_autoptr (ConfabdMigrator) migrator = NULL;

  confabd_migrations_get_resource ();
  self->database = g_object_ref (database);
  migrator = confabd_migrator_new (database, CONFABD_MIGRATIONS, clock, error);
  if (migrator == NULL) {
    return NULL;
  }
  self->schema = confabd_migrator_get_known (migrator);
  if (confabd_migrator_get_applied (migrator) != self->schema) {
    refuse_schema (self, confabd_migrator_get_applied (migrator), self->schema, error);
    return NULL;
  }
  return g_steal_pointer (&self);
}

/**
 * confabd_store_get_folder:
 *
 * Returns: (nullable): where the database is, and what belongs beside it; %NULL in memory
 */
const char *
confabd_store_get_folder (ConfabdStore *self)
{
  g_return_val_if_fail (CONFABD_IS_STORE (self), NULL);

  return self->folder;
}

/**
 * confabd_store_write:
 * @work: copied; its data is taken over
 * @source_tag: the public function that asks
 *
 * Runs @work on the writer. To be finished with confabd_store_propagate().
 */
void
confabd_store_write (ConfabdStore *self,
                     const ConfabdWork *work,
                     gpointer source_tag,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, source_tag);
  confabd_database_write_for (self->database, work, task);
}

/**
 * confabd_store_read:
 *
 * Like confabd_store_write(), on a reader.
 */
void
confabd_store_read (ConfabdStore *self,
                    const ConfabdWork *work,
                    gpointer source_tag,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, source_tag);
  confabd_database_read_for (self->database, work, task);
}

/**
 * confabd_store_read_sync:
 * @work: reads
 *
 * Waits for the disk.
 *
 * Returns: (transfer full): its result
 */
gpointer
confabd_store_read_sync (ConfabdStore *self, const ConfabdWork *work, GError **error)
{
  return confabd_database_read_sync (self->database, work, error);
}

/**
 * confabd_store_propagate:
 *
 * Returns: (transfer full) (nullable): what the work returned
 */
gpointer
confabd_store_propagate (ConfabdStore *self,
                         GAsyncResult *result,
                         gpointer source_tag,
                         GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, source_tag), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * confabd_store_propagate_done:
 *
 * Like confabd_store_propagate() for work that returns nothing.
 *
 * Returns: whether it was done
 */
gboolean
confabd_store_propagate_done (ConfabdStore *self,
                              GAsyncResult *result,
                              gpointer source_tag,
                              GError **error)
{
  GError *local_error = NULL;

  confabd_store_propagate (self, result, source_tag, &local_error);
  if (local_error != NULL) {
    g_propagate_error (error, local_error);
    return FALSE;
  }
  return TRUE;
}

static gpointer
run_check (ConfabdConnection *connection, gpointer data, GError **error)
{
  g_autoptr (GVariant) row = NULL;
  gboolean is_there = FALSE;
  guint number = 0;

  if (!confabd_connection_query_one (connection, "SELECT max(number) FROM schema_migrations", NULL,
                                     "(mu)", &row, error)) {
    return NULL;
  }
  g_variant_get (row, "(mu)", &is_there, &number);
  return GUINT_TO_POINTER (number);
}

/**
 * confabd_store_check_async:
 *
 * Asks the database something, to see whether it answers.
 */
void
confabd_store_check_async (ConfabdStore *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  const ConfabdWork work = { run_check, NULL, NULL, NULL };

  g_return_if_fail (CONFABD_IS_STORE (self));

  confabd_store_read (self, &work, confabd_store_check_async, cancellable, callback, user_data);
}

/**
 * confabd_store_check_finish:
 * @schema_is_ours: (out) (optional): whether nobody migrated the database under our feet
 *
 * Returns: whether the database answered
 */
gboolean
confabd_store_check_finish (ConfabdStore *self,
                            GAsyncResult *result,
                            gboolean *schema_is_ours,
                            GError **error)
{
  GError *local_error = NULL;
  gpointer number;

  number = confabd_store_propagate (self, result, confabd_store_check_async, &local_error);
  if (local_error != NULL) {
    g_propagate_error (error, local_error);
    return FALSE;
  }
  if (schema_is_ours != NULL) {
    *schema_is_ours = GPOINTER_TO_UINT (number) == self->schema;
  }
  return TRUE;
}

/**
 * confabd_store_close:
 * @error: return location for a #GError
 *
 * Finishes what was asked for and lets go of the database; what is asked for later fails. Waits for
 * the disk.
 *
 * Returns: whether the store is closed
 */
gboolean
confabd_store_close (ConfabdStore *self, GError **error)
{
  g_return_val_if_fail (CONFABD_IS_STORE (self), FALSE);

  return confabd_database_close_sync (self->database, error);
}
