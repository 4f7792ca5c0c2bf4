/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-store-users-private.h"

#define MAX_WORDS 8 /* of a display name by which somebody is found */

/* Rows and values of people with an account. */

typedef struct {
  const char *id, *display_name, *role;
  gint64 created_us, verified_us, updated_us, disabled_us, login_us;
  gboolean is_verified, is_disabled, has_logged_in;
} Row;

static GDateTime *
make_time (gboolean is_there, gint64 us)
{
  return is_there ? confab_time_from_unix_us (us) : NULL;
}

/**
 * confabd_row_to_profile:
 * @row: of %CONFABD_PROFILE_ROW
 * @more: (out) (optional) (nullable) (transfer full): the last column
 *
 * Returns: (transfer full): the profile
 */
ConfabProfile *
confabd_row_to_profile (GVariant *row, char **more, GError **error)
{
  g_autoptr (GDateTime) created_at = NULL;
  g_autoptr (GDateTime) verified_at = NULL;
  g_autoptr (GDateTime) updated_at = NULL;
  g_autoptr (GDateTime) disabled_at = NULL;
  g_autoptr (GDateTime) login_at = NULL;
  g_autoptr (ConfabUser) user = NULL;
  ConfabProfileFields f = { 0 };
  ConfabUserRole role;
  const char *text;
  Row r = { 0 };

  g_variant_get (row, "(&s&s&sxm&sm&smxm&sm&sm&sxmxmxm&s)", &r.id, &r.display_name, &r.role,
                 &r.created_us, &f.login_name, &f.email, &r.is_verified, &r.verified_us,
                 &f.avatar_url, &f.time_zone, &f.locale, &r.updated_us, &r.is_disabled,
                 &r.disabled_us, &r.has_logged_in, &r.login_us, &text);
  if (!confab_user_role_from_string (r.role, &role)) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                 "The database holds an unusable user “%s”", r.id);
    return NULL;
  }
  if (more != NULL) {
    *more = g_strdup (text);
  }
  created_at = confab_time_from_unix_us (r.created_us);
  f.email_verified_at = verified_at = make_time (r.is_verified, r.verified_us);
  f.updated_at = updated_at = confab_time_from_unix_us (r.updated_us);
  f.disabled_at = disabled_at = make_time (r.is_disabled, r.disabled_us);
  f.last_login_at = login_at = make_time (r.has_logged_in, r.login_us);
  user = confab_user_new (r.id, r.display_name, role, created_at);
  return confab_profile_new (user, &f);
}

/**
 * confabd_user_name_fold:
 * @text: UTF-8: a name, or the beginning of one
 *
 * Returns: (transfer full): what names are compared by: no case, one way to write each letter
 */
char *
confabd_user_name_fold (const char *text)
{
  g_autofree char *one_way = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);
  g_autofree char *folded = g_utf8_casefold (one_way, -1);

  return g_utf8_normalize (folded, -1, G_NORMALIZE_ALL_COMPOSE);
}

static gboolean
add_name (ConfabdConnection *connection, const char *user_id, const char *name, GError **error)
{
  return *name == '\0' ||
         confabd_connection_execute (connection,
                                     "INSERT INTO user_names (name, user_id) VALUES ($1, $2)"
                                     " ON CONFLICT (name, user_id) DO NOTHING",
                                     g_variant_new ("(ss)", name, user_id), NULL, error);
}

/* “Ada King Lovelace” is found as that, as “King Lovelace” and as “Lovelace”. */
static gboolean
add_words (ConfabdConnection *connection, const char *user_id, const char *name, GError **error)
{
  g_autofree char *folded = confabd_user_name_fold (name);
  const char *rest = folded;

  for (guint i = 0; rest != NULL && i < MAX_WORDS; i++) {
    if (!add_name (connection, user_id, rest, error)) {
      return FALSE;
    }
    rest = strchr (rest, ' ');
    rest = rest != NULL ? rest + 1 : NULL;
  }
  return TRUE;
}

/**
 * confabd_users_set_names:
 * @login_name: (nullable): what they sign in with
 * @display_name: what others see
 *
 * Says under what somebody is found. To be called whenever one of their names changes.
 *
 * Returns: whether they are found under these names now, and no others
 */
