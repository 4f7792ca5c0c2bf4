/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-connection.h"

/**
 * ConfabdConnection:
 *
 * One connection to a database, as a #ConfabdWorkFunc sees it: on a thread of the database, inside
 * one transaction, for the length of one call.
 *
 * SQL is the part that SQLite and PostgreSQL share. Parameters are `$1`, `$2`, … and come as one
 * tuple; a row goes as one tuple of the type that the caller names. Both know `s`, `x`, `i`, `u`,
 * `b` (kept as 0 and 1) and the `m` of each, which is how SQL's NULL looks.
 */
G_DEFINE_INTERFACE (ConfabdConnection, confabd_connection, G_TYPE_OBJECT)

static void
confabd_connection_default_init (ConfabdConnectionInterface *iface)
{
}

/**
 * confabd_connection_execute:
 * @sql: one statement that gives no rows
 * @parameters: (nullable): a tuple; a floating one is consumed
 * @n_changed: (out) (optional): the number of rows inserted, changed or deleted
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_CONFLICT when a constraint of the schema says no, with
 * %CONFAB_ERROR_TIMED_OUT past the deadline of the work, with %CONFAB_ERROR_UNAVAILABLE when the
 * server of the database is away, else with %CONFAB_ERROR_FAILED.
 *
 * Returns: whether the statement ran
 */
gboolean
confabd_connection_execute (ConfabdConnection *self,
                            const char *sql,
                            GVariant *parameters,
                            guint *n_changed,
                            GError **error)
{
  g_autoptr (GVariant) owned = parameters != NULL ? g_variant_ref_sink (parameters) : NULL;

  g_return_val_if_fail (CONFABD_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (sql != NULL, FALSE);

  return CONFABD_CONNECTION_GET_IFACE (self)->execute (self, sql, owned, n_changed, error);
}

/**
 * confabd_connection_query:
 * @sql: one statement that gives rows
 * @parameters: (nullable): a tuple; a floating one is consumed
 * @row_type: the type of a row, such as `(sxms)`
 * @error: return location for a #GError
 *
 * Keeps all rows in memory: limit them in @sql. Fails like confabd_connection_execute(), and with
 * %CONFAB_ERROR_FAILED when a row does not have the type.
 *
 * Returns: (transfer container) (element-type GVariant): the rows, each of @row_type
 */
GPtrArray *
confabd_connection_query (ConfabdConnection *self,
                          const char *sql,
                          GVariant *parameters,
                          const char *row_type,
                          GError **error)
{
  g_autoptr (GVariant) owned = parameters != NULL ? g_variant_ref_sink (parameters) : NULL;

  g_return_val_if_fail (CONFABD_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (sql != NULL, NULL);
  g_return_val_if_fail (g_variant_type_string_is_valid (row_type), NULL);

  return CONFABD_CONNECTION_GET_IFACE (self)->query (self, sql, owned,
                                                     (const GVariantType *) row_type, error);
}

/**
 * confabd_connection_query_one:
 * @row: (out) (nullable) (transfer full): the first row, %NULL when there is none
 *
 * confabd_connection_query() for at most one row. No row is no error.
 *
 * Returns: whether the query ran
 */
gboolean
confabd_connection_query_one (ConfabdConnection *self,
                              const char *sql,
                              GVariant *parameters,
                              const char *row_type,
                              GVariant **row,
                              GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;

  g_return_val_if_fail (row != NULL && *row == NULL, FALSE);

  rows = confabd_connection_query (self, sql, parameters, row_type, error);
  if (rows == NULL) {
    return FALSE;
  }
  if (rows->len > 0) {
    *row = g_variant_ref (g_ptr_array_index (rows, 0));
  }
  return TRUE;
}

/**
 * confabd_connection_run_script:
 * @sql: any number of statements without parameters
 * @error: return location for a #GError
 *
 * For migrations. The statements before a failed one are undone with the work.
 *
 * Returns: whether all of them ran
 */
gboolean
confabd_connection_run_script (ConfabdConnection *self, const char *sql, GError **error)
{
  g_return_val_if_fail (CONFABD_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (sql != NULL, FALSE);

  return CONFABD_CONNECTION_GET_IFACE (self)->run_script (self, sql, error);
}

/**
 * confabd_connection_begin:
 * @kind: whether it may write
 * @error: return location for a #GError
 *
 * Begins a transaction, after looking whether the connection is well: one to a server that was
 * restarted is made anew, until the deadline. There is one writer at a time, however many daemons
 * share the database. For the thread that owns the connection, like the two functions below.
 *
 * Returns: whether there is a transaction; else with %CONFAB_ERROR_UNAVAILABLE or
 *   %CONFAB_ERROR_TIMED_OUT
 */
gboolean
confabd_connection_begin (ConfabdConnection *self, ConfabdTransaction kind, GError **error)
{
  g_return_val_if_fail (CONFABD_IS_CONNECTION (self), FALSE);

  return CONFABD_CONNECTION_GET_IFACE (self)->begin (self, kind, error);
}

/**
 * confabd_connection_is_in_transaction:
 *
 * Returns: %FALSE also when the engine has undone the whole transaction by itself: the disk is
 * full, the server is gone
 */
gboolean
confabd_connection_is_in_transaction (ConfabdConnection *self)
{
  g_return_val_if_fail (CONFABD_IS_CONNECTION (self), FALSE);

  return CONFABD_CONNECTION_GET_IFACE (self)->is_in_transaction (self);
}

/**
 * confabd_connection_is_aborted:
 *
 * Returns: whether a statement failed in the transaction and the engine does nothing but undo now.
 *   PostgreSQL would answer COMMIT with success then, and keep nothing.
 */
gboolean
confabd_connection_is_aborted (ConfabdConnection *self)
{
  g_return_val_if_fail (CONFABD_IS_CONNECTION (self), FALSE);

  return CONFABD_CONNECTION_GET_IFACE (self)->is_aborted != NULL &&
         CONFABD_CONNECTION_GET_IFACE (self)->is_aborted (self);
}

/**
 * confabd_connection_set_deadline:
 * @deadline_mono_us: monotonic time after which statements are interrupted; 0 for never
 */
void
confabd_connection_set_deadline (ConfabdConnection *self, gint64 deadline_mono_us)
{
  g_return_if_fail (CONFABD_IS_CONNECTION (self));

  CONFABD_CONNECTION_GET_IFACE (self)->set_deadline (self, deadline_mono_us);
}
