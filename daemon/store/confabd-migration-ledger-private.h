/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-database.h"
#include "confabd-migration.h"

G_BEGIN_DECLS

/* What a database says of a migration that it has. */
typedef struct {
  guint number;
  char *name;     /* (owned) */
  char *checksum; /* (owned) of its words when it was applied */
  gint64 applied_us;
} ConfabdMigrationNote;

typedef struct _ConfabdMigrationDialect ConfabdMigrationDialect;

const ConfabdMigrationDialect *confabd_migration_ledger_get_dialect (ConfabdDatabase *database);

gboolean confabd_migration_ledger_find_table (ConfabdConnection *connection,
                                              const ConfabdMigrationDialect *dialect,
                                              const char *name,
                                              gboolean *is_there,
                                              GError **error);
GPtrArray *confabd_migration_ledger_list (ConfabdConnection *connection,
                                          const ConfabdMigrationDialect *dialect,
                                          GError **error);
gboolean confabd_migration_ledger_prepare (ConfabdConnection *connection,
                                           const ConfabdMigrationDialect *dialect,
                                           GError **error);
gboolean confabd_migration_ledger_add (ConfabdConnection *connection,
                                       const ConfabdMigration *migration,
                                       gint64 now_us,
                                       GError **error);
gboolean confabd_migration_ledger_remove (ConfabdConnection *connection,
                                          guint number,
                                          GError **error);

guint confabd_migration_ledger_get_last (GPtrArray *notes);
gboolean confabd_migration_ledger_check (GPtrArray *notes,
                                         GPtrArray *known,
                                         const char *database_name,
                                         GError **error);

G_END_DECLS
