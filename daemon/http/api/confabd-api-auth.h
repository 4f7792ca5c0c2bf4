/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-accounts.h"
#include "confabd-router.h"
#include "confabd-tickets.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_API_AUTH (confabd_api_auth_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdApiAuth, confabd_api_auth, CONFABD, API_AUTH, GObject)

ConfabdApiAuth *confabd_api_auth_new (ConfabdAccounts *accounts, ConfabdTickets *tickets);
void confabd_api_auth_add_routes (ConfabdApiAuth *self, ConfabdRouter *router);

G_END_DECLS
