/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-clock.h"
#include "confabd-database.h"
#include "confabd-migration.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_MIGRATOR (confabd_migrator_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdMigrator, confabd_migrator, CONFABD, MIGRATOR, GObject)

/* A migration that the database has, this daemon knows, or both. */
typedef struct {
  guint number;
  char *name; /* (owned) */
  gboolean is_known;
  gboolean is_changed;   /* known, but applied with other words */
  GDateTime *applied_at; /* (owned) (nullable) NULL: the database does not have it */
} ConfabdMigrationState;

ConfabdMigrator *confabd_migrator_new (ConfabdDatabase *database,
                                       const char *resource_folder,
                                       ConfabClock *clock,
                                       GError **error);
void confabd_migrator_set_backup_folder (ConfabdMigrator *self, const char *folder);
guint confabd_migrator_get_known (ConfabdMigrator *self);
guint confabd_migrator_get_applied (ConfabdMigrator *self);
GPtrArray *confabd_migrator_list (ConfabdMigrator *self);
gboolean confabd_migrator_check (ConfabdMigrator *self, GError **error);
ConfabdMigrationReport *confabd_migrator_plan (ConfabdMigrator *self, guint number, GError **error);
ConfabdMigrationReport *confabd_migrator_move (ConfabdMigrator *self, guint number, GError **error);
char *confabd_migrator_back_up (ConfabdMigrator *self, const char *path, GError **error);

G_END_DECLS
