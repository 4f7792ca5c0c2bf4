/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <jwt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "confab-error.h"
#include "confabd-accounts.h"
#include "confabd-label-private.h"
#include "confabd-signing-key.h"
#include "test-loop.h"

typedef struct {
  ConfabClock *clock;        /* (owned) */
  ConfabdStore *store;       /* (owned) */
  GBytes *key;               /* (owned) */
  ConfabdAccounts *accounts; /* (owned) */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GDateTime) start = g_date_time_new_utc (2026, 11, 21, 12, 0, 0);
  g_autoptr (GError) error = NULL;

  self->clock = confab_manual_clock_new (start);
  self->store = confabd_store_open ("sqlite::memory:", CONFABD_SCHEMA_MIGRATE, self->clock, &error);
  g_assert_no_error (error);
  self->key = confabd_signing_key_load (NULL, &error);
  g_assert_no_error (error);
  self->accounts = confabd_accounts_new (self->store, self->clock, self->key);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  test_drain ();
  g_assert_finalize_object (self->accounts);
  g_assert_finalize_object (self->store);
  g_assert_finalize_object (self->clock);
  g_bytes_unref (self->key);
}

static ConfabUser *
sign_in (Fixture *self, const char *name, char **token, GDateTime **expires_at, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  confabd_accounts_sign_in_guest_async (self->accounts, name, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_accounts_sign_in_guest_finish (self->accounts, result, token, expires_at, error);
}

/* NULL when @token is refused. */
static ConfabUser *
verify (Fixture *self, const char *token)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdPrincipal) principal =
      confabd_accounts_verify_token (self->accounts, token, &error);

  if (principal == NULL) {
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED);
    return NULL;
  }
  return confab_user_ref (confabd_principal_get_user (principal));
}

static void
test_guest (Fixture *self, gconstpointer data)
{
  g_autoptr (GDateTime) expires_at = NULL;
  g_autoptr (GDateTime) in_12_h = g_date_time_new_utc (2026, 11, 22, 0, 0, 0);
  g_autoptr (ConfabUser) user = NULL;
  g_autoptr (ConfabUser) same = NULL;
  g_autofree char *token = NULL;
  g_autoptr (GError) error = NULL;

  user = sign_in (self, "  Ada\xc2\xa0 Lovelace ", &token, &expires_at, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (confab_user_get_display_name (user), ==, "Ada Lovelace");
  g_assert_cmpint (confab_user_get_role (user), ==, CONFAB_USER_ROLE_GUEST);
  g_assert_true (g_date_time_equal (expires_at, in_12_h));

  same = verify (self, token);
  g_assert_cmpstr (confab_user_get_id (same), ==, confab_user_get_id (user));
  g_assert_cmpstr (confab_user_get_display_name (same), ==, "Ada Lovelace");
  g_assert_cmpint (confab_user_get_role (same), ==, CONFAB_USER_ROLE_GUEST);
  g_assert_true (
      g_date_time_equal (confab_user_get_created_at (same), confab_user_get_created_at (user)));
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

    g_assert_null (sign_in (self, bad[i], NULL, NULL, &error));
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST);
  }
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (ConfabUser) user = sign_in (self, good[i], NULL, NULL, NULL);

    g_assert_cmpstr (confab_user_get_display_name (user), ==, good[i]);
  }
}

/* One way to write a name: the accent as a letter of its own is not another person. */
static void
test_composed (Fixture *self, gconstpointer data)
{
  g_autofree char *label = confabd_label_normalize ("Zoe\u0308", 3);

  g_assert_cmpstr (label, ==, "Zo\u00EB");
}

static void
assert_refused (Fixture *self, const char *token)
{
  g_assert_null (verify (self, token));
}

static void
test_expired (Fixture *self, gconstpointer data)
{
  g_autofree char *token = NULL;
  g_autoptr (ConfabUser) user = sign_in (self, "Ada", &token, NULL, NULL);
  g_autoptr (ConfabUser) still = NULL;

  confab_manual_clock_advance (CONFAB_MANUAL_CLOCK (self->clock),
                               12 * G_TIME_SPAN_HOUR - G_TIME_SPAN_SECOND);
  still = verify (self, token);
  g_assert_nonnull (still);
  confab_manual_clock_advance (CONFAB_MANUAL_CLOCK (self->clock), G_TIME_SPAN_SECOND);
  assert_refused (self, token);
}

static void
test_garbage (Fixture *self, gconstpointer data)
{
  g_autofree char *token = NULL;
  g_autofree char *long_token = NULL;
  g_autoptr (ConfabUser) user = sign_in (self, "Ada", &token, NULL, NULL);
  const char *const garbage[] = { NULL, "", ".", "..", "a.b.c", "Bearer", "e30.e30.", "\xff.\xff" };

  for (guint i = 0; i < G_N_ELEMENTS (garbage); i++) {
    assert_refused (self, garbage[i]);
  }
  long_token = g_strnfill (1000000, 'a');
  assert_refused (self, long_token);
  /* Each character counts. */
  for (gsize i = 0; i < strlen (token) - 1; i++) {
    g_autofree char *forged = g_strdup (token);

    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    assert_refused (self, forged);
  }
}

