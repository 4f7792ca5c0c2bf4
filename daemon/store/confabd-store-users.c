/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-store-private.h"
#include "confabd-store-users-private.h"

/**
 * confabd_account_free:
 * @self: (transfer full): an account
 */
void
confabd_account_free (ConfabdAccount *self)
{
  g_clear_pointer (&self->profile, confab_profile_unref);
  g_free (self->password_hash);
  g_free (self);
}

/**
 * confabd_user_page_free:
 * @self: (transfer full): a page
 */
void
confabd_user_page_free (ConfabdUserPage *self)
{
  g_ptr_array_unref (self->profiles);
  g_free (self->next_name);
  g_free (self->next_id);
  g_free (self);
}

/* Finding one */

typedef struct {
  ConfabdUserKey key;
  char *text; /* (owned) */
} Find;

static void
find_free (Find *self)
{
  g_free (self->text);
  g_free (self);
}

#define SELECT_ACCOUNT "SELECT " CONFABD_PROFILE_COLUMNS ", u.password_hash FROM users u"

static const char *
choose_question (const Find *find)
{
  if (find->key == CONFABD_USER_BY_ID) {
    return SELECT_ACCOUNT " WHERE u.id = $1 AND u.deleted_at IS NULL";
  }
  if (find->key == CONFABD_USER_BY_RESET) {
    return SELECT_ACCOUNT " JOIN letters l ON l.user_id = u.id WHERE l.hash = $1"
                          " AND l.purpose = 'reset' AND l.used_at IS NULL AND u.deleted_at IS NULL";
  }
  /* No login name has one. */
  return strchr (find->text, '@') == NULL
             ? SELECT_ACCOUNT " WHERE lower(u.login_name) = lower($1)"
                              " AND u.login_name IS NOT NULL AND u.deleted_at IS NULL"
             : SELECT_ACCOUNT " WHERE lower(u.email) = lower($1)"
                              " AND u.email_verified_at IS NOT NULL AND u.deleted_at IS NULL";
}

static gpointer
run_find (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Find *find = data;
  g_autoptr (GVariant) row = NULL;
  g_autoptr (ConfabdAccount) account = NULL;

  if (!confabd_connection_query_one (connection, choose_question (find),
                                     g_variant_new ("(s)", find->text), CONFABD_PROFILE_ROW, &row,
                                     error) ||
      row == NULL) {
    return NULL;
  }
  account = g_new0 (ConfabdAccount, 1);
  account->profile = confabd_row_to_profile (row, &account->password_hash, error);
  return account->profile != NULL ? g_steal_pointer (&account) : NULL;
}

/**
 * confabd_store_find_user_async:
 * @key: by what
 * @text: their id, or what they sign in with
 *
 * Looks for somebody who has not been deleted.
 */
void
confabd_store_find_user_async (ConfabdStore *self,
                               ConfabdUserKey key,
                               const char *text,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  Find *find = g_new0 (Find, 1);
  const ConfabdWork work = { run_find, find, (GDestroyNotify) find_free,
                             (GDestroyNotify) confabd_account_free };

  find->key = key;
  find->text = g_strdup (text);
  confabd_store_read (self, &work, confabd_store_find_user_async, cancellable, callback, user_data);
}

/**
 * confabd_store_find_user_finish:
 *
 * Returns: (transfer full) (nullable): the account; %NULL without an error when there is none
 */
ConfabdAccount *
confabd_store_find_user_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_find_user_async, error);
}

/* Adding one */

typedef struct {
  ConfabProfile *profile; /* (owned) */
  char *password_hash;    /* (owned) (nullable) */
  char *invite_hash;      /* (owned) (nullable) */
} Add;

static void
add_free (Add *self)
{
  confab_profile_unref (self->profile);
  g_free (self->password_hash);
  g_free (self->invite_hash);
  g_free (self);
}

static ConfabProfile *
with_role (ConfabProfile *profile, ConfabUserRole role)
{
  ConfabUser *user = confab_profile_get_user (profile);
  g_autoptr (ConfabUser) other =
      confab_user_new (confab_user_get_id (user), confab_user_get_display_name (user), role,
                       confab_user_get_created_at (user));

  return confab_profile_new (other, confab_profile_get_fields (profile));
}

static gpointer
run_add (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Add *add = data;
  ConfabUser *user = confab_profile_get_user (add->profile);
  ConfabUserRole role = confab_user_get_role (user);
  g_autoptr (ConfabProfile) profile = NULL;

  if (add->invite_hash != NULL &&
      !confabd_users_use_invite (connection, add->invite_hash,
                                 confab_time_to_unix_us (confab_user_get_created_at (user)), &role,
                                 error)) {
    return NULL;
  }
  profile = with_role (add->profile, role);
  if (!confabd_users_insert (connection, profile, add->password_hash, error)) {
    return NULL;
  }
  return confabd_users_find (connection, confab_user_get_id (user), error);
}

