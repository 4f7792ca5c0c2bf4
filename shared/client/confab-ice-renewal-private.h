/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-client.h"

G_BEGIN_DECLS

/* Fetches new credentials of the relays before the old ones expire. Belongs to one main context. */
typedef struct _ConfabIceRenewal ConfabIceRenewal;

/* servers: (transfer none) (element-type ConfabIceServer) */
typedef void (*ConfabIceRenewalFunc) (GPtrArray *servers, gpointer user_data);

ConfabIceRenewal *confab_ice_renewal_new (ConfabClient *client,
                                          const char *call_id,
                                          ConfabIceRenewalFunc renewed,
                                          gpointer user_data);
void confab_ice_renewal_free (ConfabIceRenewal *self);
void confab_ice_renewal_watch (ConfabIceRenewal *self, GPtrArray *servers);
void confab_ice_renewal_stop (ConfabIceRenewal *self);

G_END_DECLS
