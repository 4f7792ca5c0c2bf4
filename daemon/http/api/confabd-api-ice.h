/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-calls.h"
#include "confabd-router.h"
#include "confabd-turn.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_API_ICE (confabd_api_ice_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdApiIce, confabd_api_ice, CONFABD, API_ICE, GObject)

ConfabdApiIce *confabd_api_ice_new (ConfabdCalls *calls, ConfabdTurn *turn);
void confabd_api_ice_add_routes (ConfabdApiIce *self, ConfabdRouter *router);

G_END_DECLS
