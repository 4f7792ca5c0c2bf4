/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-store-letters.h"
#include "people.h"
#include "test-loop.h"

/* What lets people in: invitations, letters, Telegram. On every driver. */

static void
add_invite (People *self, const char *hash, int uses_left, ConfabUserRole role, gint64 lifetime_us)
{
  ConfabdRegistrationInvite *invite = g_new0 (ConfabdRegistrationInvite, 1);
  g_autoptr (ConfabdRegistrationInvite) kept = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  invite->id = confab_id_new ();
  invite->role = role;
  invite->uses_left = uses_left;
  invite->created_at = people_now (self);
  invite->expires_at = lifetime_us > 0 ? g_date_time_add (invite->created_at, lifetime_us) : NULL;
  confabd_store_add_registration_invite_async (self->store, invite, hash, NULL, test_on_result,
                                               &result);
  test_wait_until (result != NULL);
  kept = confabd_store_add_registration_invite_finish (self->store, result, &error);
  g_assert_no_error (error);
}

static GPtrArray *
list_invites (People *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *invites = NULL;

  confabd_store_list_registration_invites_async (self->store, NULL, 10, NULL, test_on_result,
                                                 &result);
  test_wait_until (result != NULL);
  invites = confabd_store_list_registration_invites_finish (self->store, result, &error);
  g_assert_no_error (error);
  return invites;
}

static gboolean
revoke_invite (People *self, const char *id, GError **error)
{
  g_autoptr (GDateTime) at = people_now (self);
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_revoke_registration_invite_async (self->store, id, at, NULL, test_on_result,
                                                  &result);
  test_wait_until (result != NULL);
  return confabd_store_revoke_registration_invite_finish (self->store, result, error);
}

static void
assert_not_invited (People *self, const char *login_name, const char *hash)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (people_try_add (self, login_name, "Eve", CONFAB_USER_ROLE_MEMBER, hash, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED);
}

static void
test_invite (People *self, gconstpointer data)
{
  g_autoptr (ConfabProfile) first = NULL;
  g_autoptr (ConfabProfile) second = NULL;
  g_autoptr (GPtrArray) invites = NULL;
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GError) error = NULL;
  const char *id;

  add_invite (self, "once", 1, CONFAB_USER_ROLE_ADMIN, 0);
  add_invite (self, "short", -1, CONFAB_USER_ROLE_MEMBER, G_TIME_SPAN_MINUTE);
  first = people_try_add (self, "first", "First", CONFAB_USER_ROLE_MEMBER, "once", &error);
  g_assert_no_error (error);
  g_assert_cmpint (people_role_of (first), ==, CONFAB_USER_ROLE_ADMIN);
  assert_not_invited (self, "eve", "once");
  assert_not_invited (self, "eve", "other");
  /* A name that is taken uses nothing up. */
  g_assert_null (people_try_add (self, "first", "Eve", CONFAB_USER_ROLE_MEMBER, "short", &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NAME_TAKEN);
  g_clear_error (&error);
  second = people_try_add (self, "second", "Second", CONFAB_USER_ROLE_MEMBER, "short", &error);
  g_assert_no_error (error);
  people_advance (self, G_TIME_SPAN_MINUTE);
  assert_not_invited (self, "eve", "short");

  add_invite (self, "revoked", -1, CONFAB_USER_ROLE_MEMBER, 0);
  invites = list_invites (self);
  g_assert_cmpuint (invites->len, ==, 3);
  for (guint i = 0; i < invites->len; i++) {
    id = ((ConfabdRegistrationInvite *) invites->pdata[i])->id;
    g_assert_true (revoke_invite (self, id, &error));
    g_assert_false (revoke_invite (self, id, &error));
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND);
    g_clear_error (&error);
  }
  assert_not_invited (self, "eve", "revoked");
  left = list_invites (self);
  g_assert_cmpuint (left->len, ==, 0);
}