static char *
forge (GBytes *key, jwt_alg_t algorithm, const char *id, const char *role)
{
  jwt_t *jwt = NULL;
  char *encoded = NULL;
  char *token = NULL;
  gsize size;
  const guchar *bytes = g_bytes_get_data (key, &size);

  g_assert_cmpint (jwt_new (&jwt), ==, 0);
  jwt_add_grant (jwt, "sub", id);
  jwt_add_grant (jwt, "name", "Eve");
  jwt_add_grant (jwt, "role", role);
  jwt_add_grant_int (jwt, "iat", 1795000000);
  jwt_add_grant_int (jwt, "exp", 2000000000);
  jwt_set_alg (jwt, algorithm, algorithm != JWT_ALG_NONE ? bytes : NULL,
               algorithm != JWT_ALG_NONE ? (int) size : 0);
  encoded = jwt_encode_str (jwt);
  token = g_strdup (encoded);
  free (encoded);
  jwt_free (jwt);
  return token;
}

static void
test_algorithm (Fixture *self, gconstpointer data)
{
  const char *id = "0123456789abcdefghjkmnpqrs";
  g_autoptr (GBytes) other_key = confabd_signing_key_load (NULL, NULL);
  g_autofree char *good = forge (self->key, JWT_ALG_HS256, id, "owner");
  g_autofree char *unsigned_one = forge (self->key, JWT_ALG_NONE, id, "owner");
  g_autofree char *other_algorithm = forge (self->key, JWT_ALG_HS512, id, "owner");
  g_autofree char *foreign = forge (other_key, JWT_ALG_HS256, id, "owner");
  g_autofree char *no_id = forge (self->key, JWT_ALG_HS256, "x", "owner");
  g_autofree char *no_role = forge (self->key, JWT_ALG_HS256, id, "king");
  g_autoptr (ConfabUser) user = NULL;

  user = verify (self, good);
  g_assert_nonnull (user);
  assert_refused (self, unsigned_one);
  assert_refused (self, other_algorithm);
  assert_refused (self, foreign);
  assert_refused (self, no_id);
  assert_refused (self, no_role);
}

static ConfabUser *
find_local (Fixture *self, const char *name, char **token)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  ConfabUser *user = NULL;

  confabd_accounts_local_user_async (self->accounts, name, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  user = confabd_accounts_local_user_finish (self->accounts, result, token, NULL, &error);
  g_assert_no_error (error);
  return user;
}

static void
test_local (Fixture *self, gconstpointer data)
{
  g_autofree char *token = NULL;
  g_autoptr (ConfabUser) first = find_local (self, "Ada", &token);
  g_autoptr (ConfabUser) second = find_local (self, "two\nlines", NULL);
  g_autoptr (ConfabUser) verified = NULL;

  g_assert_cmpint (confab_user_get_role (first), ==, CONFAB_USER_ROLE_OWNER);
  g_assert_cmpstr (confab_user_get_display_name (first), ==, "Ada");
  g_assert_cmpstr (confab_user_get_display_name (second), ==, "Owner");
  g_assert_cmpstr (confab_user_get_id (first), ==, confab_user_get_id (second));
  verified = verify (self, token);
  g_assert_cmpstr (confab_user_get_id (first), ==, confab_user_get_id (verified));
  g_assert_cmpint (confab_user_get_role (verified), ==, CONFAB_USER_ROLE_OWNER);
}

/* The key */

static void
assert_key_refused (const char *path, const char *pattern)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (confabd_signing_key_load (path, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED);
  if (!g_pattern_match_simple (pattern, error->message)) {
    g_error ("“%s” is not “%s”", error->message, pattern);
  }
}

static void
test_key (void)
{
  g_autofree char *folder = g_dir_make_tmp ("confab-key-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "secret.key", NULL);
  g_autofree char *nowhere = g_build_filename (folder, "nowhere", "secret.key", NULL);
  g_autoptr (GBytes) made = NULL;
  g_autoptr (GBytes) read = NULL;
  g_autoptr (GError) error = NULL;
  GStatBuf info;

  made = confabd_signing_key_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (made), ==, CONFABD_SIGNING_KEY_BYTES);
  g_assert_no_errno (g_stat (path, &info));
  g_assert_cmphex (info.st_mode & 0777, ==, 0600);
  read = confabd_signing_key_load (path, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (made, read));

  g_assert_no_errno (g_chmod (path, 0640));
  assert_key_refused (path, "The signing key “*secret.key” can be read by others*");
  g_assert_true (
      g_file_set_contents_full (path, "short", 5, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
  g_assert_no_errno (g_chmod (path, 0600));
  assert_key_refused (path, "The signing key “*” does not have 32 bytes");
  g_assert_no_errno (g_unlink (path));
  g_assert_no_errno (symlink ("/dev/zero", path));
  assert_key_refused (path, "The signing key “*” cannot be opened");
  g_assert_no_errno (g_unlink (path));
  assert_key_refused (nowhere, "*The signing key “*” cannot be written");
  g_assert_no_errno (g_rmdir (folder));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, run) g_test_add (path, Fixture, NULL, set_up, run, tear_down)
  ADD ("/accounts/guest", test_guest);
  ADD ("/accounts/guest/names", test_names);
  ADD ("/accounts/guest/composed", test_composed);
  ADD ("/accounts/token/expired", test_expired);
  ADD ("/accounts/token/garbage", test_garbage);
  ADD ("/accounts/token/algorithm", test_algorithm);
  ADD ("/accounts/local", test_local);
#undef ADD
  g_test_add_func ("/accounts/key", test_key);
  return g_test_run ();
}
