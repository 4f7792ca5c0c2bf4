/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libpq-fe.h>

#include "confab-types.h"

G_BEGIN_DECLS

/**
 * ConfabdPostgresStatement:
 *
 * A statement that the server has prepared, and the types that it found for the parameters.
 */
typedef struct {
  char *name;    /* (owned) */
  Oid *types;    /* (owned) (array length=n_types) */
  guint n_types; /* up to CONFABD_POSTGRES_MAX_PARAMETERS */
} ConfabdPostgresStatement;

#define CONFABD_POSTGRES_MAX_PARAMETERS 32

/* Values for PQsendQueryPrepared(), as it likes them. They point into the parameters. */
typedef struct {
  const char *values[CONFABD_POSTGRES_MAX_PARAMETERS];
  int lengths[CONFABD_POSTGRES_MAX_PARAMETERS];
  int formats[CONFABD_POSTGRES_MAX_PARAMETERS];
  char scalars[CONFABD_POSTGRES_MAX_PARAMETERS][8];
} ConfabdPostgresBinding;

ConfabdPostgresStatement *confabd_postgres_statement_new (const char *name,
                                                          const PGresult *description);
void confabd_postgres_statement_free (ConfabdPostgresStatement *self);
gboolean confabd_postgres_statement_bind (ConfabdPostgresStatement *self,
                                          GVariant *parameters,
                                          ConfabdPostgresBinding *binding,
                                          GError **error);
GPtrArray *confabd_postgres_dup_rows (const PGresult *result,
                                      const GVariantType *row_type,
                                      GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdPostgresStatement, confabd_postgres_statement_free)

G_END_DECLS
