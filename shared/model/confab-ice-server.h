/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_ICE_SERVER (confab_ice_server_get_type ())
CONFAB_AVAILABLE_IN_ALL
GType confab_ice_server_get_type (void) G_GNUC_CONST;
CONFAB_AVAILABLE_IN_ALL
ConfabIceServer *confab_ice_server_new (const char *const *urls,
                                        const char *username,
                                        const char *credential,
                                        guint lifetime_s);
CONFAB_AVAILABLE_IN_ALL
ConfabIceServer *confab_ice_server_ref (ConfabIceServer *self);
CONFAB_AVAILABLE_IN_ALL
void confab_ice_server_unref (ConfabIceServer *self);
CONFAB_AVAILABLE_IN_ALL
const char *const *confab_ice_server_get_urls (ConfabIceServer *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_ice_server_get_username (ConfabIceServer *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_ice_server_get_credential (ConfabIceServer *self);
CONFAB_AVAILABLE_IN_ALL
guint confab_ice_server_get_lifetime_s (ConfabIceServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabIceServer, confab_ice_server_unref)

G_END_DECLS
