/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-accounts.h"
#include "confabd-origins.h"
#include "confabd-router.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_SERVER (confabd_server_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdServer, confabd_server, CONFABD, SERVER, GObject)

ConfabdServer *confabd_server_new (ConfabdRouter *router,
                                   ConfabdAccounts *accounts,
                                   ConfabdOrigins *origins);
void confabd_server_serve (ConfabdServer *self,
                           GSocketConnection *connection,
                           GSocketAddress *remote);
void confabd_server_disconnect (ConfabdServer *self);

G_END_DECLS
