/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confabd-postgres-connection.h"
#include "confabd-postgres-error-private.h"
#include "confabd-postgres-link-private.h"
#include "confabd-postgres-statement-private.h"
#include "confabd-statements.h"

#define WRITER_LOCK G_GINT64_CONSTANT (0x436f6e666162) /* ASCII “Confab” */

/**
 * ConfabdPostgresConnection:
 *
 * One connection to a PostgreSQL server. Used by one thread at a time.
 *
 * Each transaction that writes holds an advisory lock, so that there is one writer however many
 * daemons share the database: a rule that was checked in a transaction still holds at its commit,
 * as with SQLite. Grouped commits make it cheap.
 */
struct _ConfabdPostgresConnection {
  GObject parent_instance;

  char *name;                /* (owned) */
  ConfabdPostgresLink *link; /* (owned) */
  GHashTable *statements; /* (element-type utf8 ConfabdPostgresStatement) (owned) of this session */
};

static void confabd_postgres_connection_iface_init (ConfabdConnectionInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabdPostgresConnection,
                               confabd_postgres_connection,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFABD_TYPE_CONNECTION,
                                                      confabd_postgres_connection_iface_init))

static PGconn *
get_handle (ConfabdPostgresConnection *self, GError **error)
{
  PGconn *handle = confabd_postgres_link_get_handle (self->link);

  if (handle == NULL) {
    confabd_postgres_set_away (error, NULL, self->name);
  }
  return handle;
}

/* Statements stay prepared: their number is that of the constants in confabd-store-*.c. */
static ConfabdPostgresStatement *
prepare (ConfabdPostgresConnection *self, const char *sql, GError **error)
{
  g_autofree char *name = g_strdup_printf ("s%u", g_hash_table_size (self->statements));
  PGconn *handle = get_handle (self, error);
  ConfabdPostgresStatement *statement;
  PGresult *result;

  if (handle == NULL) {
    return NULL;
  }
  result = confabd_postgres_link_take_result (self->link,
                                              PQsendPrepare (handle, name, sql, 0, NULL), error);
  if (result == NULL) {
    return NULL;
  }
  PQclear (result);
  result =
      confabd_postgres_link_take_result (self->link, PQsendDescribePrepared (handle, name), error);
  if (result == NULL) {
    return NULL;
  }
  statement = confabd_postgres_statement_new (name, result);
  PQclear (result);
  g_hash_table_insert (self->statements, g_strdup (sql), statement);
  return statement;
}

static ConfabdPostgresStatement *
get_statement (ConfabdPostgresConnection *self, const char *sql, GError **error)
{
  ConfabdPostgresStatement *statement = g_hash_table_lookup (self->statements, sql);

  return statement != NULL ? statement : prepare (self, sql, error);
}

static PGresult *
run_statement (ConfabdPostgresConnection *self,
               const char *sql,
               GVariant *parameters,
               GError **error)
{
  gint64 began_us = g_get_monotonic_time ();
  ConfabdPostgresStatement *statement = get_statement (self, sql, error);
  ConfabdPostgresBinding binding;
  PGconn *handle = get_handle (self, NULL);
  PGresult *result;

  if (statement == NULL ||
      !confabd_postgres_statement_bind (statement, parameters, &binding, error)) {
    return NULL;
  }
  result = confabd_postgres_link_take_result (
      self->link,
      PQsendQueryPrepared (handle, statement->name, (int) statement->n_types, binding.values,
                           binding.lengths, binding.formats, 1),
      error);
  confabd_statements_note (sql, g_get_monotonic_time () - began_us);
  return result;
}

static gboolean
confabd_postgres_connection_execute (ConfabdConnection *connection,
                                     const char *sql,
                                     GVariant *parameters,
                                     guint *n_changed,
                                     GError **error)
{
  PGresult *result =
      run_statement (CONFABD_POSTGRES_CONNECTION (connection), sql, parameters, error);

  if (result == NULL) {
    return FALSE;
  }
  if (n_changed != NULL) {
    *n_changed = (guint) g_ascii_strtoull (PQcmdTuples (result), NULL, 10);
  }
  PQclear (result);
  return TRUE;
}

static GPtrArray *
confabd_postgres_connection_query (ConfabdConnection *connection,
                                   const char *sql,
                                   GVariant *parameters,
                                   const GVariantType *row_type,
                                   GError **error)
{
  PGresult *result =
      run_statement (CONFABD_POSTGRES_CONNECTION (connection), sql, parameters, error);
  GPtrArray *rows = NULL;

  if (result == NULL) {
    return NULL;
  }
  rows = confabd_postgres_dup_rows (result, row_type, error);
  PQclear (result);
  return rows;
}

static gboolean
confabd_postgres_connection_run_script (ConfabdConnection *connection,
                                        const char *sql,
                                        GError **error)
{
  return confabd_postgres_link_run (CONFABD_POSTGRES_CONNECTION (connection)->link, sql, error);
}

/* What the server holds itself to, in milliseconds; 0: nothing. */
static gint64
get_time_left_ms (ConfabdPostgresConnection *self)
{
  gint64 deadline_us = confabd_postgres_link_get_deadline (self->link);

  return deadline_us == 0 ? 0 : MAX ((deadline_us - g_get_monotonic_time ()) / 1000, 1);
}

