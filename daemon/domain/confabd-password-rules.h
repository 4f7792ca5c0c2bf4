/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

#define CONFABD_PASSWORD_MIN_CHARS 8
#define CONFABD_PASSWORD_MAX_CHARS 1024

gboolean confabd_password_check (const char *password, const char *login_name, GError **error);
gboolean confabd_password_is_common (const char *password);

G_END_DECLS
