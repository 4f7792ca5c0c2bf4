/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CONFABD_TYPE_ORIGINS (confabd_origins_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdOrigins, confabd_origins, CONFABD, ORIGINS, GObject)

ConfabdOrigins *confabd_origins_new (const char *base_url, const char *const *foreign);
void confabd_origins_set_foreign (ConfabdOrigins *self, const char *const *foreign);
gboolean confabd_origins_is_welcome (ConfabdOrigins *self, const char *origin, const char *host);
gboolean confabd_origins_is_foreign (ConfabdOrigins *self, const char *origin);

G_END_DECLS
