/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean confabd_dsn_parse (const char *text, char **endpoint, char **key, GError **error);

G_END_DECLS
