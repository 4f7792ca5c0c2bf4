/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-error.h"
#include "confab-id.h"
#include "confab-time.h"
#include "confabd-store-dead-keys.h"
#include "confabd-store-export.h"
#include "confabd-store-sessions.h"
#include "people.h"
#include "test-loop.h"

/* People in the store, on every driver; on two of them each statement is asked for its plan. */

static void
test_add (People *self, gconstpointer data)
{
  g_autoptr (ConfabProfile) ada = people_add (self, "Ada", "Ada Lovelace", CONFAB_USER_ROLE_MEMBER);
  g_autoptr (ConfabdAccount) by_id = people_find (self, CONFABD_USER_BY_ID, people_id_of (ada));
  g_autoptr (ConfabdAccount) by_name = people_find (self, CONFABD_USER_BY_LOGIN, "aDA");
  g_autoptr (ConfabdAccount) by_email =
      people_find (self, CONFABD_USER_BY_LOGIN, "ada@example.org");
  g_autoptr (ConfabdAccount) nobody = people_find (self, CONFABD_USER_BY_LOGIN, "ad");
  g_autoptr (GError) error = NULL;
  const ConfabProfileFields *fields = confab_profile_get_fields (by_name->profile);

  g_assert_cmpstr (by_id->password_hash, ==, "hash");
  g_assert_cmpstr (people_id_of (by_name->profile), ==, people_id_of (ada));
  g_assert_cmpstr (fields->login_name, ==, "Ada");
  g_assert_cmpstr (fields->email, ==, "ada@example.org");
  g_assert_null (fields->email_verified_at);
  g_assert_null (fields->last_login_at);
  g_assert_nonnull (fields->updated_at);
  /* Nobody proved that address. */
  g_assert_null (by_email);
  g_assert_null (nobody);
  g_assert_null (people_try_add (self, "ADA", "Other", CONFAB_USER_ROLE_MEMBER, NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NAME_TAKEN);
}

static void
test_one_owner (People *self, gconstpointer data)
{
  g_autoptr (ConfabProfile) ada = people_add (self, "ada", "Ada", CONFAB_USER_ROLE_OWNER);
  g_autoptr (ConfabProfile) bob = people_add (self, "bob", "Bob", CONFAB_USER_ROLE_MEMBER);
  const ConfabdUserChange demote = { .members = CONFABD_USER_ROLE, .role = CONFAB_USER_ROLE_ADMIN };
  const ConfabdUserChange disable = { .members = CONFABD_USER_DISABLED, .is_disabled = TRUE };
  const ConfabdUserChange crown = { .members = CONFABD_USER_ROLE, .role = CONFAB_USER_ROLE_OWNER };
  g_autoptr (ConfabProfile) crowned = NULL;
  g_autoptr (ConfabdAccount) before = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (people_try_add (self, "eve", "Eve", CONFAB_USER_ROLE_OWNER, NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_null (people_try_change (self, people_id_of (ada), &demote, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_null (people_try_change (self, people_id_of (ada), &disable, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT);
  crowned = people_change_well (self, bob, &crown);
  g_assert_cmpint (people_role_of (crowned), ==, CONFAB_USER_ROLE_OWNER);
  before = people_find (self, CONFABD_USER_BY_ID, people_id_of (ada));
  g_assert_cmpint (people_role_of (before->profile), ==, CONFAB_USER_ROLE_ADMIN);
}

static void
test_change (People *self, gconstpointer data)
{
  g_autoptr (ConfabProfile) ada = people_add (self, "ada", "Ada", CONFAB_USER_ROLE_MEMBER);
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
  g_autoptr (ConfabProfile) changed =
      (people_advance (self, 1000), people_change_well (self, ada, &change));
  g_autoptr (ConfabProfile) disabled = people_change_well (self, ada, &disable);
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
    g_autoptr (ConfabProfile) same = people_change_well (self, ada, &better);
    g_autoptr (ConfabdAccount) account = people_find (self, CONFABD_USER_BY_ID, people_id_of (ada));

    g_assert_cmpstr (account->password_hash, ==, "better");
  }
  g_assert_null (people_try_change (self, people_id_of (ada), &late, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_null (people_try_change (self, "nobody", &change, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND);
}

/* Opens a session of somebody as they are known to be. */
static gboolean
try_open (People *self, ConfabProfile *profile, const char *password_hash, GError **error)
{
  g_autofree char *session_id = confab_id_new ();
  g_autofree char *refresh_hash = confab_id_new ();
  g_autoptr (GDateTime) at = people_now (self);
  g_autoptr (GDateTime) later = g_date_time_add_days (at, 7);
  const ConfabdSession fields = { .id = session_id,
                                  .user_id = (char *) people_id_of (profile),
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
test_late_session (People *self, gconstpointer data)
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
    g_autoptr (ConfabProfile) ada = people_add (self, name, "Ada", CONFAB_USER_ROLE_ADMIN);
    g_autoptr (ConfabProfile) changed = NULL;
    g_autoptr (ConfabdAccount) account = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_true (try_open (self, ada, "hash", &error));
    g_assert_no_error (error);
    account = people_find (self, CONFABD_USER_BY_ID, people_id_of (ada));
    g_assert_nonnull (confab_profile_get_fields (account->profile)->last_login_at);
    changed = people_change_well (self, ada, &cases[i].change);
    g_assert_false (try_open (self, ada, "hash", &error));
    g_assert_error (error, CONFAB_ERROR, cases[i].code);
  }
}

static guint
count_dead_keys (People *self, gint64 at_us)
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
test_dead_keys (People *self, gconstpointer data)
{
  g_autoptr (ConfabProfile) ada = people_add (self, "ada", "Ada", CONFAB_USER_ROLE_MEMBER);
  const ConfabdUserChange disable = { .members = CONFABD_USER_DISABLED, .is_disabled = TRUE };
  const ConfabdUserChange enable = { .members = CONFABD_USER_DISABLED };
  g_autoptr (GDateTime) at = people_now (self);
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
  disabled = people_change_well (self, ada, &disable);
  g_assert_cmpuint (count_dead_keys (self, now_us), ==, 1);
  enabled = people_change_well (self, ada, &enable);
  g_assert_cmpuint (count_dead_keys (self, now_us), ==, 0);
  people_delete_well (self, people_id_of (ada));
  g_assert_cmpuint (count_dead_keys (self, now_us), ==, 1);
}

static void
test_search (People *self, gconstpointer data)
{
  g_autoptr (ConfabProfile) ada =
      people_add (self, "ada", "Ada King Lovelace", CONFAB_USER_ROLE_MEMBER);
  g_autoptr (ConfabProfile) bob = people_add (self, "lovebird", "Bob", CONFAB_USER_ROLE_MEMBER);
  g_autoptr (ConfabProfile) zoe = people_add (self, NULL, "Ärmel Zoë", CONFAB_USER_ROLE_MEMBER);
  const ConfabdUserChange rename = { .members = CONFABD_USER_DISPLAY_NAME,
                                     .display_name = "Robert" };
  const ConfabdUserChange disable = { .members = CONFABD_USER_DISABLED, .is_disabled = TRUE };
  g_autoptr (ConfabProfile) renamed = NULL;
  g_autoptr (ConfabProfile) disabled = NULL;

  people_assert_found (self, "AD", "Ada King Lovelace;");
  people_assert_found (self, "lov", "Bob;Ada King Lovelace;");
  people_assert_found (self, "ärm", "Ärmel Zoë;");
  people_assert_found (self, "ZOE\u0308", "Ärmel Zoë;");
  people_assert_found (self, "da", "");
  people_assert_found (self, "%", "");
  renamed = people_change_well (self, bob, &rename);
  people_assert_found (self, "bob", "");
  people_assert_found (self, "lovebird", "Robert;");
  disabled = people_change_well (self, bob, &disable);
  people_assert_found (self, "rob", "");
  people_delete_well (self, people_id_of (zoe));
  people_assert_found (self, "zo", "");
  people_assert_found (self, "deleted", "");
}

/* Each person once, whatever the size of the pages. */
static void
test_pages (People *self, gconstpointer data)
{
  for (guint i = 0; i < 7; i++) {
    g_autofree char *login_name = g_strdup_printf ("user%u", i);
    g_autofree char *name = g_strdup_printf ("User U%u", i % 3);
    g_autoptr (ConfabProfile) profile =
        people_add (self, login_name, name, CONFAB_USER_ROLE_MEMBER);
  }
  for (guint limit = 1; limit <= 8; limit++) {
    g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr (ConfabdUserPage) page = people_search (self, "u", NULL, limit);

    while (TRUE) {
      g_autoptr (ConfabdUserPage) before = NULL;

      g_assert_cmpuint (page->profiles->len, <=, limit);
      for (guint i = 0; i < page->profiles->len; i++) {
        g_assert_true (g_hash_table_add (seen, g_strdup (people_id_of (page->profiles->pdata[i]))));
      }
      if (page->next_id == NULL) {
        break;
      }
      before = g_steal_pointer (&page);
      page = people_search (self, "u", before, limit);
    }
    g_assert_cmpuint (g_hash_table_size (seen), ==, 7);
  }
}

/* Ada's own call, one of hers that Bob was in, and one of Bob's that she was in. */
static void
fill (People *self, const char *ada, const char *bob)
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
test_delete (People *self, gconstpointer data)
{
  g_autoptr (ConfabProfile) ada = people_add (self, "ada", "Ada", CONFAB_USER_ROLE_ADMIN);
  g_autoptr (ConfabProfile) bob = people_add (self, "bob", "Bob", CONFAB_USER_ROLE_MEMBER);
  g_autoptr (ConfabProfile) again = NULL;
  g_autoptr (ConfabdAccount) gone = NULL;

  fill (self, people_id_of (ada), people_id_of (bob));
  people_delete_well (self, people_id_of (ada));
  gone = people_find (self, CONFABD_USER_BY_ID, people_id_of (ada));
  g_assert_null (gone);
  g_assert_cmpuint (people_count (self, "calls WHERE id = 'own'"), ==, 0);
  g_assert_cmpuint (people_count (self, "calls"), ==, 2);
  g_assert_cmpuint (people_count (self, "participants"), ==, 4);
  g_assert_cmpuint (people_count (self, "participants WHERE user_id IS NULL"
                                        " AND display_name = 'Deleted user'"),
                    ==, 2);
  g_assert_cmpuint (people_count (self, "participants WHERE display_name = 'N'"), ==, 2);
  g_assert_cmpuint (people_count (self, "sessions WHERE device_name <> ''"), ==, 0);
  g_assert_cmpuint (people_count (self, "api_keys WHERE revoked_at IS NULL OR name <> ''"), ==, 0);
  g_assert_cmpuint (people_count (self, "quality_samples"), ==, 0);
  g_assert_cmpuint (people_count (self, "user_names WHERE name LIKE 'ada%'"), ==, 0);
  g_assert_cmpuint (people_count (self, "users WHERE email IS NOT NULL AND deleted_at IS NOT NULL"),
                    ==, 0);
  g_assert_cmpuint (people_count (self, "audit_entries WHERE seq > 1000"), ==, 2);
  /* The name is free again. */
  again = people_add (self, "ada", "Another Ada", CONFAB_USER_ROLE_MEMBER);
}

static void
test_delete_owner (People *self, gconstpointer data)
{
  g_autoptr (ConfabProfile) ada = people_add (self, "ada", "Ada", CONFAB_USER_ROLE_OWNER);
  const char *const ids[] = { people_id_of (ada), "nobody" };
  const int codes[] = { CONFAB_ERROR_CONFLICT, CONFAB_ERROR_NOT_FOUND };

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GDateTime) at = people_now (self);
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;

    confabd_store_delete_user_async (self->store, ids[i], at, NULL, test_on_result, &result);
    test_wait_until (result != NULL);
    g_assert_false (confabd_store_delete_user_finish (self->store, result, &error));
    g_assert_error (error, CONFAB_ERROR, codes[i]);
  }
}

static void
test_export (People *self, gconstpointer data)
{
  static const struct {
    const char *name;
    guint n_rows;
  } expected[] = {
    { "sessions", 1 }, { "api_keys", 1 }, { "calls", 2 },       { "participations", 3 },
    { "quality", 1 },  { "contacts", 0 }, { "audit_by_me", 1 }, { "audit_about_me", 1 },
  };
  g_autoptr (ConfabProfile) ada = people_add (self, "ada", "Ada", CONFAB_USER_ROLE_ADMIN);
  g_autoptr (ConfabProfile) bob = people_add (self, "bob", "Bob", CONFAB_USER_ROLE_MEMBER);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ConfabdExport) export_ = NULL;
  g_autoptr (GError) error = NULL;

  fill (self, people_id_of (ada), people_id_of (bob));
  confabd_store_export_user_async (self->store, people_id_of (ada), NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  export_ = confabd_store_export_user_finish (self->store, result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (people_id_of (export_->profile), ==, people_id_of (ada));
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, run) TEST_ADD_FOR_ALL (path, People, people_set_up, run, people_tear_down)
  ADD ("/users/add", test_add);
  ADD ("/users/one-owner", test_one_owner);
  ADD ("/users/change", test_change);
  ADD ("/users/late-session", test_late_session);
  ADD ("/store/users/dead-keys", test_dead_keys);
  ADD ("/users/search", test_search);
  ADD ("/users/search/pages", test_pages);
  ADD ("/users/delete", test_delete);
  ADD ("/users/delete/owner", test_delete_owner);
  ADD ("/users/export", test_export);
#undef ADD
  return g_test_run ();
}
