/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

gboolean confabd_sqlite_file_prepare (const char *path, GError **error);
gboolean confabd_sqlite_file_check (const char *path, GError **error);
int confabd_sqlite_file_lock (const char *path, guint wait_ms, GError **error);

G_END_DECLS