gboolean
confabd_users_set_names (ConfabdConnection *connection,
                         const char *user_id,
                         const char *login_name,
                         const char *display_name,
                         GError **error)
{
  return confabd_connection_execute (connection, "DELETE FROM user_names WHERE user_id = $1",
                                     g_variant_new ("(s)", user_id), NULL, error) &&
         (login_name == NULL || add_words (connection, user_id, login_name, error)) &&
         add_words (connection, user_id, display_name, error);
}

/**
 * confabd_users_refresh_names:
 *
 * confabd_users_set_names() with the names that somebody has. Who was deleted is found under none.
 *
 * Returns: whether they are found under their names now
 */
gboolean
confabd_users_refresh_names (ConfabdConnection *connection, const char *user_id, GError **error)
{
  g_autoptr (GVariant) row = NULL;
  const char *login_name;
  const char *display_name;

  if (!confabd_connection_query_one (
          connection,
          "SELECT login_name, display_name FROM users WHERE id = $1 AND deleted_at IS NULL",
          g_variant_new ("(s)", user_id), "(mss)", &row, error)) {
    return FALSE;
  }
  if (row == NULL) {
    return TRUE;
  }
  g_variant_get (row, "(m&s&s)", &login_name, &display_name);
  return confabd_users_set_names (connection, user_id, login_name, display_name, error);
}

/* Answered before the constraint does, which could not say what it is about. */
static gboolean
check_name_free (ConfabdConnection *connection, const char *login_name, GError **error)
{
  g_autoptr (GVariant) row = NULL;

  if (login_name == NULL) {
    return TRUE;
  }
  if (!confabd_connection_query_one (
          connection,
          "SELECT id FROM users WHERE lower(login_name) = lower($1) AND login_name IS NOT NULL",
          g_variant_new ("(s)", login_name), "(s)", &row, error)) {
    return FALSE;
  }
  if (row != NULL) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_NAME_TAKEN,
                 "Somebody else has the name “%s” already", login_name);
  }
  return row == NULL;
}

/**
 * confabd_users_insert:
 *
 * Returns: whether there is a user of that profile now; else with %CONFAB_ERROR_NAME_TAKEN, or
 *   %CONFAB_ERROR_CONFLICT for a second owner
 */
gboolean
confabd_users_insert (ConfabdConnection *connection,
                      ConfabProfile *profile,
                      const char *password_hash,
                      GError **error)
{
  ConfabUser *user = confab_profile_get_user (profile);
  const ConfabProfileFields *f = confab_profile_get_fields (profile);
  gint64 now_us = confab_time_to_unix_us (confab_user_get_created_at (user));

  return check_name_free (connection, f->login_name, error) &&
         confabd_connection_execute (
             connection,
             "INSERT INTO users (id, display_name, role, created_at, updated_at, login_name, email,"
             " avatar_url, time_zone, locale, password_hash, password_changed_at)"
             " VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9, $10, $11)",
             g_variant_new ("(sssxmsmsmsmsmsmsmx)", confab_user_get_id (user),
                            confab_user_get_display_name (user),
                            confab_user_role_to_string (confab_user_get_role (user)), now_us,
                            f->login_name, f->email, f->avatar_url, f->time_zone, f->locale,
                            password_hash, password_hash != NULL, now_us),
             NULL, error) &&
         confabd_users_set_names (connection, confab_user_get_id (user), f->login_name,
                                  confab_user_get_display_name (user), error);
}

/**
 * confabd_users_find:
 *
 * Returns: (transfer full): somebody who has not been deleted; %NULL with %CONFAB_ERROR_NOT_FOUND
 */
ConfabProfile *
confabd_users_find (ConfabdConnection *connection, const char *user_id, GError **error)
{
  g_autoptr (GVariant) row = NULL;

  if (!confabd_connection_query_one (connection,
                                     "SELECT " CONFABD_PROFILE_COLUMNS
                                     ", NULL FROM users u WHERE u.id = $1 AND u.deleted_at IS NULL",
                                     g_variant_new ("(s)", user_id), CONFABD_PROFILE_ROW, &row,
                                     error)) {
    return NULL;
  }
  if (row == NULL) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND, "There is no such user");
    return NULL;
  }
  return confabd_row_to_profile (row, NULL, error);
}
