/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-calls.h"
#include "confabd-router.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_API_CALLS (confabd_api_calls_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdApiCalls, confabd_api_calls, CONFABD, API_CALLS, GObject)

ConfabdApiCalls *confabd_api_calls_new (ConfabdCalls *calls, const char *base_url);
void confabd_api_calls_add_routes (ConfabdApiCalls *self, ConfabdRouter *router);

G_END_DECLS