static void
add_letter (People *self,
            ConfabProfile *profile,
            ConfabdLetterPurpose purpose,
            const char *hash,
            const char *email)
{
  g_autoptr (GDateTime) at = people_now (self);
  g_autoptr (GDateTime) later = g_date_time_add_hours (at, 1);
  const ConfabdLetterProof letter = { purpose, hash, people_id_of (profile), email, at, later };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  confabd_store_add_letter_async (self->store, &letter, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  g_assert_true (confabd_store_add_letter_finish (self->store, result, &error));
  g_assert_no_error (error);
}

static gboolean
try_add_letter (People *self, ConfabProfile *profile, const char *hash, GError **error)
{
  g_autoptr (GDateTime) at = people_now (self);
  g_autoptr (GDateTime) later = g_date_time_add_hours (at, 2);
  const ConfabdLetterProof letter = { .purpose = CONFABD_LETTER_RESET,
                                      .hash = hash,
                                      .user_id = people_id_of (profile),
                                      .created_at = at,
                                      .expires_at = later,
                                      .most_per_hour = 2 };
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_add_letter_async (self->store, &letter, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_store_add_letter_finish (self->store, result, error);
}

static char *
redeem (People *self,
        ConfabdLetterPurpose purpose,
        const char *hash,
        const char *password_hash,
        GError **error)
{
  g_autoptr (GDateTime) at = people_now (self);
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_redeem_letter_async (self->store, purpose, hash, password_hash, at, NULL,
                                     test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_store_redeem_letter_finish (self->store, result, error);
}

static void
assert_not_redeemed (People *self, ConfabdLetterPurpose purpose, const char *hash)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (
      redeem (self, purpose, hash, purpose == CONFABD_LETTER_RESET ? "new" : NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED);
}

static void
test_reset (People *self, gconstpointer data)
{
  g_autoptr (ConfabProfile) ada = people_add (self, "ada", "Ada", CONFAB_USER_ROLE_MEMBER);
  g_autofree char *id = NULL;
  g_autoptr (ConfabdAccount) account = NULL;
  g_autoptr (GError) error = NULL;

  add_letter (self, ada, CONFABD_LETTER_RESET, "first", NULL);
  add_letter (self, ada, CONFABD_LETTER_RESET, "second", NULL);
  assert_not_redeemed (self, CONFABD_LETTER_RESET, "first");
  assert_not_redeemed (self, CONFABD_LETTER_RESET, "other");
  assert_not_redeemed (self, CONFABD_LETTER_VERIFY, "second");
  id = redeem (self, CONFABD_LETTER_RESET, "second", "new", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (id, ==, people_id_of (ada));
  account = people_find (self, CONFABD_USER_BY_ID, id);
  g_assert_cmpstr (account->password_hash, ==, "new");
  assert_not_redeemed (self, CONFABD_LETTER_RESET, "second");
  add_letter (self, ada, CONFABD_LETTER_RESET, "old", NULL);
  people_advance (self, G_TIME_SPAN_HOUR);
  assert_not_redeemed (self, CONFABD_LETTER_RESET, "old");
}

static void
test_verify (People *self, gconstpointer data)
{
  const ConfabdUserChange move = { .members = CONFABD_USER_EMAIL, .email = "other@example.org" };
  g_autoptr (ConfabProfile) ada = people_add (self, "ada", "Ada", CONFAB_USER_ROLE_MEMBER);
  g_autoptr (ConfabProfile) bob = people_add (self, "bob", "Bob", CONFAB_USER_ROLE_MEMBER);
  g_autoptr (ConfabProfile) moved = NULL;
  g_autofree char *id = NULL;
  g_autoptr (ConfabdAccount) account = NULL;
  g_autoptr (GError) error = NULL;

  add_letter (self, ada, CONFABD_LETTER_VERIFY, "ada", "ada@example.org");
  add_letter (self, bob, CONFABD_LETTER_VERIFY, "bob", "ada@example.org");
  id = redeem (self, CONFABD_LETTER_VERIFY, "ada", NULL, &error);
  g_assert_no_error (error);
  account = people_find (self, CONFABD_USER_BY_LOGIN, "ADA@example.org");
  g_assert_cmpstr (people_id_of (account->profile), ==, people_id_of (ada));
  /* Of two who name one address it belongs to who proves it first. */
  g_assert_null (redeem (self, CONFABD_LETTER_VERIFY, "bob", NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT);
  moved = people_change_well (self, ada, &move);
  g_assert_null (confab_profile_get_fields (moved)->email_verified_at);
  add_letter (self, ada, CONFABD_LETTER_VERIFY, "late", "ada@example.org");
  assert_not_redeemed (self, CONFABD_LETTER_VERIFY, "late");
}

static ConfabProfile *
telegram (People *self, const char *proof, const char *name, const char *login, GError **error)
{
  g_autoptr (GDateTime) at = people_now (self);
  g_autoptr (GDateTime) later = g_date_time_add_days (at, 1);
  const ConfabdTelegramSignIn sign_in = {
    .telegram_id = G_GINT64_CONSTANT (7000000001),
    .login_name = login,
    .display_name = name,
    .avatar_url = name != NULL ? "https://example.org/a.jpg" : NULL,
    .proof_hash = proof,
    .proof_expires_at = later,
    .may_register = !g_str_equal (proof, "closed"),
  };
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_sign_in_telegram_async (self->store, &sign_in, at, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_store_sign_in_telegram_finish (self->store, result, error);
}

static void
test_telegram (People *self, gconstpointer data)
{
  const ConfabdUserChange disable = { .members = CONFABD_USER_DISABLED, .is_disabled = TRUE };
  g_autoptr (ConfabProfile) taken = people_add (self, "ada", "Other", CONFAB_USER_ROLE_MEMBER);
  g_autoptr (ConfabProfile) first = NULL;
  g_autoptr (ConfabProfile) renamed = NULL;
  g_autoptr (ConfabProfile) same = NULL;
  g_autoptr (ConfabProfile) disabled = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (telegram (self, "closed", "Ada", "ada", &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED);
  g_clear_error (&error);
  first = telegram (self, "1", "Ada", "ADA", &error);
  g_assert_no_error (error);
  g_assert_null (confab_profile_get_fields (first)->login_name);
  g_assert_cmpint (people_role_of (first), ==, CONFAB_USER_ROLE_MEMBER);
  g_assert_null (telegram (self, "1", "Ada", "ada", &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED);
  g_clear_error (&error);
  renamed = telegram (self, "2", "Countess", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (people_id_of (renamed), ==, people_id_of (first));
  same = telegram (self, "3", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (confab_user_get_display_name (confab_profile_get_user (same)), ==, "Countess");
  g_assert_cmpstr (confab_profile_get_fields (same)->avatar_url, ==, "https://example.org/a.jpg");
  people_assert_found (self, "count", "Countess;");
  disabled = people_change_well (self, first, &disable);
  g_assert_null (telegram (self, "4", "Ada", "ada", &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED);
}

/* Too many letters are refused, and the last one that went out stays good. */
static void
test_many_letters (People *self, gconstpointer data)
{
  g_autoptr (ConfabProfile) ada = people_add (self, "ada", "Ada", CONFAB_USER_ROLE_MEMBER);
  g_autoptr (ConfabProfile) bob = people_add (self, "bob", "Bob", CONFAB_USER_ROLE_MEMBER);
  g_autoptr (GError) error = NULL;
  g_autofree char *whose = NULL;

  g_assert_true (try_add_letter (self, ada, "a1", &error));
  g_assert_true (try_add_letter (self, ada, "a2", &error));
  g_assert_true (try_add_letter (self, bob, "b1", &error));
  g_assert_no_error (error);
  g_assert_false (try_add_letter (self, ada, "a3", &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_TOO_MANY);
  g_clear_error (&error);
  people_advance (self, G_TIME_SPAN_HOUR - 1);
  g_assert_null (redeem (self, CONFABD_LETTER_RESET, "a1", "new", &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED);
  g_clear_error (&error);
  whose = redeem (self, CONFABD_LETTER_RESET, "a2", "new", &error);
  g_assert_cmpstr (whose, ==, people_id_of (ada));
  people_advance (self, 2);
  g_assert_true (try_add_letter (self, ada, "a4", &error));
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, run) TEST_ADD_FOR_ALL (path, People, people_set_up, run, people_tear_down)
  ADD ("/users/invite", test_invite);
  ADD ("/users/letter/reset", test_reset);
  ADD ("/users/letter/verify", test_verify);
  ADD ("/users/letter/many", test_many_letters);
  ADD ("/users/telegram", test_telegram);
#undef ADD
  return g_test_run ();
}
