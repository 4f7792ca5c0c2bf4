/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-database.h"

G_BEGIN_DECLS

gboolean confabd_migration_lock (ConfabdDatabase *database, GError **error);
void confabd_migration_unlock (ConfabdDatabase *database);

G_END_DECLS
