/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean confabd_crash_watch (const char *path, char **left_behind, GError **error);
void confabd_crash_note (const char *message);

G_END_DECLS
