/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "confab-permission.h"

#define GUEST  CONFAB_USER_ROLE_GUEST
#define MEMBER CONFAB_USER_ROLE_MEMBER
#define ADMIN  CONFAB_USER_ROLE_ADMIN
#define OWNER  CONFAB_USER_ROLE_OWNER

/* The table once more, as one reads it in the contract: a slip of the pen in either is found. */
/* clang-format off */
static const struct {
  ConfabPermission permission;
  const char *name;
  ConfabUserRole least_role;
  const char *scope;
} expected[] = {
  { CONFAB_PERMISSION_PUBLIC, "public", GUEST, NULL },
  { CONFAB_PERMISSION_SIGN_OUT, "sign-out", GUEST, NULL },
  { CONFAB_PERMISSION_READ_CALLS, "read-calls", GUEST, "calls:read" },
  { CONFAB_PERMISSION_JOIN_CALLS, "join-calls", GUEST, "calls:write" },
  { CONFAB_PERMISSION_CREATE_CALLS, "create-calls", MEMBER, "calls:write" },
  { CONFAB_PERMISSION_READ_PROFILE, "read-profile", GUEST, "profile:read" },
  { CONFAB_PERMISSION_MANAGE_PROFILE, "manage-profile", MEMBER, "profile:write" },
  { CONFAB_PERMISSION_MANAGE_ACCOUNT, "manage-account", MEMBER, NULL },
  { CONFAB_PERMISSION_MANAGE_SESSIONS, "manage-sessions", MEMBER, NULL },
  { CONFAB_PERMISSION_MANAGE_KEYS, "manage-keys", MEMBER, NULL },
  { CONFAB_PERMISSION_SEARCH_USERS, "search-users", MEMBER, "users:read" },
  { CONFAB_PERMISSION_REVIEW_USERS, "review-users", ADMIN, "admin:read" },
  { CONFAB_PERMISSION_ADMINISTER_USERS, "administer-users", ADMIN, "admin:write" },
  { CONFAB_PERMISSION_APPOINT_ADMINS, "appoint-admins", OWNER, "admin:write" },
  { CONFAB_PERMISSION_READ_AUDIT, "read-audit", ADMIN, "admin:read" },
  { CONFAB_PERMISSION_READ_STATISTICS, "read-statistics", ADMIN, "admin:read" },
  { CONFAB_PERMISSION_READ_METRICS, "read-metrics", ADMIN, "admin:read" },
};
/* clang-format on */

static const char *const all_scopes[] = {
  "calls:read", "calls:write", "profile:read", "profile:write",
  "users:read", "admin:read",  "admin:write",  NULL,
};

static void
test_table (void)
{
  g_assert_cmpuint (G_N_ELEMENTS (expected), ==, CONFAB_N_PERMISSIONS);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    ConfabPermission permission = expected[i].permission;

    g_assert_cmpint (permission, ==, i);
    g_assert_cmpstr (confab_permission_to_string (permission), ==, expected[i].name);
    g_assert_cmpint (confab_permission_get_least_role (permission), ==, expected[i].least_role);
    g_assert_cmpstr (confab_permission_get_scope (permission), ==, expected[i].scope);
  }
}

/* Every permission, every role, as a person. */
static void
test_roles (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    for (guint role = GUEST; role <= OWNER; role++) {
      gboolean is_granted =
          confab_permission_is_granted (expected[i].permission, (ConfabUserRole) role, NULL);

      g_assert_cmpint (is_granted, ==, role >= expected[i].least_role);
    }
  }
}

/* Every permission, through a key of an owner with each single scope, with all, and with none. */
static void
test_scopes (void)
{
  const char *const none[] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    ConfabPermission permission = expected[i].permission;
    gboolean is_public = permission == CONFAB_PERMISSION_PUBLIC;

    g_assert_cmpint (confab_permission_is_granted (permission, OWNER, none), ==, is_public);
    g_assert_cmpint (confab_permission_is_granted (permission, OWNER, all_scopes), ==,
                     is_public || expected[i].scope != NULL);
    for (guint j = 0; all_scopes[j] != NULL; j++) {
      const char *const one[] = { all_scopes[j], NULL };

      g_assert_cmpint (confab_permission_is_granted (permission, OWNER, one), ==,
                       is_public || g_strcmp0 (all_scopes[j], expected[i].scope) == 0);
    }
  }
}

