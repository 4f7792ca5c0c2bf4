/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-call.h"
#include "confab-participant.h"
#include "confab-user.h"

G_BEGIN_DECLS

typedef enum {
  CONFAB_PERMISSION_PUBLIC, /* everybody, also who is not signed in */
  CONFAB_PERMISSION_SIGN_OUT,
  CONFAB_PERMISSION_READ_CALLS,
  CONFAB_PERMISSION_JOIN_CALLS,
  CONFAB_PERMISSION_CREATE_CALLS,
  CONFAB_PERMISSION_READ_PROFILE,
  CONFAB_PERMISSION_MANAGE_PROFILE,
  CONFAB_PERMISSION_MANAGE_ACCOUNT, /* password, export, deletion */
  CONFAB_PERMISSION_MANAGE_SESSIONS,
  CONFAB_PERMISSION_MANAGE_KEYS,
  CONFAB_PERMISSION_SEARCH_USERS,
  CONFAB_PERMISSION_REVIEW_USERS,     /* all users as an administrator sees them */
  CONFAB_PERMISSION_ADMINISTER_USERS, /* roles of members, disabling, invitations to register */
  CONFAB_PERMISSION_APPOINT_ADMINS,   /* the roles above a member, given and taken */
  CONFAB_PERMISSION_READ_AUDIT,
  CONFAB_PERMISSION_READ_STATISTICS,
  CONFAB_PERMISSION_READ_METRICS /* figures without names; also for a direct request of this machine
                                  */
} ConfabPermission;

#define CONFAB_N_PERMISSIONS (CONFAB_PERMISSION_READ_METRICS + 1)

/* What a server lets guests do: those who have a name and nothing else. */
typedef enum {
  CONFAB_GUEST_ACCESS_NONE,  /* there are none */
  CONFAB_GUEST_ACCESS_JOIN,  /* come into calls of which they have the link */
  CONFAB_GUEST_ACCESS_CREATE /* make calls as well */
} ConfabGuestAccess;

#define CONFAB_N_GUEST_ACCESSES (CONFAB_GUEST_ACCESS_CREATE + 1)

/* What somebody may do in a call that they are in. */
typedef enum {
  CONFAB_CALL_PERMISSION_RECORD, /* where the call lets only its host record */
  CONFAB_CALL_PERMISSION_CHANGE, /* who may record */
  CONFAB_CALL_PERMISSION_END
} ConfabCallPermission;

#define CONFAB_N_CALL_PERMISSIONS (CONFAB_CALL_PERMISSION_END + 1)

CONFAB_AVAILABLE_IN_ALL
gboolean confab_permission_is_granted (ConfabPermission permission,
                                       ConfabUserRole role,
                                       const char *const *scopes);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_permission_is_granted_to_guests (ConfabPermission permission,
                                                 ConfabGuestAccess access);
CONFAB_AVAILABLE_IN_ALL
const char *confab_guest_access_to_string (ConfabGuestAccess access);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_guest_access_from_string (const char *text, ConfabGuestAccess *access);
CONFAB_AVAILABLE_IN_ALL
const char *confab_permission_to_string (ConfabPermission permission);
CONFAB_AVAILABLE_IN_ALL
ConfabUserRole confab_permission_get_least_role (ConfabPermission permission);
CONFAB_AVAILABLE_IN_ALL
const char *confab_permission_get_scope (ConfabPermission permission);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_permission_offers_scope (const char *scope, ConfabUserRole role);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_call_permission_is_granted (ConfabCallPermission permission, ConfabRole role);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_recording_policy_allows (ConfabRecordingPolicy policy, ConfabRole role);

G_END_DECLS
