/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-clock.h"
#include "confabd-database.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_MIGRATOR (confabd_migrator_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdMigrator, confabd_migrator, CONFABD, MIGRATOR, GObject)

ConfabdMigrator *confabd_migrator_new (ConfabdDatabase *database,
                                       const char *resource_folder,
                                       ConfabClock *clock,
                                       GError **error);
guint confabd_migrator_get_known (ConfabdMigrator *self);
guint confabd_migrator_get_applied (ConfabdMigrator *self);
gboolean confabd_migrator_migrate (ConfabdMigrator *self, GError **error);
gboolean confabd_migrator_rollback (ConfabdMigrator *self, guint number, GError **error);

G_END_DECLS
