/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean confab_json_guard_check (const char *data, gsize size, guint *n_members, GError **error);

G_END_DECLS
