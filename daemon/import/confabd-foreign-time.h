/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

gboolean confabd_foreign_time_parse (const char *text, gint64 *unix_us);

G_END_DECLS
