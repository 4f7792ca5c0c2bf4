/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

gboolean confabd_postgres_dump (const char *url,
                                guint server_version,
                                const char *path,
                                GError **error);
gboolean confabd_postgres_undump (const char *url,
                                  guint server_version,
                                  const char *path,
                                  GError **error);

G_END_DECLS
