/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-permission.h"

G_BEGIN_DECLS

/* Who may make an account on a server. */
typedef enum {
  CONFAB_REGISTRATION_OPEN,
  CONFAB_REGISTRATION_INVITE, /* who has an invitation */
  CONFAB_REGISTRATION_CLOSED
} ConfabRegistration;

#define CONFAB_N_REGISTRATIONS (CONFAB_REGISTRATION_CLOSED + 1)

CONFAB_AVAILABLE_IN_ALL
gboolean confab_registration_from_string (const char *text, ConfabRegistration *registration);

#define CONFAB_TYPE_SERVER_INFO (confab_server_info_get_type ())
CONFAB_AVAILABLE_IN_ALL
GType confab_server_info_get_type (void) G_GNUC_CONST;
CONFAB_AVAILABLE_IN_ALL
ConfabServerInfo *confab_server_info_new (ConfabRegistration registration,
                                          ConfabGuestAccess guests,
                                          gboolean has_mail);
CONFAB_AVAILABLE_IN_ALL
ConfabServerInfo *confab_server_info_ref (ConfabServerInfo *self);
CONFAB_AVAILABLE_IN_ALL
void confab_server_info_unref (ConfabServerInfo *self);
CONFAB_AVAILABLE_IN_ALL
ConfabRegistration confab_server_info_get_registration (ConfabServerInfo *self);
CONFAB_AVAILABLE_IN_ALL
ConfabGuestAccess confab_server_info_get_guests (ConfabServerInfo *self);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_server_info_has_mail (ConfabServerInfo *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabServerInfo, confab_server_info_unref)

G_END_DECLS
