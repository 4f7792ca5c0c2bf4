/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-permission"

#include "config.h"

#include "confab-permission.h"

/*
 * Who may do what: the one place that knows. The REST API, signaling, the bus and the app ask here.
 *
 * A role may all that a lesser one may. A program with an API key may what its owner may, as far as
 * the key has the scope; what has no scope needs a person.
 */
typedef struct {
  const char *name;
  ConfabUserRole least_role;
  const char *scope; /* NULL: never by key */
} PermissionRow;

/* clang-format off */
static const PermissionRow rows[] = {
  [CONFAB_PERMISSION_PUBLIC] = { "public", CONFAB_USER_ROLE_GUEST, NULL },
  [CONFAB_PERMISSION_SIGN_OUT] = { "sign-out", CONFAB_USER_ROLE_GUEST, NULL },
  [CONFAB_PERMISSION_READ_CALLS] = { "read-calls", CONFAB_USER_ROLE_GUEST, "calls:read" },
  [CONFAB_PERMISSION_JOIN_CALLS] = { "join-calls", CONFAB_USER_ROLE_GUEST, "calls:write" },
  [CONFAB_PERMISSION_CREATE_CALLS] = { "create-calls", CONFAB_USER_ROLE_MEMBER, "calls:write" },
  [CONFAB_PERMISSION_READ_PROFILE] = { "read-profile", CONFAB_USER_ROLE_GUEST, "profile:read" },
  [CONFAB_PERMISSION_MANAGE_PROFILE] = { "manage-profile", CONFAB_USER_ROLE_MEMBER, "profile:write" },
  [CONFAB_PERMISSION_MANAGE_ACCOUNT] = { "manage-account", CONFAB_USER_ROLE_MEMBER, NULL },
  [CONFAB_PERMISSION_MANAGE_SESSIONS] = { "manage-sessions", CONFAB_USER_ROLE_MEMBER, NULL },
  [CONFAB_PERMISSION_MANAGE_KEYS] = { "manage-keys", CONFAB_USER_ROLE_MEMBER, NULL },
  [CONFAB_PERMISSION_SEARCH_USERS] = { "search-users", CONFAB_USER_ROLE_MEMBER, "users:read" },
  [CONFAB_PERMISSION_REVIEW_USERS] = { "review-users", CONFAB_USER_ROLE_ADMIN, "admin:read" },
  [CONFAB_PERMISSION_ADMINISTER_USERS] = { "administer-users", CONFAB_USER_ROLE_ADMIN, "admin:write" },
  [CONFAB_PERMISSION_APPOINT_ADMINS] = { "appoint-admins", CONFAB_USER_ROLE_OWNER, "admin:write" },
  [CONFAB_PERMISSION_READ_AUDIT] = { "read-audit", CONFAB_USER_ROLE_ADMIN, "admin:read" },
  [CONFAB_PERMISSION_READ_STATISTICS] = { "read-statistics", CONFAB_USER_ROLE_ADMIN, "admin:read" },
  [CONFAB_PERMISSION_READ_METRICS] = { "read-metrics", CONFAB_USER_ROLE_ADMIN, "admin:read" },
};

static const ConfabRole call_rows[] = {
  [CONFAB_CALL_PERMISSION_RECORD] = CONFAB_ROLE_HOST,
  [CONFAB_CALL_PERMISSION_CHANGE] = CONFAB_ROLE_MODERATOR,
  [CONFAB_CALL_PERMISSION_END] = CONFAB_ROLE_HOST,
};
/* clang-format on */

static const char *const guest_accesses[] = {
  [CONFAB_GUEST_ACCESS_NONE] = "none",
  [CONFAB_GUEST_ACCESS_JOIN] = "join",
  [CONFAB_GUEST_ACCESS_CREATE] = "create",
};

G_STATIC_ASSERT (G_N_ELEMENTS (rows) == CONFAB_N_PERMISSIONS);
G_STATIC_ASSERT (G_N_ELEMENTS (guest_accesses) == CONFAB_N_GUEST_ACCESSES);
G_STATIC_ASSERT (G_N_ELEMENTS (call_rows) == CONFAB_N_CALL_PERMISSIONS);

/**
 * confab_permission_is_granted:
 * @permission: what somebody wants to do
 * @role: their role on the server
 * @scopes: (nullable) (array zero-terminated=1): of the API key that they act through; %NULL for a
 *   person, who needs none
 *
 * Safe to call from any thread, as all of this table.
 *
 * Source: data/api/openapi.yaml, “Who may do what”.
 *
 * Returns: whether they may
 * Since: 0.1
 */
gboolean
confab_permission_is_granted (ConfabPermission permission,
                              ConfabUserRole role,
                              const char *const *scopes)
{
  const PermissionRow *row;

  g_return_val_if_fail ((guint) permission < CONFAB_N_PERMISSIONS, FALSE);

  row = &rows[permission];
  if (permission == CONFAB_PERMISSION_PUBLIC) {
    return TRUE;
  }
  if (role < row->least_role) {
    return FALSE;
  }
  return scopes == NULL || (row->scope != NULL && g_strv_contains (scopes, row->scope));
}

