/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-keys.h"
#include "confabd-router.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_API_KEYS (confabd_api_keys_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdApiKeys, confabd_api_keys, CONFABD, API_KEYS, GObject)

ConfabdApiKeys *confabd_api_keys_new (ConfabdKeys *keys);
void confabd_api_keys_add_routes (ConfabdApiKeys *self, ConfabdRouter *router);

G_END_DECLS
