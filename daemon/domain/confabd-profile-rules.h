/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

/* What a profile may say. All fail with CONFAB_ERROR_BAD_REQUEST; NULL is nothing said. */
gboolean confabd_profile_check_login_name (const char *login_name, GError **error);
gboolean confabd_profile_check_email (const char *email, GError **error);
gboolean confabd_profile_check_avatar_url (const char *url, GError **error);
gboolean confabd_profile_check_time_zone (const char *name, GError **error);
gboolean confabd_profile_check_locale (const char *locale, GError **error);

G_END_DECLS
