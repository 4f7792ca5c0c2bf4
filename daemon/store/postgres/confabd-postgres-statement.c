/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confabd-postgres-statement-private.h"

/* Values between GVariant and PostgreSQL, in its binary format. The GVariant types are those of
 * ConfabdConnection; what an `x` is, the column says: a number, or a moment in microseconds. */

/* Source: PostgreSQL 15, src/include/catalog/pg_type.dat. These numbers never change. */
enum {
  OID_BOOL = 16,
  OID_INT8 = 20,
  OID_INT2 = 21,
  OID_INT4 = 23,
  OID_TEXT = 25,
  OID_FLOAT8 = 701,
  OID_VARCHAR = 1043,
  OID_TIMESTAMPTZ = 1184,
};

/* PostgreSQL counts microseconds from 2000-01-01 00:00 UTC. */
#define EPOCH_US G_GINT64_CONSTANT (946684800000000)

/**
 * confabd_postgres_statement_new:
 * @name: what it was prepared under
 * @description: the answer to PQdescribePrepared()
 *
 * Returns: (transfer full): the statement
 */
ConfabdPostgresStatement *
confabd_postgres_statement_new (const char *name, const PGresult *description)
{
  ConfabdPostgresStatement *self = g_new0 (ConfabdPostgresStatement, 1);

  self->name = g_strdup (name);
  self->n_types = (guint) PQnparams (description);
  self->types = g_new0 (Oid, self->n_types);
  for (guint i = 0; i < self->n_types; i++) {
    self->types[i] = PQparamtype (description, (int) i);
  }
  return self;
}

void
confabd_postgres_statement_free (ConfabdPostgresStatement *self)
{
  g_free (self->name);
  g_free (self->types);
  g_free (self);
}

/* ---- to the server ---- */

static void
put (ConfabdPostgresBinding *binding, guint i, guint64 big_endian, guint n_bytes)
{
  memcpy (binding->scalars[i], (const char *) &big_endian + (8 - n_bytes), n_bytes);
  binding->values[i] = binding->scalars[i];
  binding->lengths[i] = (int) n_bytes;
}

static gboolean
bind_integer (ConfabdPostgresBinding *binding, guint i, Oid type, gint64 value)
{
  switch (type) {
  case OID_INT8:
    put (binding, i, GUINT64_TO_BE ((guint64) value), 8);
    return TRUE;
  case OID_TIMESTAMPTZ:
    put (binding, i, GUINT64_TO_BE ((guint64) (value - EPOCH_US)), 8);
    return TRUE;
  case OID_INT4:
    put (binding, i, GUINT64_TO_BE ((guint64) value), 4);
    return value >= G_MININT32 && value <= G_MAXINT32;
  case OID_INT2:
    put (binding, i, GUINT64_TO_BE ((guint64) value), 2);
    return value >= G_MININT16 && value <= G_MAXINT16;
  case OID_BOOL:
    put (binding, i, GUINT64_TO_BE ((guint64) value), 1);
    return value == 0 || value == 1;
  default:
    return FALSE;
  }
}

static gboolean
bind_double (ConfabdPostgresBinding *binding, guint i, Oid type, double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  put (binding, i, GUINT64_TO_BE (bits), 8);
  return type == OID_FLOAT8;
}

static gboolean
bind_text (ConfabdPostgresBinding *binding, guint i, Oid type, GVariant *value)
{
  gsize length = 0;

  binding->values[i] = g_variant_get_string (value, &length);
  binding->lengths[i] = (int) length;
  return length <= G_MAXINT && (type == OID_TEXT || type == OID_VARCHAR);
}

static gboolean
bind_value (ConfabdPostgresBinding *binding, guint i, Oid type, GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_MAYBE)) {
    g_autoptr (GVariant) inner = g_variant_get_maybe (value);

    /* What a maybe holds is a view of it: the text lives as long as the parameters. */
    return inner == NULL || bind_value (binding, i, type, inner);
  }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)) {
    return bind_text (binding, i, type, value);
  }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE)) {
    return bind_double (binding, i, type, g_variant_get_double (value));
  }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64)) {
    return bind_integer (binding, i, type, g_variant_get_int64 (value));
  }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT32)) {
    return bind_integer (binding, i, type, g_variant_get_int32 (value));
  }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32)) {
    return bind_integer (binding, i, type, g_variant_get_uint32 (value));
  }
  return g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) &&
         bind_integer (binding, i, type, g_variant_get_boolean (value) ? 1 : 0);
}

/**
 * confabd_postgres_statement_bind:
 * @parameters: (nullable): a tuple in normal form, which outlives the binding
 * @binding: (out caller-allocates): what to send
 *
 * Returns: whether each parameter has its place in the statement, and fits it
 */
gboolean
confabd_postgres_statement_bind (ConfabdPostgresStatement *self,
                                 GVariant *parameters,
                                 ConfabdPostgresBinding *binding,
                                 GError **error)
{
  gsize n = parameters != NULL ? g_variant_n_children (parameters) : 0;

  memset (binding, 0, sizeof *binding);
  if (n != self->n_types || n > CONFABD_POSTGRES_MAX_PARAMETERS) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                 "The statement takes %u parameters and got %" G_GSIZE_FORMAT, self->n_types, n);
    return FALSE;
  }
  for (guint i = 0; i < n; i++) {
    g_autoptr (GVariant) value = g_variant_get_child_value (parameters, i);

    binding->formats[i] = 1;
    if (!bind_value (binding, i, self->types[i], value)) {
      g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                   "Parameter $%u of type “%s” does not fit type %u of the server", i + 1,
                   g_variant_get_type_string (value), self->types[i]);
      return FALSE;
    }
  }
  return TRUE;
}

