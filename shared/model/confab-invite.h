/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-participant.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_INVITE (confab_invite_get_type ())
CONFAB_AVAILABLE_IN_ALL
GType confab_invite_get_type (void) G_GNUC_CONST;
/* uses_left: -1 = any number; expires_at, revoked_at nullable */
CONFAB_AVAILABLE_IN_ALL
ConfabInvite *confab_invite_new (const char *id,
                                 const char *call_id,
                                 const char *made_by,
                                 ConfabRole role,
                                 int uses_left,
                                 GDateTime *expires_at,
                                 GDateTime *revoked_at);
CONFAB_AVAILABLE_IN_ALL
ConfabInvite *confab_invite_ref (ConfabInvite *self);
CONFAB_AVAILABLE_IN_ALL
void confab_invite_unref (ConfabInvite *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_invite_get_id (ConfabInvite *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_invite_get_call_id (ConfabInvite *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_invite_get_made_by (ConfabInvite *self);
CONFAB_AVAILABLE_IN_ALL
ConfabRole confab_invite_get_role (ConfabInvite *self);
CONFAB_AVAILABLE_IN_ALL
int confab_invite_get_uses_left (ConfabInvite *self);
CONFAB_AVAILABLE_IN_ALL
GDateTime *confab_invite_get_expires_at (ConfabInvite *self);
CONFAB_AVAILABLE_IN_ALL
GDateTime *confab_invite_get_revoked_at (ConfabInvite *self);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_invite_is_usable (ConfabInvite *self, GDateTime *now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabInvite, confab_invite_unref)

G_END_DECLS
