/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-connection.h"
#include "confabd-store-users.h"

G_BEGIN_DECLS

#define CONFABD_PROFILE_COLUMNS                                                             \
  "u.id, u.display_name, u.role, u.created_at, u.login_name, u.email,"                      \
  " u.email_verified_at, u.avatar_url, u.time_zone, u.locale, u.updated_at, u.disabled_at," \
  " u.last_login_at"
/* Of a row of these columns and one more, a text or NULL. */
#define CONFABD_PROFILE_ROW "(sssxmsmsmxmsmsmsxmxmxms)"

ConfabProfile *confabd_row_to_profile (GVariant *row, char **more, GError **error);

/* For work that does more than one of them in a transaction. */
gboolean confabd_users_insert (ConfabdConnection *connection,
                               ConfabProfile *profile,
                               const char *password_hash,
                               GError **error);
gboolean confabd_users_set_names (ConfabdConnection *connection,
                                  const char *user_id,
                                  const char *login_name,
                                  const char *display_name,
                                  GError **error);
gboolean confabd_users_refresh_names (ConfabdConnection *connection,
                                      const char *user_id,
                                      GError **error);
ConfabProfile *confabd_users_find (ConfabdConnection *connection,
                                   const char *user_id,
                                   GError **error);
gboolean confabd_users_use_invite (ConfabdConnection *connection,
                                   const char *invite_hash,
                                   gint64 now_us,
                                   ConfabUserRole *role,
                                   GError **error);

G_END_DECLS
