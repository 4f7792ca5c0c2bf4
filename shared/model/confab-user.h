/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

typedef enum {
  CONFAB_USER_ROLE_GUEST,
  CONFAB_USER_ROLE_MEMBER,
  CONFAB_USER_ROLE_ADMIN,
  CONFAB_USER_ROLE_OWNER
} ConfabUserRole;

#define CONFAB_TYPE_USER (confab_user_get_type ())
CONFAB_AVAILABLE_IN_ALL
GType confab_user_get_type (void) G_GNUC_CONST;
CONFAB_AVAILABLE_IN_ALL
ConfabUser *confab_user_new (const char *id,
                             const char *display_name,
                             ConfabUserRole role,
                             GDateTime *created_at);
CONFAB_AVAILABLE_IN_ALL
ConfabUser *confab_user_ref (ConfabUser *self);
CONFAB_AVAILABLE_IN_ALL
void confab_user_unref (ConfabUser *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_user_get_id (ConfabUser *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_user_get_display_name (ConfabUser *self);
CONFAB_AVAILABLE_IN_ALL
ConfabUserRole confab_user_get_role (ConfabUser *self);
CONFAB_AVAILABLE_IN_ALL
GDateTime *confab_user_get_created_at (ConfabUser *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_user_role_to_string (ConfabUserRole role);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_user_role_from_string (const char *text, ConfabUserRole *role);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabUser, confab_user_unref)

G_END_DECLS
