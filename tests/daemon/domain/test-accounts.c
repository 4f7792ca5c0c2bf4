/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-error.h"
#include "confabd-accounts.h"
#include "confabd-label-private.h"
#include "confabd-signing-key.h"
#include "test-loop.h"

typedef struct {
  ConfabClock *clock;        /* (owned) */
  ConfabdStore *store;       /* (owned) */
  ConfabdSessions *sessions; /* (owned) */
  ConfabdAccounts *accounts; /* (owned) */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GDateTime) start = g_date_time_new_utc (2026, 11, 21, 12, 0, 0);
  g_autoptr (GBytes) key = confabd_signing_key_load (NULL, NULL);
  g_autoptr (ConfabdKeyring) keyring = confabd_keyring_new (key, NULL);
  g_autoptr (GError) error = NULL;

  self->clock = confab_manual_clock_new (start);
  self->store = confabd_store_open ("sqlite::memory:", CONFABD_SCHEMA_MIGRATE, self->clock, &error);
  g_assert_no_error (error);
  self->sessions = confabd_sessions_new (self->store, self->clock, keyring);
  self->accounts =
      confabd_accounts_new (self->store, self->clock, self->sessions, CONFAB_GUEST_ACCESS_JOIN);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  test_drain ();
  g_assert_finalize_object (self->accounts);
  g_assert_finalize_object (self->sessions);
  g_assert_finalize_object (self->store);
  g_assert_finalize_object (self->clock);
}

static ConfabdGrant *
sign_in (Fixture *self, const char *name, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  confabd_accounts_sign_in_guest_async (self->accounts, name, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_accounts_sign_in_guest_finish (self->accounts, result, error);
}

static ConfabUser *
verify (Fixture *self, const char *token)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdPrincipal) principal = confabd_sessions_verify (self->sessions, token, &error);

  g_assert_no_error (error);
  return confab_user_ref (confabd_principal_get_user (principal));
}

static void
test_guest (Fixture *self, gconstpointer data)
{
  g_autoptr (GDateTime) in_12_h = g_date_time_new_utc (2026, 11, 22, 0, 0, 0);
  g_autoptr (ConfabdGrant) grant = NULL;
  g_autoptr (ConfabUser) same = NULL;
  g_autoptr (GError) error = NULL;

  grant = sign_in (self, "  Ada\xc2\xa0 Lovelace ", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (confab_user_get_display_name (grant->user), ==, "Ada Lovelace");
  g_assert_cmpint (confab_user_get_role (grant->user), ==, CONFAB_USER_ROLE_GUEST);
  g_assert_true (g_date_time_equal (grant->expires_at, in_12_h));
  g_assert_null (grant->refresh_token);

  same = verify (self, grant->token);
  g_assert_cmpstr (confab_user_get_id (same), ==, confab_user_get_id (grant->user));
  g_assert_cmpstr (confab_user_get_display_name (same), ==, "Ada Lovelace");
  g_assert_cmpint (confab_user_get_role (same), ==, CONFAB_USER_ROLE_GUEST);
  g_assert_true (g_date_time_equal (confab_user_get_created_at (same),
                                    confab_user_get_created_at (grant->user)));
}

static void
test_names (Fixture *self, gconstpointer data)
{
  g_autofree char *longest = g_strnfill (64, 'x');
  g_autofree char *too_long = g_strnfill (65, 'x');
  g_autofree char *absurd = g_strnfill (100000, ' ');
  const char *const bad[] = {
    NULL,          "",       "  \t", "two\nlines", "nul\x01",        "back\u202Ewards",
    "line\u2028s", too_long, absurd, "\xff\xfe",   "soft\u00ADhyph", "\u2066iso",
  };
  const char *const good[] = { "x", longest, "Zoë", "李", "👩\u200D🚀", "O’Neill, 3rd" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (sign_in (self, bad[i], &error));
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST);
  }
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (ConfabdGrant) grant = sign_in (self, good[i], NULL);

    g_assert_cmpstr (confab_user_get_display_name (grant->user), ==, good[i]);
  }
}

/* One way to write a name: the accent as a letter of its own is not another person. */
static void
test_composed (Fixture *self, gconstpointer data)
{
  g_autofree char *label = confabd_label_normalize ("Zoe\u0308", 3);

  g_assert_cmpstr (label, ==, "Zo\u00EB");
}

static ConfabdGrant *
find_local (Fixture *self, const char *name)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  ConfabdGrant *grant = NULL;

  confabd_accounts_local_user_async (self->accounts, name, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  grant = confabd_accounts_local_user_finish (self->accounts, result, &error);
  g_assert_no_error (error);
  return grant;
}

static void
test_local (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdGrant) first = find_local (self, "Ada");
  g_autoptr (ConfabdGrant) second = find_local (self, "two\nlines");
  g_autoptr (ConfabUser) verified = verify (self, first->token);

  g_assert_cmpint (confab_user_get_role (first->user), ==, CONFAB_USER_ROLE_OWNER);
  g_assert_cmpstr (confab_user_get_display_name (first->user), ==, "Ada");
  g_assert_cmpstr (confab_user_get_display_name (second->user), ==, "Owner");
  g_assert_cmpstr (confab_user_get_id (first->user), ==, confab_user_get_id (second->user));
  g_assert_cmpstr (confab_user_get_id (first->user), ==, confab_user_get_id (verified));
  g_assert_cmpint (confab_user_get_role (verified), ==, CONFAB_USER_ROLE_OWNER);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, run) g_test_add (path, Fixture, NULL, set_up, run, tear_down)
  ADD ("/accounts/guest", test_guest);
  ADD ("/accounts/guest/names", test_names);
  ADD ("/accounts/guest/composed", test_composed);
  ADD ("/accounts/local", test_local);
#undef ADD
  return g_test_run ();
}
