/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-connection.h"
#include "confabd-row-private.h"

G_BEGIN_DECLS

GPtrArray *confabd_rows_list_present (ConfabdConnection *connection,
                                      const char *call_id,
                                      GError **error);
ConfabCall *confabd_rows_find_call_of (ConfabdConnection *connection,
                                       const char *call_id,
                                       const char *user_id,
                                       GError **error);
ConfabCall *confabd_rows_find_call (ConfabdConnection *connection,
                                    const char *call_id,
                                    GError **error);
gboolean confabd_rows_find_role (ConfabdConnection *connection,
                                 const char *call_id,
                                 const char *user_id,
                                 gboolean *is_member,
                                 ConfabRole *role,
                                 GError **error);
gboolean confabd_rows_check_member (ConfabdConnection *connection,
                                    const char *call_id,
                                    const char *user_id,
                                    GError **error);
gboolean confabd_rows_set_role (ConfabdConnection *connection,
                                const char *call_id,
                                const char *user_id,
                                ConfabRole role,
                                gint64 now_us,
                                GError **error);
gboolean confabd_rows_add_user (ConfabdConnection *connection, ConfabUser *user, GError **error);

gboolean confabd_rows_check_open (ConfabCall *call, gint64 now_us, GError **error);
gboolean confabd_rows_check_place (ConfabdConnection *connection, ConfabCall *call, GError **error);
void confabd_rows_set_no_such_call (GError **error);

G_END_DECLS
