/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-members.h"
#include "confabd-router.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_API_MEMBERS (confabd_api_members_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdApiMembers, confabd_api_members, CONFABD, API_MEMBERS, GObject)

/* telegram_token: (nullable) of the bot that vouches for people */
ConfabdApiMembers *confabd_api_members_new (ConfabdMembers *members,
                                            ConfabClock *clock,
                                            GBytes *telegram_token);
void confabd_api_members_add_routes (ConfabdApiMembers *self, ConfabdRouter *router);

G_END_DECLS
