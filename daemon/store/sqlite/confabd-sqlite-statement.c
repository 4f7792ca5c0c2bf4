/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confabd-sqlite-statement-private.h"

/* Values between GVariant and SQLite. The types are those of ConfabdConnection. */

#define MAX_COLUMNS 64 /* of a row; the widest of ours has half as many */

static int
bind_value (sqlite3_stmt *statement, int index, GVariant *value)
{
  g_autoptr (GVariant) inner = NULL;

  switch (g_variant_classify (value)) {
  case G_VARIANT_CLASS_MAYBE:
    inner = g_variant_get_maybe (value);
    return inner != NULL ? bind_value (statement, index, inner)
                         : sqlite3_bind_null (statement, index);
  case G_VARIANT_CLASS_STRING:
    /* The parameters live until the statement is reset. */
    return sqlite3_bind_text (statement, index, g_variant_get_string (value, NULL), -1,
                              SQLITE_STATIC);
  case G_VARIANT_CLASS_INT64:
    return sqlite3_bind_int64 (statement, index, g_variant_get_int64 (value));
  case G_VARIANT_CLASS_INT32:
    return sqlite3_bind_int64 (statement, index, g_variant_get_int32 (value));
  case G_VARIANT_CLASS_UINT32:
    return sqlite3_bind_int64 (statement, index, g_variant_get_uint32 (value));
  case G_VARIANT_CLASS_BOOLEAN:
    return sqlite3_bind_int64 (statement, index, g_variant_get_boolean (value) ? 1 : 0);
  case G_VARIANT_CLASS_BYTE:
  case G_VARIANT_CLASS_INT16:
  case G_VARIANT_CLASS_UINT16:
  case G_VARIANT_CLASS_UINT64:
  case G_VARIANT_CLASS_HANDLE:
  case G_VARIANT_CLASS_DOUBLE:
  case G_VARIANT_CLASS_OBJECT_PATH:
  case G_VARIANT_CLASS_SIGNATURE:
  case G_VARIANT_CLASS_VARIANT:
  case G_VARIANT_CLASS_ARRAY:
  case G_VARIANT_CLASS_TUPLE:
  case G_VARIANT_CLASS_DICT_ENTRY:
  default:
    g_return_val_if_reached (SQLITE_MISMATCH);
  }
}

/**
 * confabd_sqlite_statement_bind:
 * @parameters: (nullable): a tuple that outlives the statement's next reset
 *
 * Binds the parameters `$1`, `$2`, … by name: SQLite numbers them by where they stand first, not by
 * their digits.
 *
 * Returns: whether each parameter has its place in the statement
 */
gboolean
confabd_sqlite_statement_bind (sqlite3_stmt *statement, GVariant *parameters, GError **error)
{
  gsize n = parameters != NULL ? g_variant_n_children (parameters) : 0;

  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) value = g_variant_get_child_value (parameters, i);
    char name[16];

    g_snprintf (name, sizeof name, "$%" G_GSIZE_FORMAT, i + 1);
    if (bind_value (statement, sqlite3_bind_parameter_index (statement, name), value) !=
        SQLITE_OK) {
      g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "Parameter %s does not fit “%s”", name,
                   sqlite3_sql (statement));
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
is_integer_in (sqlite3_stmt *statement, int column, gint64 min, gint64 max)
{
  gint64 value;

  if (sqlite3_column_type (statement, column) != SQLITE_INTEGER) {
    return FALSE;
  }
  value = sqlite3_column_int64 (statement, column);
  return value >= min && value <= max;
}

static GVariant *
dup_text (sqlite3_stmt *statement, int column)
{
  const char *text;

  if (sqlite3_column_type (statement, column) != SQLITE_TEXT) {
    return NULL;
  }
  text = (const char *) sqlite3_column_text (statement, column);
  /* With the length: what follows a NUL would be in the file and seen by nobody. */
  if (text == NULL || !g_utf8_validate (text, sqlite3_column_bytes (statement, column), NULL)) {
    return NULL;
  }
  return g_variant_new_string (text);
}

static GVariant *
dup_integer (sqlite3_stmt *statement, int column, const GVariantType *type)
{
  if (g_variant_type_equal (type, G_VARIANT_TYPE_INT64) &&
      is_integer_in (statement, column, G_MININT64, G_MAXINT64)) {
    return g_variant_new_int64 (sqlite3_column_int64 (statement, column));
  }
  if (g_variant_type_equal (type, G_VARIANT_TYPE_INT32) &&
      is_integer_in (statement, column, G_MININT32, G_MAXINT32)) {
    return g_variant_new_int32 (sqlite3_column_int (statement, column));
  }
  if (g_variant_type_equal (type, G_VARIANT_TYPE_UINT32) &&
      is_integer_in (statement, column, 0, G_MAXUINT32)) {
    return g_variant_new_uint32 ((guint32) sqlite3_column_int64 (statement, column));
  }
  if (g_variant_type_equal (type, G_VARIANT_TYPE_BOOLEAN) &&
      is_integer_in (statement, column, 0, 1)) {
    return g_variant_new_boolean (sqlite3_column_int (statement, column));
  }
  return NULL;
}

/* Returns: (transfer floating) (nullable): NULL when the column does not have the type */
static GVariant *
dup_value (sqlite3_stmt *statement, int column, const GVariantType *type)
{
  if (g_variant_type_is_maybe (type)) {
    GVariant *value = NULL;

    type = g_variant_type_element (type);
    if (sqlite3_column_type (statement, column) == SQLITE_NULL) {
      return g_variant_new_maybe (type, NULL);
    }
    value = dup_value (statement, column, type);
    return value != NULL ? g_variant_new_maybe (type, value) : NULL;
  }
  if (g_variant_type_equal (type, G_VARIANT_TYPE_STRING)) {
    return dup_text (statement, column);
  }
  return dup_integer (statement, column, type);
}

static GVariant *
set_unusable (GError **error, const char *column)
{
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "The database holds an unusable “%s”",
               column);
  return NULL;
}

/**
 * confabd_sqlite_statement_dup_row:
 * @statement: one that stands on a row
 * @row_type: a tuple
 *
 * Returns: (transfer full): the row; %NULL with %CONFAB_ERROR_FAILED when it is of another type,
 *   that is, when somebody else wrote into the database
 */
GVariant *
confabd_sqlite_statement_dup_row (sqlite3_stmt *statement,
                                  const GVariantType *row_type,
                                  GError **error)
{
  const GVariantType *type = g_variant_type_first (row_type);
  int n_columns = sqlite3_column_count (statement);
  GVariant *values[MAX_COLUMNS];
  g_autoptr (GVariant) row = NULL;
  int n = 0;

  g_return_val_if_fail ((int) g_variant_type_n_items (row_type) == n_columns, NULL);
  g_return_val_if_fail (n_columns <= MAX_COLUMNS, NULL);

  while (n < n_columns && (values[n] = dup_value (statement, n, type)) != NULL) {
    type = g_variant_type_next (type);
    n++;
  }
  row = g_variant_ref_sink (g_variant_new_tuple (values, (gsize) n));
  return n == n_columns ? g_steal_pointer (&row)
                        : set_unusable (error, sqlite3_column_name (statement, n));
}