/* ---- from the server ---- */

typedef struct {
  const PGresult *result;
  int row;
  int column;
} Cell;

static guint64
get_bits (const Cell *cell, guint n_bytes)
{
  guint64 bits = 0;

  memcpy ((char *) &bits + (8 - n_bytes), PQgetvalue (cell->result, cell->row, cell->column),
          n_bytes);
  return GUINT64_FROM_BE (bits);
}

static gboolean
get_integer (const Cell *cell, gint64 *value)
{
  switch (PQftype (cell->result, cell->column)) {
  case OID_INT8:
    *value = (gint64) get_bits (cell, 8);
    return TRUE;
  case OID_TIMESTAMPTZ:
    *value = (gint64) get_bits (cell, 8);
    if (*value == G_MININT64 || *value > G_MAXINT64 - EPOCH_US) { /* infinities */
      return FALSE;
    }
    *value += EPOCH_US;
    return TRUE;
  case OID_INT4:
    *value = (gint32) get_bits (cell, 4);
    return TRUE;
  case OID_INT2:
    *value = (gint16) get_bits (cell, 2);
    return TRUE;
  case OID_BOOL:
    *value = (gint64) get_bits (cell, 1);
    return TRUE;
  default:
    return FALSE;
  }
}

static GVariant *
dup_integer (const Cell *cell, const GVariantType *type)
{
  gint64 value = 0;

  if (!get_integer (cell, &value)) {
    return NULL;
  }
  switch (*g_variant_type_peek_string (type)) {
  case 'x':
    return g_variant_new_int64 (value);
  case 'i':
    return value >= G_MININT32 && value <= G_MAXINT32 ? g_variant_new_int32 ((gint32) value) : NULL;
  case 'u':
    return value >= 0 && value <= G_MAXUINT32 ? g_variant_new_uint32 ((guint32) value) : NULL;
  case 'b':
    return value == 0 || value == 1 ? g_variant_new_boolean (value == 1) : NULL;
  default:
    return NULL;
  }
}

static GVariant *
dup_double (const Cell *cell)
{
  guint64 bits;
  double value;

  if (PQftype (cell->result, cell->column) != OID_FLOAT8) {
    return NULL;
  }
  bits = get_bits (cell, 8);
  memcpy (&value, &bits, sizeof value);
  return g_variant_new_double (value);
}

static GVariant *
dup_text (const Cell *cell)
{
  const char *text = PQgetvalue (cell->result, cell->row, cell->column);
  Oid type = PQftype (cell->result, cell->column);

  if ((type != OID_TEXT && type != OID_VARCHAR) || !g_utf8_validate (text, -1, NULL)) {
    return NULL;
  }
  return g_variant_new_string (text);
}

/* Returns: (transfer floating) (nullable): NULL when the cell does not have the type */
static GVariant *
dup_value (const Cell *cell, const GVariantType *type)
{
  gboolean is_null = PQgetisnull (cell->result, cell->row, cell->column) != 0;

  if (g_variant_type_is_maybe (type)) {
    GVariant *value = NULL;

    type = g_variant_type_element (type);
    if (is_null) {
      return g_variant_new_maybe (type, NULL);
    }
    value = dup_value (cell, type);
    return value != NULL ? g_variant_new_maybe (type, value) : NULL;
  }
  if (is_null) {
    return NULL;
  }
  if (g_variant_type_equal (type, G_VARIANT_TYPE_STRING)) {
    return dup_text (cell);
  }
  if (g_variant_type_equal (type, G_VARIANT_TYPE_DOUBLE)) {
    return dup_double (cell);
  }
  return dup_integer (cell, type);
}

static GVariant *
dup_row (const PGresult *result, int row, const GVariantType *row_type, GError **error)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (row_type);
  const GVariantType *type = g_variant_type_first (row_type);
  int n_columns = PQnfields (result);

  for (int column = 0; column < n_columns; column++) {
    const Cell cell = { result, row, column };
    GVariant *value = dup_value (&cell, type);

    if (value == NULL) {
      g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "The database holds an unusable “%s”",
                   PQfname (result, column));
      return NULL;
    }
    g_variant_builder_add_value (&builder, value);
    type = g_variant_type_next (type);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/**
 * confabd_postgres_dup_rows:
 * @result: the answer to a query, in binary format
 * @row_type: a tuple
 *
 * Returns: (transfer full): the rows; %NULL with %CONFAB_ERROR_FAILED when one is of another type,
 *   that is, when somebody else wrote into the database
 */
GPtrArray *
confabd_postgres_dup_rows (const PGresult *result, const GVariantType *row_type, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  int n_rows = PQntuples (result);

  g_return_val_if_fail ((int) g_variant_type_n_items (row_type) == PQnfields (result), NULL);

  for (int i = 0; i < n_rows; i++) {
    GVariant *row = dup_row (result, i, row_type, error);

    if (row == NULL) {
      return NULL;
    }
    g_ptr_array_add (rows, row);
  }
  return g_steal_pointer (&rows);
}
