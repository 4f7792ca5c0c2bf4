/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-error.h"
#include "confabd-principal.h"

static ConfabUser *
make_user (ConfabUserRole role)
{
  g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 11, 21, 12, 0, 0);

  return confab_user_new ("0123456789abcdefghjkmnpqrs", "Ada", role, now);
}

static void
assert_may_not (ConfabdPrincipal *principal, ConfabPermission permission, const char *sentence)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (confabd_principal_check (principal, permission, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED);
  g_assert_cmpstr (error->message, ==, sentence);
}

static void
test_session (void)
{
  g_autoptr (ConfabUser) user = make_user (CONFAB_USER_ROLE_MEMBER);
  g_autoptr (ConfabdPrincipal) principal =
      confabd_principal_new (CONFABD_PRINCIPAL_SESSION, user, "s1", NULL);
  g_autoptr (ConfabdPrincipal) same = confabd_principal_ref (principal);

  g_assert_true (confabd_principal_get_user (same) == user);
  g_assert_cmpint (confabd_principal_get_kind (same), ==, CONFABD_PRINCIPAL_SESSION);
  g_assert_cmpstr (confabd_principal_get_session_id (same), ==, "s1");
  g_assert_null (confabd_principal_get_key_id (same));
  g_assert_null (confabd_principal_get_scopes (same));
  g_assert_true (confabd_principal_check (same, CONFAB_PERMISSION_MANAGE_KEYS, NULL));
  assert_may_not (same, CONFAB_PERMISSION_READ_AUDIT, "That takes the role “admin”, not “member”");
}

static void
test_key (void)
{
  const char *const scopes[] = { "calls:read", NULL };
  g_autoptr (ConfabUser) user = make_user (CONFAB_USER_ROLE_MEMBER);
  g_autoptr (ConfabdPrincipal) key =
      confabd_principal_new (CONFABD_PRINCIPAL_KEY, user, "k1", scopes);

  g_assert_cmpstr (confabd_principal_get_key_id (key), ==, "k1");
  g_assert_null (confabd_principal_get_session_id (key));
  g_assert_cmpstr (confabd_principal_get_scopes (key)[0], ==, "calls:read");
  g_assert_true (confabd_principal_check (key, CONFAB_PERMISSION_READ_CALLS, NULL));
  assert_may_not (key, CONFAB_PERMISSION_CREATE_CALLS,
                  "The API key has not the scope “calls:write”");
  assert_may_not (key, CONFAB_PERMISSION_MANAGE_KEYS, "That takes a person: no API key may do it");
  assert_may_not (key, CONFAB_PERMISSION_READ_AUDIT, "That takes the role “admin”, not “member”");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/principal/session", test_session);
  g_test_add_func ("/principal/key", test_key);

  return g_test_run ();
}