/**
 * confabd_store_add_user_async:
 * @profile: who; created now
 * @password_hash: (nullable): %NULL for somebody who gets a letter first
 * @invite_hash: (nullable): of the secret of an invitation that is used up by this
 *
 * Makes an account. The name is free, the invitation good, and both at once.
 */
void
confabd_store_add_user_async (ConfabdStore *self,
                              ConfabProfile *profile,
                              const char *password_hash,
                              const char *invite_hash,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  Add *add = g_new0 (Add, 1);
  const ConfabdWork work = { run_add, add, (GDestroyNotify) add_free,
                             (GDestroyNotify) confab_profile_unref };

  add->profile = confab_profile_ref (profile);
  add->password_hash = g_strdup (password_hash);
  add->invite_hash = g_strdup (invite_hash);
  confabd_store_write (self, &work, confabd_store_add_user_async, cancellable, callback, user_data);
}

/**
 * confabd_store_add_user_finish:
 *
 * Fails with %CONFAB_ERROR_NAME_TAKEN, with %CONFAB_ERROR_NOT_ALLOWED when the invitation is not
 * good, and with %CONFAB_ERROR_CONFLICT for a second owner.
 *
 * Returns: (transfer full): what is kept
 */
ConfabProfile *
confabd_store_add_user_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_add_user_async, error);
}

/* Looking for many */

typedef struct {
  char *prefix;     /* (owned) */
  char *end;        /* (owned) behind all that begins with the prefix */
  char *after_name; /* (owned) */
  char *after_id;   /* (owned) */
  guint limit;
  gboolean with_disabled;
} Search;

static void
search_free (Search *self)
{
  g_free (self->prefix);
  g_free (self->end);
  g_free (self->after_name);
  g_free (self->after_id);
  g_free (self);
}

/* Somebody with two such names is found under the first of them only. */
static GPtrArray *
query_page (ConfabdConnection *connection, const Search *search, GError **error)
{
  return confabd_connection_query (
      connection,
      "SELECT " CONFABD_PROFILE_COLUMNS
      ", n.name FROM user_names n JOIN users u ON u.id = n.user_id"
      " WHERE n.name >= $1 AND n.name < $2 AND (n.name, n.user_id) > ($3, $4)"
      " AND NOT EXISTS (SELECT 1 FROM user_names m"
      " WHERE m.user_id = n.user_id AND m.name >= $1 AND m.name < n.name)"
      " AND ($5 = 1 OR u.disabled_at IS NULL)"
      " ORDER BY n.name, n.user_id LIMIT $6",
      g_variant_new ("(ssssuu)", search->prefix, search->end, search->after_name, search->after_id,
                     (guint) search->with_disabled, search->limit + 1),
      CONFABD_PROFILE_ROW, error);
}

static gpointer
run_search (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Search *search = data;
  g_autoptr (GPtrArray) rows = query_page (connection, search, error);
  g_autoptr (ConfabdUserPage) page = NULL;

  if (rows == NULL) {
    return NULL;
  }
  page = g_new0 (ConfabdUserPage, 1);
  page->profiles = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_profile_unref);
  for (guint i = 0; i < MIN (rows->len, search->limit); i++) {
    g_autofree char *name = NULL;
    ConfabProfile *profile = confabd_row_to_profile (g_ptr_array_index (rows, i), &name, error);

    if (profile == NULL) {
      return NULL;
    }
    g_ptr_array_add (page->profiles, profile);
    if (i + 1 == search->limit && rows->len > search->limit) {
      page->next_id = g_strdup (confab_user_get_id (confab_profile_get_user (profile)));
      page->next_name = g_steal_pointer (&name);
    }
  }
  return g_steal_pointer (&page);
}

/**
 * confabd_store_search_users_async:
 * @query: whom, and which page
 *
 * Looks for people whose names, or the words of whose names, begin with something.
 */
void
confabd_store_search_users_async (ConfabdStore *self,
                                  const ConfabdUserQuery *query,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  Search *search = g_new0 (Search, 1);
  const ConfabdWork work = { run_search, search, (GDestroyNotify) search_free,
                             (GDestroyNotify) confabd_user_page_free };

  g_return_if_fail (query->limit > 0);

  search->prefix = g_strdup (query->prefix);
  search->end = g_strconcat (query->prefix, "\U0010FFFF", NULL);
  search->after_name = g_strdup (query->after_name != NULL ? query->after_name : "");
  search->after_id = g_strdup (query->after_id != NULL ? query->after_id : "");
  search->limit = query->limit;
  search->with_disabled = query->with_disabled;
  confabd_store_read (self, &work, confabd_store_search_users_async, cancellable, callback,
                      user_data);
}

/**
 * confabd_store_search_users_finish:
 *
 * Returns: (transfer full): the page
 */
ConfabdUserPage *
confabd_store_search_users_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_search_users_async, error);
}
