/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "confab-types.h"

G_BEGIN_DECLS

void confabd_sqlite_set_error (GError **error, sqlite3 *handle, int rc, const char *name);

G_END_DECLS
