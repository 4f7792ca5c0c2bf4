/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "people.h"

#include "confab-id.h"
#include "test-loop.h"

void
people_set_up (People *self, gconstpointer data)
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

void
people_tear_down (People *self, gconstpointer data)
{
  g_assert_true (confabd_store_close (self->store, NULL));
  test_drain ();
  g_assert_finalize_object (self->store);
  g_assert_finalize_object (self->database);
  g_assert_finalize_object (self->clock);
  test_remove_folder (self->folder);
  g_free (self->folder);
}

GDateTime *
people_now (People *self)
{
  return confab_clock_dup_now (self->clock);
}

void
people_advance (People *self, gint64 by_us)
{
  confab_manual_clock_advance (CONFAB_MANUAL_CLOCK (self->clock), by_us);
}

const char *
people_id_of (ConfabProfile *profile)
{
  return confab_user_get_id (confab_profile_get_user (profile));
}

ConfabUserRole
people_role_of (ConfabProfile *profile)
{
  return confab_user_get_role (confab_profile_get_user (profile));
}

ConfabProfile *
people_try_add (People *self,
                const char *login_name,
                const char *display_name,
                ConfabUserRole role,
                const char *invite_hash,
                GError **error)
{
  g_autofree char *id = confab_id_new ();
  g_autoptr (GDateTime) at = people_now (self);
  g_autoptr (ConfabUser) user = confab_user_new (id, display_name, role, at);
  const ConfabProfileFields fields = { .login_name = login_name, .email = "ada@example.org" };
  g_autoptr (ConfabProfile) profile = confab_profile_new (user, &fields);
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_add_user_async (self->store, profile, "hash", invite_hash, NULL, test_on_result,
                                &result);
  test_wait_until (result != NULL);
  return confabd_store_add_user_finish (self->store, result, error);
}

ConfabProfile *
people_add (People *self, const char *login_name, const char *display_name, ConfabUserRole role)
{
  g_autoptr (GError) error = NULL;
  ConfabProfile *profile = people_try_add (self, login_name, display_name, role, NULL, &error);

  g_assert_no_error (error);
  return profile;
}

ConfabdAccount *
people_find (People *self, ConfabdUserKey key, const char *text)
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

ConfabProfile *
people_try_change (People *self, const char *id, const ConfabdUserChange *change, GError **error)
{
  g_autoptr (GDateTime) at = people_now (self);
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_change_user_async (self->store, id, change, at, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  return confabd_store_change_user_finish (self->store, result, error);
}

ConfabProfile *
people_change_well (People *self, ConfabProfile *profile, const ConfabdUserChange *change)
{
  g_autoptr (GError) error = NULL;
  ConfabProfile *changed = people_try_change (self, people_id_of (profile), change, &error);

  g_assert_no_error (error);
  return changed;
}

void
people_delete_well (People *self, const char *id)
{
  g_autoptr (GDateTime) at = people_now (self);
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
guint
people_count (People *self, const char *from)
{
  g_autofree char *sql =
      g_strconcat ("WITH n AS (SELECT 1 FROM ", from, ") SELECT count(*) FROM n", NULL);
  const ConfabdWork work = { run_count, sql, NULL, NULL };
  g_autoptr (GError) error = NULL;
  guint n = GPOINTER_TO_UINT (confabd_database_read_sync (self->database, &work, &error));

  g_assert_no_error (error);
  return n;
}

ConfabdUserPage *
people_search (People *self, const char *prefix, ConfabdUserPage *before, guint limit)
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

void
people_assert_found (People *self, const char *prefix, const char *expected)
{
  g_autoptr (ConfabdUserPage) page = people_search (self, prefix, NULL, 10);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < page->profiles->len; i++) {
    ConfabUser *user = confab_profile_get_user (page->profiles->pdata[i]);

    g_string_append_printf (names, "%s;", confab_user_get_display_name (user));
  }
  g_assert_cmpstr (names->str, ==, expected);
  g_assert_null (page->next_id);
}