static gboolean
try_begin (ConfabdPostgresConnection *self, ConfabdTransaction kind, GError **error)
{
  g_autofree char *sql = NULL;
  gboolean is_new = FALSE;

  if (!confabd_postgres_link_ensure (self->link, &is_new, error)) {
    return FALSE;
  }
  if (is_new) {
    g_hash_table_remove_all (self->statements);
  }
  if (kind == CONFABD_TRANSACTION_READ) {
    sql = g_strdup_printf ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
                           "SET LOCAL statement_timeout = %" G_GINT64_FORMAT,
                           get_time_left_ms (self));
  } else {
    sql = g_strdup_printf ("BEGIN; SET LOCAL statement_timeout = %" G_GINT64_FORMAT ";"
                           "SELECT pg_advisory_xact_lock (%" G_GINT64_FORMAT ")",
                           get_time_left_ms (self), WRITER_LOCK);
  }
  return confabd_postgres_link_run (self->link, sql, error);
}

/* Twice, because a server that restarts may say so only when it is asked. */
static gboolean
confabd_postgres_connection_begin (ConfabdConnection *connection,
                                   ConfabdTransaction kind,
                                   GError **error)
{
  ConfabdPostgresConnection *self = CONFABD_POSTGRES_CONNECTION (connection);
  g_autoptr (GError) first_error = NULL;

  if (try_begin (self, kind, &first_error)) {
    return TRUE;
  }
  if (confabd_postgres_link_is_in_transaction (self->link)) {
    confabd_postgres_link_run (self->link, "ROLLBACK", NULL);
  }
  if (!g_error_matches (first_error, CONFAB_ERROR, CONFAB_ERROR_UNAVAILABLE)) {
    g_propagate_error (error, g_steal_pointer (&first_error));
    return FALSE;
  }
  return try_begin (self, kind, error);
}

static gboolean
confabd_postgres_connection_is_in_transaction (ConfabdConnection *connection)
{
  return confabd_postgres_link_is_in_transaction (CONFABD_POSTGRES_CONNECTION (connection)->link);
}

static gboolean
confabd_postgres_connection_is_aborted (ConfabdConnection *connection)
{
  return confabd_postgres_link_is_aborted (CONFABD_POSTGRES_CONNECTION (connection)->link);
}

static void
confabd_postgres_connection_set_deadline (ConfabdConnection *connection, gint64 deadline_mono_us)
{
  confabd_postgres_link_set_deadline (CONFABD_POSTGRES_CONNECTION (connection)->link,
                                      deadline_mono_us);
}

static void
confabd_postgres_connection_finalize (GObject *object)
{
  ConfabdPostgresConnection *self = CONFABD_POSTGRES_CONNECTION (object);

  g_clear_pointer (&self->statements, g_hash_table_unref);
  g_clear_pointer (&self->link, confabd_postgres_link_free);
  g_free (self->name);

  G_OBJECT_CLASS (confabd_postgres_connection_parent_class)->finalize (object);
}

static void
confabd_postgres_connection_iface_init (ConfabdConnectionInterface *iface)
{
  iface->execute = confabd_postgres_connection_execute;
  iface->query = confabd_postgres_connection_query;
  iface->run_script = confabd_postgres_connection_run_script;
  iface->begin = confabd_postgres_connection_begin;
  iface->is_in_transaction = confabd_postgres_connection_is_in_transaction;
  iface->is_aborted = confabd_postgres_connection_is_aborted;
  iface->set_deadline = confabd_postgres_connection_set_deadline;
}

static void
confabd_postgres_connection_class_init (ConfabdPostgresConnectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_postgres_connection_finalize;
}

static void
confabd_postgres_connection_init (ConfabdPostgresConnection *self)
{
  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify) confabd_postgres_statement_free);
}

/**
 * confabd_postgres_connection_open:
 * @url: `postgresql://USER@HOST/NAME`, as libpq takes it
 * @name: what an administrator knows the database by
 * @error: return location for a #GError
 *
 * Waits for the server, 5 s at most.
 *
 * Returns: (transfer full): a connection that works
 */
ConfabdPostgresConnection *
confabd_postgres_connection_open (const char *url, const char *name, GError **error)
{
  g_autoptr (ConfabdPostgresConnection) self = NULL;
  gboolean is_new = FALSE;

  g_return_val_if_fail (url != NULL, NULL);

  self = g_object_new (CONFABD_TYPE_POSTGRES_CONNECTION, NULL);
  self->name = g_strdup (name);
  self->link = confabd_postgres_link_new (url, name);
  return confabd_postgres_link_ensure (self->link, &is_new, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * confabd_postgres_connection_get_version:
 * @error: return location for a #GError
 *
 * Returns: the server's, as 150018 for 15.18; 0 when it is away
 */
int
confabd_postgres_connection_get_version (ConfabdPostgresConnection *self, GError **error)
{
  gboolean is_new = FALSE;

  g_return_val_if_fail (CONFABD_IS_POSTGRES_CONNECTION (self), 0);

  if (!confabd_postgres_link_ensure (self->link, &is_new, error)) {
    return 0;
  }
  if (is_new) {
    g_hash_table_remove_all (self->statements);
  }
  return PQserverVersion (confabd_postgres_link_get_handle (self->link));
}