/* A scope does not lift anybody above their role. */
static void
test_scope_of_lesser_role (void)
{
  g_assert_false (confab_permission_is_granted (CONFAB_PERMISSION_READ_AUDIT, MEMBER, all_scopes));
  g_assert_true (confab_permission_is_granted (CONFAB_PERMISSION_READ_AUDIT, ADMIN, all_scopes));
}

static void
test_offers (void)
{
  for (guint i = 0; all_scopes[i] != NULL; i++) {
    gboolean is_for_admins = g_str_has_prefix (all_scopes[i], "admin:");

    g_assert_true (confab_permission_offers_scope (all_scopes[i], OWNER));
    g_assert_true (confab_permission_offers_scope (all_scopes[i], ADMIN));
    g_assert_cmpint (confab_permission_offers_scope (all_scopes[i], MEMBER), ==, !is_for_admins);
  }
  g_assert_false (confab_permission_offers_scope ("calls", OWNER));
  g_assert_false (confab_permission_offers_scope ("", OWNER));
  g_assert_false (confab_permission_offers_scope (NULL, OWNER));
}

static void
test_calls (void)
{
  for (guint i = 0; i < CONFAB_N_CALL_PERMISSIONS; i++) {
    ConfabCallPermission permission = (ConfabCallPermission) i;

    g_assert_true (confab_call_permission_is_granted (permission, CONFAB_ROLE_HOST));
    g_assert_cmpint (confab_call_permission_is_granted (permission, CONFAB_ROLE_MODERATOR), ==,
                     permission == CONFAB_CALL_PERMISSION_CHANGE);
    g_assert_false (confab_call_permission_is_granted (permission, CONFAB_ROLE_SPEAKER));
    g_assert_false (confab_call_permission_is_granted (permission, CONFAB_ROLE_LISTENER));
  }
}

/* What guests may is what their role may, but for calls of their own, and for a server without
 * them. */
static void
test_guests (void)
{
  for (guint i = 0; i < CONFAB_N_PERMISSIONS; i++) {
    ConfabPermission permission = (ConfabPermission) i;
    gboolean may_join = expected[i].least_role == GUEST;
    gboolean may_leave =
        permission == CONFAB_PERMISSION_PUBLIC || permission == CONFAB_PERMISSION_SIGN_OUT;

    g_assert_cmpint (may_leave, ==,
                     confab_permission_is_granted_to_guests (permission, CONFAB_GUEST_ACCESS_NONE));
    g_assert_cmpint (may_join, ==,
                     confab_permission_is_granted_to_guests (permission, CONFAB_GUEST_ACCESS_JOIN));
    g_assert_cmpint (
        may_join || permission == CONFAB_PERMISSION_CREATE_CALLS, ==,
        confab_permission_is_granted_to_guests (permission, CONFAB_GUEST_ACCESS_CREATE));
  }
}

static void
test_guest_access_names (void)
{
  ConfabGuestAccess access = CONFAB_GUEST_ACCESS_JOIN;

  for (guint i = 0; i < CONFAB_N_GUEST_ACCESSES; i++) {
    g_assert_true (confab_guest_access_from_string (
        confab_guest_access_to_string ((ConfabGuestAccess) i), &access));
    g_assert_cmpint (access, ==, i);
  }
  g_assert_false (confab_guest_access_from_string ("all", &access));
  g_assert_false (confab_guest_access_from_string (NULL, &access));
}

static void
test_recording (void)
{
  g_assert_false (confab_recording_policy_allows (CONFAB_RECORDING_NEVER, CONFAB_ROLE_HOST));
  g_assert_true (confab_recording_policy_allows (CONFAB_RECORDING_HOST, CONFAB_ROLE_HOST));
  g_assert_false (confab_recording_policy_allows (CONFAB_RECORDING_HOST, CONFAB_ROLE_MODERATOR));
  g_assert_true (confab_recording_policy_allows (CONFAB_RECORDING_EVERYONE, CONFAB_ROLE_LISTENER));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/permission/table", test_table);
  g_test_add_func ("/permission/roles", test_roles);
  g_test_add_func ("/permission/scopes", test_scopes);
  g_test_add_func ("/permission/scope-of-lesser-role", test_scope_of_lesser_role);
  g_test_add_func ("/permission/offers", test_offers);
  g_test_add_func ("/permission/calls", test_calls);
  g_test_add_func ("/permission/guests", test_guests);
  g_test_add_func ("/permission/guest-access-names", test_guest_access_names);
  g_test_add_func ("/permission/recording", test_recording);

  return g_test_run ();
}
