/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-database.h"

G_BEGIN_DECLS

gboolean confabd_preflight_check_integrity (ConfabdDatabase *database, GError **error);
gboolean confabd_preflight_check_space (ConfabdDatabase *database,
                                        const char *folder,
                                        GError **error);

G_END_DECLS
