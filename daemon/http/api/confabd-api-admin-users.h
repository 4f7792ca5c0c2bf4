/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-people.h"
#include "confabd-router.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_API_ADMIN_USERS (confabd_api_admin_users_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabdApiAdminUsers, confabd_api_admin_users, CONFABD, API_ADMIN_USERS, GObject)

ConfabdApiAdminUsers *confabd_api_admin_users_new (ConfabdPeople *people);
void confabd_api_admin_users_add_routes (ConfabdApiAdminUsers *self, ConfabdRouter *router);

G_END_DECLS
