/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include <libpq-fe.h>

#include "confab-error.h"
#include "confabd-pool-private.h"
#include "confabd-postgres-connection.h"
#include "confabd-postgres-database.h"
#include "confabd-postgres-dump-private.h"

#define N_READERS 3 /* with the writer: what one daemon takes of the server's max_connections */

/**
 * ConfabdPostgresDatabase:
 *
 * A database of a PostgreSQL server: one connection that writes, and some that read. A server that
 * restarts is waited for until the deadline of what was asked.
 */
struct _ConfabdPostgresDatabase {
  GObject parent_instance;

  char *url;         /* (owned) may hold a password */
  char *name;        /* (owned) without one */
  ConfabdPool *pool; /* (owned) (nullable) until it is open */
};

static void confabd_postgres_database_iface_init (ConfabdDatabaseInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabdPostgresDatabase,
                               confabd_postgres_database,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_DATABASE,
                                                      confabd_postgres_database_iface_init))

static const char *
confabd_postgres_database_get_dialect (ConfabdDatabase *database)
{
  return "postgres";
}

static const char *
confabd_postgres_database_get_name (ConfabdDatabase *database)
{
  return CONFABD_POSTGRES_DATABASE (database)->name;
}

static void
confabd_postgres_database_write (ConfabdDatabase *database, const ConfabdWork *work, GTask *task)
{
  confabd_pool_write (CONFABD_POSTGRES_DATABASE (database)->pool, work, task);
}

static void
confabd_postgres_database_read (ConfabdDatabase *database, const ConfabdWork *work, GTask *task)
{
  confabd_pool_read (CONFABD_POSTGRES_DATABASE (database)->pool, work, task);
}

typedef struct {
  char *url;  /* (owned) */
  char *path; /* (owned) */
} Dump;

static void
dump_free (Dump *self)
{
  g_free (self->url);
  g_free (self->path);
  g_free (self);
}

/* The program has a connection of its own; ours only says what it speaks to. */
static gpointer
run_dump (ConfabdConnection *connection, gpointer data, GError **error)
{
  Dump *dump = data;
  int version =
      confabd_postgres_connection_get_version (CONFABD_POSTGRES_CONNECTION (connection), error);

  return GINT_TO_POINTER (version > 0 &&
                          confabd_postgres_dump (dump->url, (guint) version, dump->path, error));
}

static void
confabd_postgres_database_backup (ConfabdDatabase *database, const char *path, GTask *task)
{
  ConfabdPostgresDatabase *self = CONFABD_POSTGRES_DATABASE (database);
  Dump *dump = g_new0 (Dump, 1);
  const ConfabdWork work = { run_dump, dump, (GDestroyNotify) dump_free, NULL };

  dump->url = g_strdup (self->url);
  dump->path = g_strdup (path);
  confabd_pool_do_alone (self->pool, &work, task);
}

static void
confabd_postgres_database_close (ConfabdDatabase *database, GTask *task)
{
  confabd_pool_close (CONFABD_POSTGRES_DATABASE (database)->pool, task);
}

static void
confabd_postgres_database_set_deadline_ms (ConfabdDatabase *database, guint deadline_ms)
{
  confabd_pool_set_deadline_ms (CONFABD_POSTGRES_DATABASE (database)->pool, deadline_ms);
}

static void
confabd_postgres_database_finalize (GObject *object)
{
  ConfabdPostgresDatabase *self = CONFABD_POSTGRES_DATABASE (object);

  g_clear_pointer (&self->pool, confabd_pool_free);
  g_free (self->url);
  g_free (self->name);

  G_OBJECT_CLASS (confabd_postgres_database_parent_class)->finalize (object);
}

static void
confabd_postgres_database_iface_init (ConfabdDatabaseInterface *iface)
{
  iface->get_dialect = confabd_postgres_database_get_dialect;
  iface->get_name = confabd_postgres_database_get_name;
  iface->write = confabd_postgres_database_write;
  iface->read = confabd_postgres_database_read;
  iface->backup = confabd_postgres_database_backup;
  iface->close = confabd_postgres_database_close;
  iface->set_deadline_ms = confabd_postgres_database_set_deadline_ms;
}

static void
confabd_postgres_database_class_init (ConfabdPostgresDatabaseClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_postgres_database_finalize;
}

static void
confabd_postgres_database_init (ConfabdPostgresDatabase *self)
{
}

static const char *
find_value (PQconninfoOption *options, const char *keyword, const char *fallback)
{
  for (PQconninfoOption *option = options; option->keyword != NULL; option++) {
    if (g_str_equal (option->keyword, keyword)) {
      return option->val != NULL ? option->val : fallback;
    }
  }
  return fallback;
}

/* “postgresql://HOST:PORT/NAME”: enough to know it by, and nothing that is secret. */
static char *
make_name (const char *url, GError **error)
{
  char *complaint = NULL;
  PQconninfoOption *options = PQconninfoParse (url, &complaint);
  char *name = NULL;

  if (options == NULL) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                 "The URL of the database is not one of PostgreSQL: %s",
                 complaint != NULL ? g_strstrip (complaint) : "it cannot be read");
    PQfreemem (complaint);
    return NULL;
  }
  name = g_strdup_printf ("postgresql://%s:%s/%s", find_value (options, "host", ""),
                          find_value (options, "port", "5432"), find_value (options, "dbname", ""));
  PQconninfoFree (options);
  return name;
}

static GPtrArray *
open_readers (ConfabdPostgresDatabase *self, guint n, GError **error)
{
  g_autoptr (GPtrArray) readers = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++) {
    ConfabdPostgresConnection *reader =
        confabd_postgres_connection_open (self->url, self->name, error);

    if (reader == NULL) {
      return NULL;
    }
    g_ptr_array_add (readers, reader);
  }
  return g_steal_pointer (&readers);
}

/**
 * confabd_postgres_database_open:
 * @url: `postgresql://USER:PASSWORD@HOST:PORT/NAME?OPTION=VALUE`, as libpq takes it
 * @use: what for: a tool makes do with one connection
 * @error: return location for a #GError
 *
 * Opens a database that exists. Waits for the server, 5 s at most for each connection: for the
 * start only.
 *
 * Returns: (transfer full): the database; %NULL with one sentence about what is wrong
 */
ConfabdDatabase *
confabd_postgres_database_open (const char *url, ConfabdDatabaseUse use, GError **error)
{
  g_autoptr (ConfabdPostgresDatabase) self = NULL;
  g_autoptr (ConfabdPostgresConnection) writer = NULL;
  g_autoptr (GPtrArray) readers = NULL;

  g_return_val_if_fail (url != NULL, NULL);

  self = g_object_new (CONFABD_TYPE_POSTGRES_DATABASE, NULL);
  self->url = g_strdup (url);
  self->name = make_name (url, error);
  if (self->name == NULL) {
    return NULL;
  }
  writer = confabd_postgres_connection_open (url, self->name, error);
  if (writer == NULL) {
    return NULL;
  }
  readers = open_readers (self, use == CONFABD_DATABASE_SERVE ? N_READERS : 0, error);
  if (readers == NULL) {
    return NULL;
  }
  self->pool = confabd_pool_new (CONFABD_CONNECTION (writer), readers);
  return CONFABD_DATABASE (g_steal_pointer (&self));
}