/**
 * confab_permission_is_granted_to_guests:
 * @permission: what a guest wants to do
 * @access: what the server lets guests do
 *
 * Where there are no guests any more, who still is one may leave, and nothing else.
 *
 * Source: data/api/openapi.yaml, “Who may do what”.
 *
 * Returns: whether they may
 * Since: 0.1
 */
gboolean
confab_permission_is_granted_to_guests (ConfabPermission permission, ConfabGuestAccess access)
{
  g_return_val_if_fail ((guint) permission < CONFAB_N_PERMISSIONS, FALSE);

  if (access == CONFAB_GUEST_ACCESS_NONE) {
    return permission == CONFAB_PERMISSION_PUBLIC || permission == CONFAB_PERMISSION_SIGN_OUT;
  }
  return confab_permission_is_granted (permission, CONFAB_USER_ROLE_GUEST, NULL) ||
         (access == CONFAB_GUEST_ACCESS_CREATE && permission == CONFAB_PERMISSION_CREATE_CALLS);
}

/**
 * confab_guest_access_to_string:
 * @access: what a server lets guests do
 *
 * Returns: (transfer none): its name: `none`, `join` or `create`
 * Since: 0.1
 */
const char *
confab_guest_access_to_string (ConfabGuestAccess access)
{
  g_return_val_if_fail ((guint) access < CONFAB_N_GUEST_ACCESSES, NULL);

  return guest_accesses[access];
}

/**
 * confab_guest_access_from_string:
 * @text: (nullable): what a server sent
 * @access: (out): what it lets guests do
 *
 * The way back from confab_guest_access_to_string().
 *
 * Returns: %FALSE for a name that this version does not know; @access is left alone then
 * Since: 0.1
 */
gboolean
confab_guest_access_from_string (const char *text, ConfabGuestAccess *access)
{
  g_return_val_if_fail (access != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (guest_accesses); i++) {
    if (g_strcmp0 (text, guest_accesses[i]) == 0) {
      *access = (ConfabGuestAccess) i;
      return TRUE;
    }
  }
  return FALSE;
}

/**
 * confab_permission_to_string:
 * @permission: a permission
 *
 * Returns: (transfer none): its name, as `join-calls`
 * Since: 0.1
 */
const char *
confab_permission_to_string (ConfabPermission permission)
{
  g_return_val_if_fail ((guint) permission < CONFAB_N_PERMISSIONS, NULL);

  return rows[permission].name;
}

/**
 * confab_permission_get_least_role:
 * @permission: a permission
 *
 * Returns: the role that one needs at least
 * Since: 0.1
 */
ConfabUserRole
confab_permission_get_least_role (ConfabPermission permission)
{
  g_return_val_if_fail ((guint) permission < CONFAB_N_PERMISSIONS, CONFAB_USER_ROLE_OWNER);

  return rows[permission].least_role;
}

/**
 * confab_permission_get_scope:
 * @permission: a permission
 *
 * Returns: (transfer none) (nullable): the scope that an API key needs; %NULL when none suffices
 * Since: 0.1
 */
const char *
confab_permission_get_scope (ConfabPermission permission)
{
  g_return_val_if_fail ((guint) permission < CONFAB_N_PERMISSIONS, NULL);

  return rows[permission].scope;
}

/**
 * confab_permission_offers_scope:
 * @scope: (nullable): what somebody calls a scope
 * @role: whose API key is to have it
 *
 * A key cannot give what its owner has not: `admin:read` is none for a member.
 *
 * Returns: whether a key of somebody with @role may have @scope
 * Since: 0.1
 */
gboolean
confab_permission_offers_scope (const char *scope, ConfabUserRole role)
{
  for (guint i = 0; scope != NULL && i < CONFAB_N_PERMISSIONS; i++) {
    if (g_strcmp0 (rows[i].scope, scope) == 0 && role >= rows[i].least_role) {
      return TRUE;
    }
  }
  return FALSE;
}

/**
 * confab_call_permission_is_granted:
 * @permission: what somebody wants to do in a call
 * @role: their role in it
 *
 * Returns: whether they may
 * Since: 0.1
 */
gboolean
confab_call_permission_is_granted (ConfabCallPermission permission, ConfabRole role)
{
  g_return_val_if_fail ((guint) permission < CONFAB_N_CALL_PERMISSIONS, FALSE);

  return role >= call_rows[permission];
}

/**
 * confab_recording_policy_allows:
 * @policy: of a call
 * @role: of somebody in it
 *
 * Returns: whether they may record the call
 * Since: 0.1
 */
gboolean
confab_recording_policy_allows (ConfabRecordingPolicy policy, ConfabRole role)
{
  return policy == CONFAB_RECORDING_EVERYONE ||
         (policy == CONFAB_RECORDING_HOST &&
          confab_call_permission_is_granted (CONFAB_CALL_PERMISSION_RECORD, role));
}
