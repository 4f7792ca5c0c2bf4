/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "explaining-database.h"

#include <string.h>

/* The connection */

#define EXPLAINING_TYPE_CONNECTION (explaining_connection_get_type ())
G_DECLARE_FINAL_TYPE (ExplainingConnection, explaining_connection, EXPLAINING, CONNECTION, GObject)

struct _ExplainingConnection {
  GObject parent_instance;

  ConfabdConnection *inner; /* (unowned) lives as long as the work */
};

static void explaining_connection_iface_init (ConfabdConnectionInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ExplainingConnection,
                               explaining_connection,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_CONNECTION,
                                                      explaining_connection_iface_init))

static gboolean
is_explained (const char *sql)
{
  return g_str_has_prefix (sql, "SELECT") || g_str_has_prefix (sql, "UPDATE") ||
         g_str_has_prefix (sql, "DELETE");
}

/* At the start, and never again: a pass over what is open then. */
static gboolean
may_scan (const char *sql)
{
  return strstr (sql, "'restarted'") != NULL ||
         strstr (sql, "SET empty_since = $1 WHERE state = 'live' AND empty_since IS NULL") !=
             NULL ||
         strstr (sql, "FROM schema_migrations ORDER BY") != NULL;
}

static void
explain (ExplainingConnection *self, const char *sql)
{
  g_autofree char *question = g_strconcat ("EXPLAIN QUERY PLAN ", sql, NULL);
  g_autoptr (GPtrArray) steps = NULL;
  g_autoptr (GError) error = NULL;

  if (!is_explained (sql) || may_scan (sql)) {
    return;
  }
  steps = confabd_connection_query (self->inner, question, NULL, "(iiis)", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < steps->len; i++) {
    const char *detail;

    g_variant_get_child (g_ptr_array_index (steps, i), 3, "&s", &detail);
    if (g_str_has_prefix (detail, "SCAN") && !g_str_equal (detail, "SCAN CONSTANT ROW")) {
      g_error ("“%s” goes through a whole table: %s", sql, detail);
    }
  }
}

static gboolean
explaining_connection_execute (ConfabdConnection *connection,
                               const char *sql,
                               GVariant *parameters,
                               guint *n_changed,
                               GError **error)
{
  ExplainingConnection *self = EXPLAINING_CONNECTION (connection);

  explain (self, sql);
  return confabd_connection_execute (self->inner, sql, parameters, n_changed, error);
}

static GPtrArray *
explaining_connection_query (ConfabdConnection *connection,
                             const char *sql,
                             GVariant *parameters,
                             const GVariantType *row_type,
                             GError **error)
{
  ExplainingConnection *self = EXPLAINING_CONNECTION (connection);
  g_autofree char *type = g_variant_type_dup_string (row_type);

  explain (self, sql);
  return confabd_connection_query (self->inner, sql, parameters, type, error);
}

static gboolean
explaining_connection_run_script (ConfabdConnection *connection, const char *sql, GError **error)
{
  return confabd_connection_run_script (EXPLAINING_CONNECTION (connection)->inner, sql, error);
}

static void
explaining_connection_iface_init (ConfabdConnectionInterface *iface)
{
  iface->execute = explaining_connection_execute;
  iface->query = explaining_connection_query;
  iface->run_script = explaining_connection_run_script;
}

static void
explaining_connection_class_init (ExplainingConnectionClass *klass)
{
}

static void
explaining_connection_init (ExplainingConnection *self)
{
}

/* The database */

struct _ExplainingDatabase {
  GObject parent_instance;

  ConfabdDatabase *inner; /* (owned) */
};

static void explaining_database_iface_init (ConfabdDatabaseInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ExplainingDatabase,
                               explaining_database,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_DATABASE,
                                                      explaining_database_iface_init))

static gpointer
run_explained (ConfabdConnection *connection, gpointer data, GError **error)
{
  ConfabdWork *work = data;
  g_autoptr (ExplainingConnection) explaining = g_object_new (EXPLAINING_TYPE_CONNECTION, NULL);

  explaining->inner = connection;
  return work->run (CONFABD_CONNECTION (explaining), work->data, error);
}

static void
free_wrapped (gpointer data)
{
  ConfabdWork *work = data;

  if (work->free_data != NULL) {
    work->free_data (work->data);
  }
  g_free (work);
}

static ConfabdWork
wrap (const ConfabdWork *work)
{
  const ConfabdWork wrapped = { run_explained, g_memdup2 (work, sizeof *work), free_wrapped,
                                work->free_result };

  return wrapped;
}

static const char *
explaining_database_get_dialect (ConfabdDatabase *database)
{
  return confabd_database_get_dialect (EXPLAINING_DATABASE (database)->inner);
}

static const char *
explaining_database_get_name (ConfabdDatabase *database)
{
  return confabd_database_get_name (EXPLAINING_DATABASE (database)->inner);
}

static void
explaining_database_write (ConfabdDatabase *database, const ConfabdWork *work, GTask *task)
{
  ExplainingDatabase *self = EXPLAINING_DATABASE (database);
  const ConfabdWork wrapped = wrap (work);

  CONFABD_DATABASE_GET_IFACE (self->inner)->write (self->inner, &wrapped, task);
}

static void
explaining_database_read (ConfabdDatabase *database, const ConfabdWork *work, GTask *task)
{
  ExplainingDatabase *self = EXPLAINING_DATABASE (database);
  const ConfabdWork wrapped = wrap (work);

  CONFABD_DATABASE_GET_IFACE (self->inner)->read (self->inner, &wrapped, task);
}

static void
explaining_database_backup (ConfabdDatabase *database, const char *path, GTask *task)
{
  ExplainingDatabase *self = EXPLAINING_DATABASE (database);

  CONFABD_DATABASE_GET_IFACE (self->inner)->backup (self->inner, path, task);
}

static void
explaining_database_close (ConfabdDatabase *database, GTask *task)
{
  ExplainingDatabase *self = EXPLAINING_DATABASE (database);

  CONFABD_DATABASE_GET_IFACE (self->inner)->close (self->inner, task);
}

static void
explaining_database_finalize (GObject *object)
{
  g_clear_object (&EXPLAINING_DATABASE (object)->inner);

  G_OBJECT_CLASS (explaining_database_parent_class)->finalize (object);
}

static void
explaining_database_iface_init (ConfabdDatabaseInterface *iface)
{
  iface->get_dialect = explaining_database_get_dialect;
  iface->get_name = explaining_database_get_name;
  iface->write = explaining_database_write;
  iface->read = explaining_database_read;
  iface->backup = explaining_database_backup;
  iface->close = explaining_database_close;
}

static void
explaining_database_class_init (ExplainingDatabaseClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = explaining_database_finalize;
}

static void
explaining_database_init (ExplainingDatabase *self)
{
}

ConfabdDatabase *
explaining_database_new (ConfabdDatabase *inner)
{
  ExplainingDatabase *self = g_object_new (EXPLAINING_TYPE_DATABASE, NULL);

  self->inner = g_object_ref (inner);
  return CONFABD_DATABASE (self);
}
