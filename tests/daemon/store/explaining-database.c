/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "explaining-database.h"

#include <string.h>

#include "confabd-postgres-connection.h"

/* The connection */

#define EXPLAINING_TYPE_CONNECTION (explaining_connection_get_type ())
G_DECLARE_FINAL_TYPE (ExplainingConnection, explaining_connection, EXPLAINING, CONNECTION, GObject)

struct _ExplainingConnection {
  GObject parent_instance;

  ConfabdConnection *inner; /* (unowned) lives as long as the work */
  gboolean is_postgres;
  gboolean is_full;
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
         strstr (sql, "FROM schema_migrations ORDER BY") != NULL ||
         strstr (sql, "FROM sqlite_master") != NULL || strstr (sql, "FROM pg_") != NULL;
}

static void
explain_sqlite (ExplainingConnection *self, const char *sql)
{
  g_autofree char *question = g_strconcat ("EXPLAIN QUERY PLAN ", sql, NULL);
  g_autoptr (GPtrArray) steps = NULL;
  g_autoptr (GError) error = NULL;

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

static guint
count_parameters (const char *sql)
{
  guint n = 0;

  for (const char *at = strchr (sql, '$'); at != NULL; at = strchr (at + 1, '$')) {
    n = MAX (n, (guint) g_ascii_strtoull (at + 1, NULL, 10));
  }
  return n;
}

/* “EXPLAIN EXECUTE explained (NULL, NULL)”: the plan is a generic one, whatever the values. */
static char *
make_question (guint n_parameters)
{
  GString *question = g_string_new ("EXPLAIN EXECUTE explained");

  for (guint i = 0; i < n_parameters; i++) {
    g_string_append (question, i == 0 ? " (NULL" : ", NULL");
  }
  return g_string_free (g_string_append (question, n_parameters > 0 ? ")" : ""), FALSE);
}

/* A partial index holds what is open now; going through it is no pass over the years. */
static gboolean
is_over_partial_index (ExplainingConnection *self, const char *line)
{
  const char *name = strstr (line, "using ") + strlen ("using ");
  g_autofree char *index = g_strndup (name, strcspn (name, " "));
  g_autoptr (GVariant) row = NULL;
  g_autoptr (GError) error = NULL;

  confabd_connection_query_one (
      self->inner,
      "SELECT indexdef FROM pg_indexes WHERE CAST (indexname AS TEXT) = $1"
      " AND indexdef LIKE '% WHERE %'",
      g_variant_new ("(s)", index), "(s)", &row, &error);
  g_assert_no_error (error);
  return row != NULL;
}

/* A pass over an index with a filter is a scan, too. What belongs to a node stands below it. */
static gboolean
is_scan (ExplainingConnection *self, GPtrArray *lines, guint i)
{
  const char *line;
  gboolean has_condition = FALSE;
  gboolean has_filter = FALSE;

  g_variant_get (g_ptr_array_index (lines, i), "(&s)", &line);
  if (strstr (line, "Seq Scan on") != NULL) {
    return TRUE;
  }
  if (strstr (line, "Scan using") == NULL || is_over_partial_index (self, line)) {
    return FALSE;
  }
  for (guint j = i + 1; j < lines->len; j++) {
    g_variant_get (g_ptr_array_index (lines, j), "(&s)", &line);
    if (strstr (line, "->") != NULL) {
      break;
    }
    has_condition |= strstr (line, "Index Cond:") != NULL;
    has_filter |= strstr (line, "Filter:") != NULL;
  }
  return has_filter && !has_condition;
}

/* PostgreSQL rightly scans tables as small as a test's: told not to, it does so only for want of an
 * index. */
static void
explain_postgres (ExplainingConnection *self, const char *sql)
{
  g_autofree char *question = make_question (count_parameters (sql));
  g_autofree char *script =
      g_strconcat (self->is_full ? "" : "SET LOCAL enable_seqscan = off; ",
                   "SET LOCAL jit = off;"
                   "SET LOCAL plan_cache_mode = force_generic_plan; PREPARE explained AS ",
                   sql, NULL);
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (GError) error = NULL;

  confabd_connection_run_script (self->inner, script, &error);
  g_assert_no_error (error);
  lines = confabd_connection_query (self->inner, question, NULL, "(s)", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < lines->len; i++) {
    if (is_scan (self, lines, i)) {
      g_autofree char *plan = g_variant_print (g_ptr_array_index (lines, i), FALSE);

      g_error ("“%s” goes through a whole table: %s", sql, plan);
    }
  }
  confabd_connection_run_script (self->inner, "DEALLOCATE explained", &error);
  g_assert_no_error (error);
}

static void
explain (ExplainingConnection *self, const char *sql)
{
  if (!is_explained (sql) || may_scan (sql)) {
    return;
  }
  if (self->is_postgres) {
    explain_postgres (self, sql);
  } else {
    explain_sqlite (self, sql);
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
  gboolean is_full;
};

typedef struct {
  ConfabdWork work;
  gboolean is_full;
} Wrapped;

static void explaining_database_iface_init (ConfabdDatabaseInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ExplainingDatabase,
                               explaining_database,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_DATABASE,
                                                      explaining_database_iface_init))

static gpointer
run_explained (ConfabdConnection *connection, gpointer data, GError **error)
{
  Wrapped *wrapped = data;
  ConfabdWork *work = &wrapped->work;
  g_autoptr (ExplainingConnection) explaining = g_object_new (EXPLAINING_TYPE_CONNECTION, NULL);

  explaining->inner = connection;
  explaining->is_full = wrapped->is_full;
  explaining->is_postgres = CONFABD_IS_POSTGRES_CONNECTION (connection);
  return work->run (CONFABD_CONNECTION (explaining), work->data, error);
}

static void
free_wrapped (gpointer data)
{
  Wrapped *wrapped = data;

  if (wrapped->work.free_data != NULL) {
    wrapped->work.free_data (wrapped->work.data);
  }
  g_free (wrapped);
}

static ConfabdWork
wrap (ExplainingDatabase *self, const ConfabdWork *work)
{
  const Wrapped wrapped = { *work, self->is_full };
  const ConfabdWork outer = { run_explained, g_memdup2 (&wrapped, sizeof wrapped), free_wrapped,
                              work->free_result };

  return outer;
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
  const ConfabdWork wrapped = wrap (self, work);

  CONFABD_DATABASE_GET_IFACE (self->inner)->write (self->inner, &wrapped, task);
}

static void
explaining_database_read (ConfabdDatabase *database, const ConfabdWork *work, GTask *task)
{
  ExplainingDatabase *self = EXPLAINING_DATABASE (database);
  const ConfabdWork wrapped = wrap (self, work);

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
explaining_database_set_deadline_ms (ConfabdDatabase *database, guint deadline_ms)
{
  confabd_database_set_deadline_ms (EXPLAINING_DATABASE (database)->inner, deadline_ms);
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
  iface->set_deadline_ms = explaining_database_set_deadline_ms;
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

ConfabdDatabase *
explaining_database_new_full (ConfabdDatabase *inner)
{
  ConfabdDatabase *self = explaining_database_new (inner);

  EXPLAINING_DATABASE (self)->is_full = TRUE;
  return self;
}
