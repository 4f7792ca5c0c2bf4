/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-error.h"
#include "confab-id.h"
#include "confab-time.h"
#include "confabd-store-dead-keys.h"
#include "confabd-store-export.h"
#include "confabd-store-letters.h"
#include "confabd-store-people.h"
#include "confabd-store-registration.h"
#include "confabd-store-sessions.h"
#include "confabd-store-users.h"
#include "factory.h"
#include "test-loop.h"

/* People in the store, on every driver; on two of them each statement is asked for its plan. */

typedef struct {
  char *folder;              /* (owned) */
  ConfabClock *clock;        /* (owned) */
  ConfabdDatabase *database; /* (owned) */
  ConfabdStore *store;       /* (owned) */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  const DatabaseFactory *factory = data;
  g_autoptr (GDateTime) start = g_date_time_new_utc (2026, 11, 21, 12, 0, 0.25);
  g_autoptr (GError) error = NULL;

  self->folder = test_make_folder ();
  self->clock = confab_manual_clock_new (start);
  self->database = factory->open (self->folder, &error);
  g_assert_no_error (error);
  self->store = confabd_store_new (self->database, CONFABD_SCHEMA_MIGRATE, self->clock, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_true (confabd_store_close (self->store, NULL));
  test_drain ();
  g_assert_finalize_object (self->store);
  g_assert_finalize_object (self->database);
  g_assert_finalize_object (self->clock);
  test_remove_folder (self->folder);
  g_free (self->folder);
}

static GDateTime *
now (Fixture *self)
{
  return confab_clock_dup_now (self->clock);
}

static void
advance (Fixture *self, gint64 by_us)
{
  confab_manual_clock_advance (CONFAB_MANUAL_CLOCK (self->clock), by_us);
}

static const char *
id_of (ConfabProfile *profile)
{
  return confab_user_get_id (confab_profile_get_user (profile));
}

static ConfabUserRole
role_of (ConfabProfile *profile)
{
  return confab_user_get_role (confab_profile_get_user (profile));
}

/* Each operation, waited for. */

static ConfabProfile *
try_add (Fixture *self,
         const char *login_name,
         const char *display_name,
         ConfabUserRole role,
         const char *invite_hash,
         GError **error)
{
  g_autofree char *id = confab_id_new ();
  g_autoptr (GDateTime) at = now (self);
  g_autoptr (ConfabUser) user = confab_user_new (id, display_name, role, at);
  const ConfabProfileFields fields = { .login_name = login_name, .email = "ada@example.org" };
  g_autoptr (ConfabProfile) profile = confab_profile_new (user, &fields);
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_add_user_async (self->store, profile, "hash", invite_hash, NULL, test_on_result,
                                &result);
  test_wait_until (result != NULL);
  return confabd_store_add_user_finish (self->store, result, error);
}

static ConfabProfile *
add (Fixture *self, const char *login_name, const char *display_name, ConfabUserRole role)
{
  g_autoptr (GError) error = NULL;
  ConfabProfile *profile = try_add (self, login_name, display_name, role, NULL, &error);

  g_assert_no_error (error);
  return profile;
}

static ConfabdAccount *
find (Fixture *self, ConfabdUserKey key, const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  ConfabdAccount *account = NULL;

  confabd_store_find_user_async (self->store, key, text, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  account = confabd_store_find_user_finish (self->store, result, &error);
  g_assert_no_error (error);
  return account;
}

static ConfabProfile *
try_change (Fixture *self, const char *id, const ConfabdUserChange *change, GError **error)
{
  g_autoptr (GDateTime) at = now (self);
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_change_user_async (self->store, id, change, at, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_store_change_user_finish (self->store, result, error);
}

static ConfabProfile *
change_well (Fixture *self, ConfabProfile *profile, const ConfabdUserChange *change)
{
  g_autoptr (GError) error = NULL;
  ConfabProfile *changed = try_change (self, id_of (profile), change, &error);

  g_assert_no_error (error);
  return changed;
}

static ConfabdUserPage *
search (Fixture *self, const char *prefix, ConfabdUserPage *before, guint limit)
{
  g_autofree char *folded = confabd_user_name_fold (prefix);
  const ConfabdUserQuery query = {
    .prefix = folded,
    .after_name = before != NULL ? before->next_name : NULL,
    .after_id = before != NULL ? before->next_id : NULL,
    .limit = limit,
  };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  ConfabdUserPage *page = NULL;

  confabd_store_search_users_async (self->store, &query, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  page = confabd_store_search_users_finish (self->store, result, &error);
  g_assert_no_error (error);
  return page;
}

static void
assert_found (Fixture *self, const char *prefix, const char *expected)
{
  g_autoptr (ConfabdUserPage) page = search (self, prefix, NULL, 10);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < page->profiles->len; i++) {
    ConfabUser *user = confab_profile_get_user (page->profiles->pdata[i]);

    g_string_append_printf (names, "%s;", confab_user_get_display_name (user));
  }
  g_assert_cmpstr (names->str, ==, expected);
  g_assert_null (page->next_id);
}

static void
delete_well (Fixture *self, const char *id)
{
  g_autoptr (GDateTime) at = now (self);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  confabd_store_delete_user_async (self->store, id, at, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  confabd_store_delete_user_finish (self->store, result, &error);
  g_assert_no_error (error);
}

static gpointer
run_count (ConfabdConnection *connection, gpointer sql, GError **error)
{
  g_autoptr (GVariant) row = NULL;
  guint n = 0;

  if (confabd_connection_query_one (connection, sql, NULL, "(u)", &row, error)) {
    g_variant_get (row, "(u)", &n);
  }
  return GUINT_TO_POINTER (n);
}

/* A question that begins with a word which is not explained: the test's own may scan. */
static guint
count (Fixture *self, const char *from)
{
  g_autofree char *sql =
      g_strconcat ("WITH n AS (SELECT 1 FROM ", from, ") SELECT count(*) FROM n", NULL);
  const ConfabdWork work = { run_count, sql, NULL, NULL };
  g_autoptr (GError) error = NULL;
  guint n = GPOINTER_TO_UINT (confabd_database_read_sync (self->database, &work, &error));

  g_assert_no_error (error);
  return n;
}

/* Tests */

static void
test_add (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabProfile) ada = add (self, "Ada", "Ada Lovelace", CONFAB_USER_ROLE_MEMBER);
  g_autoptr (ConfabdAccount) by_id = find (self, CONFABD_USER_BY_ID, id_of (ada));
  g_autoptr (ConfabdAccount) by_name = find (self, CONFABD_USER_BY_LOGIN, "aDA");
  g_autoptr (ConfabdAccount) by_email = find (self, CONFABD_USER_BY_LOGIN, "ada@example.org");
  g_autoptr (ConfabdAccount) nobody = find (self, CONFABD_USER_BY_LOGIN, "ad");
  g_autoptr (GError) error = NULL;
  const ConfabProfileFields *fields = confab_profile_get_fields (by_name->profile);

  g_assert_cmpstr (by_id->password_hash, ==, "hash");
  g_assert_cmpstr (id_of (by_name->profile), ==, id_of (ada));
  g_assert_cmpstr (fields->login_name, ==, "Ada");
  g_assert_cmpstr (fields->email, ==, "ada@example.org");
  g_assert_null (fields->email_verified_at);
  g_assert_null (fields->last_login_at);
  g_assert_nonnull (fields->updated_at);
  /* Nobody proved that address. */
  g_assert_null (by_email);
  g_assert_null (nobody);
  g_assert_null (try_add (self, "ADA", "Other", CONFAB_USER_ROLE_MEMBER, NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NAME_TAKEN);
}

static void
test_one_owner (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabProfile) ada = add (self, "ada", "Ada", CONFAB_USER_ROLE_OWNER);
  g_autoptr (ConfabProfile) bob = add (self, "bob", "Bob", CONFAB_USER_ROLE_MEMBER);
  const ConfabdUserChange demote = { .members = CONFABD_USER_ROLE, .role = CONFAB_USER_ROLE_ADMIN };
  const ConfabdUserChange disable = { .members = CONFABD_USER_DISABLED, .is_disabled = TRUE };
  const ConfabdUserChange crown = { .members = CONFABD_USER_ROLE, .role = CONFAB_USER_ROLE_OWNER };
  g_autoptr (ConfabProfile) crowned = NULL;
  g_autoptr (ConfabdAccount) before = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (try_add (self, "eve", "Eve", CONFAB_USER_ROLE_OWNER, NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_null (try_change (self, id_of (ada), &demote, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_null (try_change (self, id_of (ada), &disable, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT);
  crowned = change_well (self, bob, &crown);
  g_assert_cmpint (role_of (crowned), ==, CONFAB_USER_ROLE_OWNER);
  before = find (self, CONFABD_USER_BY_ID, id_of (ada));
  g_assert_cmpint (role_of (before->profile), ==, CONFAB_USER_ROLE_ADMIN);
}

static void
test_change (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabProfile) ada = add (self, "ada", "Ada", CONFAB_USER_ROLE_MEMBER);
  const ConfabdUserChange change = {
    .members = CONFABD_USER_DISPLAY_NAME | CONFABD_USER_EMAIL | CONFABD_USER_TIME_ZONE |
               CONFABD_USER_LOCALE | CONFABD_USER_AVATAR_URL,
    .display_name = "Countess",
    .email = "countess@example.org",
    .time_zone = "Europe/London",
    .locale = "en-GB",
  };
  const ConfabdUserChange better = { .members = CONFABD_USER_BETTER_HASH,
                                     .password_hash = "better",
                                     .old_hash = "hash" };
  const ConfabdUserChange disable = { .members = CONFABD_USER_DISABLED, .is_disabled = TRUE };
  const ConfabdUserChange late = { .members = CONFABD_USER_DISABLED | CONFABD_USER_IF_ROLE,
                                   .old_role = CONFAB_USER_ROLE_ADMIN };
  g_autoptr (ConfabProfile) changed = (advance (self, 1000), change_well (self, ada, &change));
  g_autoptr (ConfabProfile) disabled = change_well (self, ada, &disable);
  const ConfabProfileFields *fields = confab_profile_get_fields (changed);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (confab_user_get_display_name (confab_profile_get_user (changed)), ==,
                   "Countess");
  g_assert_cmpstr (fields->email, ==, "countess@example.org");
  g_assert_cmpstr (fields->time_zone, ==, "Europe/London");
  g_assert_cmpstr (fields->locale, ==, "en-GB");
  g_assert_null (fields->avatar_url);
  g_assert_cmpint (
      confab_time_to_unix_us (fields->updated_at), ==,
      confab_time_to_unix_us (confab_user_get_created_at (confab_profile_get_user (ada))) + 1000);
  g_assert_nonnull (confab_profile_get_fields (disabled)->disabled_at);
  /* The second one comes too late: another password may be there by then. */
  for (guint i = 0; i < 2; i++) {
    g_autoptr (ConfabProfile) same = change_well (self, ada, &better);
    g_autoptr (ConfabdAccount) account = find (self, CONFABD_USER_BY_ID, id_of (ada));

    g_assert_cmpstr (account->password_hash, ==, "better");
  }
  g_assert_null (try_change (self, id_of (ada), &late, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_null (try_change (self, "nobody", &change, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND);
}

/* Opens a session of somebody as they are known to be. */
static gboolean
try_open (Fixture *self, ConfabProfile *profile, const char *password_hash, GError **error)
{
  g_autofree char *session_id = confab_id_new ();
  g_autofree char *refresh_hash = confab_id_new ();
  g_autoptr (GDateTime) at = now (self);
  g_autoptr (GDateTime) later = g_date_time_add_days (at, 7);
  const ConfabdSession fields = { .id = session_id,
                                  .user_id = (char *) id_of (profile),
                                  .device_name = (char *) "Laptop",
                                  .kind = CONFABD_SESSION_APP,
                                  .created_at = at,
                                  .last_seen_at = at,
                                  .expires_at = later };
  g_autoptr (ConfabdSession) session = confabd_session_new (&fields);
  const ConfabdSessionOpening opening = { session, confab_profile_get_user (profile), NULL,
                                          refresh_hash, password_hash };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) surplus = NULL;

  confabd_store_add_session_async (self->store, &opening, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  surplus = confabd_store_add_session_finish (self->store, result, error);
  return surplus != NULL;
}

/* Between the proof and the session is a while, in which much may happen. */
static void
test_late_session (Fixture *self, gconstpointer data)
{
  const struct {
    ConfabdUserChange change;
    int code;
  } cases[] = {
    { { .members = CONFABD_USER_DISABLED, .is_disabled = TRUE }, CONFAB_ERROR_NOT_ALLOWED },
    { { .members = CONFABD_USER_PASSWORD_HASH, .password_hash = "other" },
      CONFAB_ERROR_NOT_AUTHENTICATED },
    { { .members = CONFABD_USER_ROLE, .role = CONFAB_USER_ROLE_MEMBER },
      CONFAB_ERROR_NOT_AUTHENTICATED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *name = g_strdup_printf ("ada%u", i);
    g_autoptr (ConfabProfile) ada = add (self, name, "Ada", CONFAB_USER_ROLE_ADMIN);
    g_autoptr (ConfabProfile) changed = NULL;
    g_autoptr (ConfabdAccount) account = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_true (try_open (self, ada, "hash", &error));
    g_assert_no_error (error);
    account = find (self, CONFABD_USER_BY_ID, id_of (ada));
    g_assert_nonnull (confab_profile_get_fields (account->profile)->last_login_at);
    changed = change_well (self, ada, &cases[i].change);
    g_assert_false (try_open (self, ada, "hash", &error));
    g_assert_error (error, CONFAB_ERROR, cases[i].code);
  }
}

static guint
count_dead_keys (Fixture *self, gint64 at_us)
{
  const char *const ids[] = { "key", "other", NULL };
  g_autoptr (GDateTime) at = confab_time_from_unix_us (at_us);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) dead = NULL;

  confabd_store_find_dead_keys_async (self->store, ids, at, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  dead = confabd_store_find_dead_keys_finish (self->store, result, &error);
  g_assert_no_error (error);
  g_assert_true (g_strv_contains ((const char *const *) dead, "other"));
  return g_strv_length (dead) - 1;
}

/* A key is worth nothing when it expired or was revoked, and while its owner is disabled. */
static void
test_dead_keys (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabProfile) ada = add (self, "ada", "Ada", CONFAB_USER_ROLE_MEMBER);
  const ConfabdUserChange disable = { .members = CONFABD_USER_DISABLED, .is_disabled = TRUE };
  const ConfabdUserChange enable = { .members = CONFABD_USER_DISABLED };
  g_autoptr (GDateTime) at = now (self);
  gint64 now_us = confab_time_to_unix_us (at);
  g_autoptr (ConfabProfile) disabled = NULL;
  g_autoptr (ConfabProfile) enabled = NULL;

  test_execute (
      self->database,
      "INSERT INTO api_keys (id, user_id, name, prefix, hash, scopes, created_at, expires_at)"
      " SELECT 'key', id, 'Robot', 'cfk_', 'hash', 'calls:read', created_at, NULL FROM users");
  g_assert_cmpuint (count_dead_keys (self, now_us), ==, 0);
  test_execute (self->database, "UPDATE api_keys SET expires_at = created_at");
  g_assert_cmpuint (count_dead_keys (self, now_us), ==, 1);
  test_execute (self->database, "UPDATE api_keys SET expires_at = NULL, revoked_at = created_at");
  g_assert_cmpuint (count_dead_keys (self, now_us), ==, 1);
  test_execute (self->database, "UPDATE api_keys SET revoked_at = NULL");
  disabled = change_well (self, ada, &disable);
  g_assert_cmpuint (count_dead_keys (self, now_us), ==, 1);
  enabled = change_well (self, ada, &enable);
  g_assert_cmpuint (count_dead_keys (self, now_us), ==, 0);
  delete_well (self, id_of (ada));
  g_assert_cmpuint (count_dead_keys (self, now_us), ==, 1);
}

static void
test_search (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabProfile) ada = add (self, "ada", "Ada King Lovelace", CONFAB_USER_ROLE_MEMBER);
  g_autoptr (ConfabProfile) bob = add (self, "lovebird", "Bob", CONFAB_USER_ROLE_MEMBER);
  g_autoptr (ConfabProfile) zoe = add (self, NULL, "Ärmel Zoë", CONFAB_USER_ROLE_MEMBER);
  const ConfabdUserChange rename = { .members = CONFABD_USER_DISPLAY_NAME,
                                     .display_name = "Robert" };
  const ConfabdUserChange disable = { .members = CONFABD_USER_DISABLED, .is_disabled = TRUE };
  g_autoptr (ConfabProfile) renamed = NULL;
  g_autoptr (ConfabProfile) disabled = NULL;

  assert_found (self, "AD", "Ada King Lovelace;");
  assert_found (self, "lov", "Bob;Ada King Lovelace;");
  assert_found (self, "ärm", "Ärmel Zoë;");
  assert_found (self, "ZOE\u0308", "Ärmel Zoë;");
  assert_found (self, "da", "");
  assert_found (self, "%", "");
  renamed = change_well (self, bob, &rename);
  assert_found (self, "bob", "");
  assert_found (self, "lovebird", "Robert;");
  disabled = change_well (self, bob, &disable);
  assert_found (self, "rob", "");
  delete_well (self, id_of (zoe));
  assert_found (self, "zo", "");
  assert_found (self, "deleted", "");
}

/* Each person once, whatever the size of the pages. */
static void
test_pages (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 7; i++) {
    g_autofree char *login_name = g_strdup_printf ("user%u", i);
    g_autofree char *name = g_strdup_printf ("User U%u", i % 3);
    g_autoptr (ConfabProfile) profile = add (self, login_name, name, CONFAB_USER_ROLE_MEMBER);
  }
  for (guint limit = 1; limit <= 8; limit++) {
    g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr (ConfabdUserPage) page = search (self, "u", NULL, limit);

    while (TRUE) {
      g_autoptr (ConfabdUserPage) before = NULL;

      g_assert_cmpuint (page->profiles->len, <=, limit);
      for (guint i = 0; i < page->profiles->len; i++) {
        g_assert_true (g_hash_table_add (seen, g_strdup (id_of (page->profiles->pdata[i]))));
      }
      if (page->next_id == NULL) {
        break;
      }
      before = g_steal_pointer (&page);
      page = search (self, "u", before, limit);
    }
    g_assert_cmpuint (g_hash_table_size (seen), ==, 7);
  }
}

static void
add_invite (Fixture *self, const char *hash, int uses_left, ConfabUserRole role, gint64 lifetime_us)
{
  ConfabdRegistrationInvite *invite = g_new0 (ConfabdRegistrationInvite, 1);
  g_autoptr (ConfabdRegistrationInvite) kept = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  invite->id = confab_id_new ();
  invite->role = role;
  invite->uses_left = uses_left;
  invite->created_at = now (self);
  invite->expires_at = lifetime_us > 0 ? g_date_time_add (invite->created_at, lifetime_us) : NULL;
  confabd_store_add_registration_invite_async (self->store, invite, hash, NULL, test_on_result,
                                               &result);
  test_wait_until (result != NULL);
  kept = confabd_store_add_registration_invite_finish (self->store, result, &error);
  g_assert_no_error (error);
}

static GPtrArray *
list_invites (Fixture *self)
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
revoke_invite (Fixture *self, const char *id, GError **error)
{
  g_autoptr (GDateTime) at = now (self);
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_revoke_registration_invite_async (self->store, id, at, NULL, test_on_result,
                                                  &result);
  test_wait_until (result != NULL);
  return confabd_store_revoke_registration_invite_finish (self->store, result, error);
}

static void
assert_not_invited (Fixture *self, const char *login_name, const char *hash)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (try_add (self, login_name, "Eve", CONFAB_USER_ROLE_MEMBER, hash, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED);
}

static void
test_invite (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabProfile) first = NULL;
  g_autoptr (ConfabProfile) second = NULL;
  g_autoptr (GPtrArray) invites = NULL;
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GError) error = NULL;
  const char *id;

  add_invite (self, "once", 1, CONFAB_USER_ROLE_ADMIN, 0);
  add_invite (self, "short", -1, CONFAB_USER_ROLE_MEMBER, G_TIME_SPAN_MINUTE);
  first = try_add (self, "first", "First", CONFAB_USER_ROLE_MEMBER, "once", &error);
  g_assert_no_error (error);
  g_assert_cmpint (role_of (first), ==, CONFAB_USER_ROLE_ADMIN);
  assert_not_invited (self, "eve", "once");
  assert_not_invited (self, "eve", "other");
  /* A name that is taken uses nothing up. */
  g_assert_null (try_add (self, "first", "Eve", CONFAB_USER_ROLE_MEMBER, "short", &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NAME_TAKEN);
  g_clear_error (&error);
  second = try_add (self, "second", "Second", CONFAB_USER_ROLE_MEMBER, "short", &error);
  g_assert_no_error (error);
  advance (self, G_TIME_SPAN_MINUTE);
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
add_letter (Fixture *self,
            ConfabProfile *profile,
            ConfabdLetterPurpose purpose,
            const char *hash,
            const char *email)
{
  g_autoptr (GDateTime) at = now (self);
  g_autoptr (GDateTime) later = g_date_time_add_hours (at, 1);
  const ConfabdLetterProof letter = { purpose, hash, id_of (profile), email, at, later };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  confabd_store_add_letter_async (self->store, &letter, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  g_assert_true (confabd_store_add_letter_finish (self->store, result, &error));
  g_assert_no_error (error);
}

static gboolean
try_add_letter (Fixture *self, ConfabProfile *profile, const char *hash, GError **error)
{
  g_autoptr (GDateTime) at = now (self);
  g_autoptr (GDateTime) later = g_date_time_add_hours (at, 2);
  const ConfabdLetterProof letter = { .purpose = CONFABD_LETTER_RESET,
                                      .hash = hash,
                                      .user_id = id_of (profile),
                                      .created_at = at,
                                      .expires_at = later,
                                      .most_per_hour = 2 };
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_add_letter_async (self->store, &letter, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_store_add_letter_finish (self->store, result, error);
}

static char *
redeem (Fixture *self,
        ConfabdLetterPurpose purpose,
        const char *hash,
        const char *password_hash,
        GError **error)
{
  g_autoptr (GDateTime) at = now (self);
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_redeem_letter_async (self->store, purpose, hash, password_hash, at, NULL,
                                     test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_store_redeem_letter_finish (self->store, result, error);
}

static void
assert_not_redeemed (Fixture *self, ConfabdLetterPurpose purpose, const char *hash)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (
      redeem (self, purpose, hash, purpose == CONFABD_LETTER_RESET ? "new" : NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED);
}

static void
test_reset (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabProfile) ada = add (self, "ada", "Ada", CONFAB_USER_ROLE_MEMBER);
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
  g_assert_cmpstr (id, ==, id_of (ada));
  account = find (self, CONFABD_USER_BY_ID, id);
  g_assert_cmpstr (account->password_hash, ==, "new");
  assert_not_redeemed (self, CONFABD_LETTER_RESET, "second");
  add_letter (self, ada, CONFABD_LETTER_RESET, "old", NULL);
  advance (self, G_TIME_SPAN_HOUR);
  assert_not_redeemed (self, CONFABD_LETTER_RESET, "old");
}

static void
test_verify (Fixture *self, gconstpointer data)
{
  const ConfabdUserChange move = { .members = CONFABD_USER_EMAIL, .email = "other@example.org" };
  g_autoptr (ConfabProfile) ada = add (self, "ada", "Ada", CONFAB_USER_ROLE_MEMBER);
  g_autoptr (ConfabProfile) bob = add (self, "bob", "Bob", CONFAB_USER_ROLE_MEMBER);
  g_autoptr (ConfabProfile) moved = NULL;
  g_autofree char *id = NULL;
  g_autoptr (ConfabdAccount) account = NULL;
  g_autoptr (GError) error = NULL;

  add_letter (self, ada, CONFABD_LETTER_VERIFY, "ada", "ada@example.org");
  add_letter (self, bob, CONFABD_LETTER_VERIFY, "bob", "ada@example.org");
  id = redeem (self, CONFABD_LETTER_VERIFY, "ada", NULL, &error);
  g_assert_no_error (error);
  account = find (self, CONFABD_USER_BY_LOGIN, "ADA@example.org");
  g_assert_cmpstr (id_of (account->profile), ==, id_of (ada));
  /* Of two who name one address it belongs to who proves it first. */
  g_assert_null (redeem (self, CONFABD_LETTER_VERIFY, "bob", NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT);
  moved = change_well (self, ada, &move);
  g_assert_null (confab_profile_get_fields (moved)->email_verified_at);
  add_letter (self, ada, CONFABD_LETTER_VERIFY, "late", "ada@example.org");
  assert_not_redeemed (self, CONFABD_LETTER_VERIFY, "late");
}

static ConfabProfile *
telegram (Fixture *self, const char *proof, const char *name, const char *login, GError **error)
{
  g_autoptr (GDateTime) at = now (self);
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
test_telegram (Fixture *self, gconstpointer data)
{
  const ConfabdUserChange disable = { .members = CONFABD_USER_DISABLED, .is_disabled = TRUE };
  g_autoptr (ConfabProfile) taken = add (self, "ada", "Other", CONFAB_USER_ROLE_MEMBER);
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
  g_assert_cmpint (role_of (first), ==, CONFAB_USER_ROLE_MEMBER);
  g_assert_null (telegram (self, "1", "Ada", "ada", &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED);
  g_clear_error (&error);
  renamed = telegram (self, "2", "Countess", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (id_of (renamed), ==, id_of (first));
  same = telegram (self, "3", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (confab_user_get_display_name (confab_profile_get_user (same)), ==, "Countess");
  g_assert_cmpstr (confab_profile_get_fields (same)->avatar_url, ==, "https://example.org/a.jpg");
  assert_found (self, "count", "Countess;");
  disabled = change_well (self, first, &disable);
  g_assert_null (telegram (self, "4", "Ada", "ada", &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED);
}

/* Ada's own call, one of hers that Bob was in, and one of Bob's that she was in. */
static void
fill (Fixture *self, const char *ada, const char *bob)
{
  g_autofree char *postgres_time = g_strdup ("'2026-11-21 12:00:00+00'");
  gboolean is_sqlite = g_str_equal (confabd_database_get_dialect (self->database), "sqlite");
  const char *at = is_sqlite ? "1795262400000000" : postgres_time;
  const char *no = is_sqlite ? "0" : "FALSE";
  g_autoptr (GString) sql = g_string_new (NULL);
  const char *const calls[][2] = { { "own", ada }, { "shared", ada }, { "bobs", bob } };
  const char *const people[][3] = {
    { "p1", "own", ada },  { "p2", "shared", ada }, { "p3", "shared", bob },
    { "p4", "bobs", ada }, { "p5", "bobs", bob },
  };

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++) {
    g_string_append_printf (
        sql,
        "INSERT INTO calls (id, code, title, kind, state, creator_id, created_at, expires_at,"
        " max_participants) VALUES ('%s', '%s', '%s', 'now', 'ended', '%s', %s, %s, 6);",
        calls[i][0], calls[i][0], calls[i][0], calls[i][1], at, at);
  }
  for (guint i = 0; i < G_N_ELEMENTS (people); i++) {
    g_string_append_printf (
        sql,
        "INSERT INTO participants (id, call_id, user_id, display_name, role, joined_at, muted,"
        " deafened, on_hold, listen_only) VALUES ('%s', '%s', '%s', 'N', 'speaker', %s, %s, %s, %s,"
        " %s);"
        "INSERT INTO memberships (call_id, user_id, role, made_at) VALUES ('%s', '%s', 'speaker',"
        " %s);",
        people[i][0], people[i][1], people[i][2], at, no, no, no, no, people[i][1], people[i][2],
        at);
  }
  g_string_append_printf (
      sql,
      "INSERT INTO sessions (id, user_id, device_name, kind, is_trusted, created_at, last_seen_at,"
      " expires_at) VALUES ('s', '%s', 'Lamp', 'app', %s, %s, %s, %s);"
      "INSERT INTO api_keys (id, user_id, name, prefix, hash, scopes, created_at)"
      " VALUES ('k', '%s', 'Key', 'cfk_1', 'h', 'calls:read', %s);"
      "INSERT INTO audit_entries (seq, at, actor_id, actor, action, target, result, hash)"
      " VALUES (1001, %s, '%s', 'ada', 'login', NULL, 'ok', 'h'),"
      " (1002, %s, '%s', 'bob', 'role-changed', '%s', 'ok', 'h');"
      "INSERT INTO quality_samples VALUES ('own', %s, 'p1', 'p2', NULL, 1, 2, 3, -4, NULL, 4000);",
      ada, no, at, at, at, ada, at, at, ada, at, bob, ada, at);
  test_execute (self->database, sql->str);
}

static void
test_delete (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabProfile) ada = add (self, "ada", "Ada", CONFAB_USER_ROLE_ADMIN);
  g_autoptr (ConfabProfile) bob = add (self, "bob", "Bob", CONFAB_USER_ROLE_MEMBER);
  g_autoptr (ConfabProfile) again = NULL;
  g_autoptr (ConfabdAccount) gone = NULL;

  fill (self, id_of (ada), id_of (bob));
  delete_well (self, id_of (ada));
  gone = find (self, CONFABD_USER_BY_ID, id_of (ada));
  g_assert_null (gone);
  g_assert_cmpuint (count (self, "calls WHERE id = 'own'"), ==, 0);
  g_assert_cmpuint (count (self, "calls"), ==, 2);
  g_assert_cmpuint (count (self, "participants"), ==, 4);
  g_assert_cmpuint (count (self, "participants WHERE user_id IS NULL"
                                 " AND display_name = 'Deleted user'"),
                    ==, 2);
  g_assert_cmpuint (count (self, "participants WHERE display_name = 'N'"), ==, 2);
  g_assert_cmpuint (count (self, "sessions WHERE device_name <> ''"), ==, 0);
  g_assert_cmpuint (count (self, "api_keys WHERE revoked_at IS NULL OR name <> ''"), ==, 0);
  g_assert_cmpuint (count (self, "quality_samples"), ==, 0);
  g_assert_cmpuint (count (self, "user_names WHERE name LIKE 'ada%'"), ==, 0);
  g_assert_cmpuint (count (self, "users WHERE email IS NOT NULL AND deleted_at IS NOT NULL"), ==,
                    0);
  g_assert_cmpuint (count (self, "audit_entries WHERE seq > 1000"), ==, 2);
  /* The name is free again. */
  again = add (self, "ada", "Another Ada", CONFAB_USER_ROLE_MEMBER);
}

static void
test_delete_owner (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabProfile) ada = add (self, "ada", "Ada", CONFAB_USER_ROLE_OWNER);
  const char *const ids[] = { id_of (ada), "nobody" };
  const int codes[] = { CONFAB_ERROR_CONFLICT, CONFAB_ERROR_NOT_FOUND };

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GDateTime) at = now (self);
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;

    confabd_store_delete_user_async (self->store, ids[i], at, NULL, test_on_result, &result);
    test_wait_until (result != NULL);
    g_assert_false (confabd_store_delete_user_finish (self->store, result, &error));
    g_assert_error (error, CONFAB_ERROR, codes[i]);
  }
}

static void
test_export (Fixture *self, gconstpointer data)
{
  static const struct {
    const char *name;
    guint n_rows;
  } expected[] = {
    { "sessions", 1 }, { "api_keys", 1 }, { "calls", 2 },       { "participations", 3 },
    { "quality", 1 },  { "contacts", 0 }, { "audit_by_me", 1 }, { "audit_about_me", 1 },
  };
  g_autoptr (ConfabProfile) ada = add (self, "ada", "Ada", CONFAB_USER_ROLE_ADMIN);
  g_autoptr (ConfabProfile) bob = add (self, "bob", "Bob", CONFAB_USER_ROLE_MEMBER);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ConfabdExport) export_ = NULL;
  g_autoptr (GError) error = NULL;

  fill (self, id_of (ada), id_of (bob));
  confabd_store_export_user_async (self->store, id_of (ada), NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  export_ = confabd_store_export_user_finish (self->store, result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (id_of (export_->profile), ==, id_of (ada));
  g_assert_cmpuint (export_->sections->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    ConfabdExportSection *section = g_ptr_array_index (export_->sections, i);

    g_assert_cmpstr (section->name, ==, expected[i].name);
    g_assert_cmpuint (section->rows->len, ==, expected[i].n_rows);
    if (section->rows->len > 0) {
      g_assert_cmpuint (g_variant_n_children (section->rows->pdata[0]), ==,
                        g_strv_length ((char **) section->columns));
    }
  }
}

/* Too many letters are refused, and the last one that went out stays good. */
static void
test_many_letters (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabProfile) ada = add (self, "ada", "Ada", CONFAB_USER_ROLE_MEMBER);
  g_autoptr (ConfabProfile) bob = add (self, "bob", "Bob", CONFAB_USER_ROLE_MEMBER);
  g_autoptr (GError) error = NULL;
  g_autofree char *whose = NULL;

  g_assert_true (try_add_letter (self, ada, "a1", &error));
  g_assert_true (try_add_letter (self, ada, "a2", &error));
  g_assert_true (try_add_letter (self, bob, "b1", &error));
  g_assert_no_error (error);
  g_assert_false (try_add_letter (self, ada, "a3", &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_TOO_MANY);
  g_clear_error (&error);
  advance (self, G_TIME_SPAN_HOUR - 1);
  g_assert_null (redeem (self, CONFABD_LETTER_RESET, "a1", "new", &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED);
  g_clear_error (&error);
  whose = redeem (self, CONFABD_LETTER_RESET, "a2", "new", &error);
  g_assert_cmpstr (whose, ==, id_of (ada));
  advance (self, 2);
  g_assert_true (try_add_letter (self, ada, "a4", &error));
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, run) TEST_ADD_FOR_ALL (path, Fixture, set_up, run, tear_down)
  ADD ("/users/add", test_add);
  ADD ("/users/one-owner", test_one_owner);
  ADD ("/users/change", test_change);
  ADD ("/users/late-session", test_late_session);
  ADD ("/store/users/dead-keys", test_dead_keys);
  ADD ("/users/search", test_search);
  ADD ("/users/search/pages", test_pages);
  ADD ("/users/invite", test_invite);
  ADD ("/users/letter/reset", test_reset);
  ADD ("/users/letter/verify", test_verify);
  ADD ("/users/letter/many", test_many_letters);
  ADD ("/users/telegram", test_telegram);
  ADD ("/users/delete", test_delete);
  ADD ("/users/delete/owner", test_delete_owner);
  ADD ("/users/export", test_export);
#undef ADD
  return g_test_run ();
}
