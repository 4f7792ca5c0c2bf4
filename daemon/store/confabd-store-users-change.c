/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-store-private.h"
#include "confabd-store-users-private.h"

/* Changing somebody: one transaction, whatever it is about. */

typedef struct {
  char *user_id; /* (owned) */
  gint64 now_us;
  ConfabdUserChange change; /* its texts are (owned) */
} Change;

static void
change_free (Change *self)
{
  g_free (self->user_id);
  g_free ((char *) self->change.display_name);
  g_free ((char *) self->change.email);
  g_free ((char *) self->change.avatar_url);
  g_free ((char *) self->change.time_zone);
  g_free ((char *) self->change.locale);
  g_free ((char *) self->change.password_hash);
  g_free ((char *) self->change.old_hash);
  g_free (self);
}

static Change *
change_new (const char *user_id, const ConfabdUserChange *change, GDateTime *now)
{
  Change *self = g_new0 (Change, 1);

  self->user_id = g_strdup (user_id);
  self->now_us = confab_time_to_unix_us (now);
  self->change = *change;
  self->change.display_name = g_strdup (change->display_name);
  self->change.email = g_strdup (change->email);
  self->change.avatar_url = g_strdup (change->avatar_url);
  self->change.time_zone = g_strdup (change->time_zone);
  self->change.locale = g_strdup (change->locale);
  self->change.password_hash = g_strdup (change->password_hash);
  self->change.old_hash = g_strdup (change->old_hash);
  return self;
}

/* $1: the user, $2: the text, $3: now */
typedef struct {
  ConfabdUserMembers member;
  gsize offset;
  const char *sql;
} TextRow;

static const TextRow text_rows[] = {
  { CONFABD_USER_DISPLAY_NAME, G_STRUCT_OFFSET (ConfabdUserChange, display_name),
    "UPDATE users SET display_name = $2, updated_at = $3 WHERE id = $1" },
  { CONFABD_USER_EMAIL, G_STRUCT_OFFSET (ConfabdUserChange, email),
    "UPDATE users SET email = $2, email_verified_at = NULL, updated_at = $3 WHERE id = $1" },
  { CONFABD_USER_AVATAR_URL, G_STRUCT_OFFSET (ConfabdUserChange, avatar_url),
    "UPDATE users SET avatar_url = $2, updated_at = $3 WHERE id = $1" },
  { CONFABD_USER_TIME_ZONE, G_STRUCT_OFFSET (ConfabdUserChange, time_zone),
    "UPDATE users SET time_zone = $2, updated_at = $3 WHERE id = $1" },
  { CONFABD_USER_LOCALE, G_STRUCT_OFFSET (ConfabdUserChange, locale),
    "UPDATE users SET locale = $2, updated_at = $3 WHERE id = $1" },
  { CONFABD_USER_PASSWORD_HASH, G_STRUCT_OFFSET (ConfabdUserChange, password_hash),
    "UPDATE users SET password_hash = $2, password_changed_at = $3 WHERE id = $1" },
};

static gboolean
set_texts (ConfabdConnection *connection, const Change *self, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (text_rows); i++) {
    const char *text = G_STRUCT_MEMBER (const char *, &self->change, text_rows[i].offset);

    if ((self->change.members & text_rows[i].member) != 0 &&
        !confabd_connection_execute (connection, text_rows[i].sql,
                                     g_variant_new ("(smsx)", self->user_id, text, self->now_us),
                                     NULL, error)) {
      return FALSE;
    }
  }
  return TRUE;
}

/* A letter to the address before, or about the password before, opens nothing any more. One that
 * an administrator handed over went to no address. */
static gboolean
end_letters (ConfabdConnection *connection, const Change *self, GError **error)
{
  const struct {
    ConfabdUserMembers member;
    const char *sql;
  } rows[] = {
    { CONFABD_USER_EMAIL, "UPDATE letters SET used_at = $2"
                          " WHERE user_id = $1 AND email IS NOT NULL AND used_at IS NULL" },
    { CONFABD_USER_PASSWORD_HASH, "UPDATE letters SET used_at = $2"
                                  " WHERE user_id = $1 AND purpose = 'reset' AND used_at IS NULL" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if ((self->change.members & rows[i].member) != 0 &&
        !confabd_connection_execute (connection, rows[i].sql,
                                     g_variant_new ("(sx)", self->user_id, self->now_us), NULL,
                                     error)) {
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
set_better_hash (ConfabdConnection *connection, const Change *self, GError **error)
{
  return (self->change.members & CONFABD_USER_BETTER_HASH) == 0 ||
         confabd_connection_execute (
             connection, "UPDATE users SET password_hash = $2 WHERE id = $1 AND password_hash = $3",
             g_variant_new ("(sss)", self->user_id, self->change.password_hash,
                            self->change.old_hash),
             NULL, error);
}

/* There is one owner, always, who can sign in: somebody else becomes it, or nobody stops it. */
static gboolean
check_owner (const Change *self, ConfabProfile *before, GError **error)
{
  ConfabUserRole role = confab_user_get_role (confab_profile_get_user (before));
  gboolean was_owner = role == CONFAB_USER_ROLE_OWNER;
  gboolean is_owner = (self->change.members & CONFABD_USER_ROLE) != 0
                          ? self->change.role == CONFAB_USER_ROLE_OWNER
                          : was_owner;
  gboolean is_disabled = (self->change.members & CONFABD_USER_DISABLED) != 0
                             ? self->change.is_disabled
                             : confab_profile_get_fields (before)->disabled_at != NULL;

  if (was_owner && (!is_owner || is_disabled)) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT,
                         "The last owner stays one: make somebody else the owner first");
    return FALSE;
  }
  if (is_owner && is_disabled) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT,
                         "Nobody who is disabled becomes the owner");
    return FALSE;
  }
  return TRUE;
}

static gboolean
set_role (ConfabdConnection *connection, const Change *self, ConfabUserRole before, GError **error)
{
  if ((self->change.members & CONFABD_USER_ROLE) == 0 || self->change.role == before) {
    return TRUE;
  }
  if (self->change.role == CONFAB_USER_ROLE_OWNER &&
      !confabd_connection_execute (
          connection, "UPDATE users SET role = 'admin', updated_at = $1 WHERE role = 'owner'",
          g_variant_new ("(x)", self->now_us), NULL, error)) {
    return FALSE;
  }
  return confabd_connection_execute (
      connection, "UPDATE users SET role = $2, updated_at = $3 WHERE id = $1",
      g_variant_new ("(ssx)", self->user_id, confab_user_role_to_string (self->change.role),
                     self->now_us),
      NULL, error);
}

/* Disabled since when it was said first. */
static gboolean
set_disabled (ConfabdConnection *connection, const Change *self, GError **error)
{
  if ((self->change.members & CONFABD_USER_DISABLED) == 0) {
    return TRUE;
  }
  return confabd_connection_execute (
      connection,
      self->change.is_disabled ? "UPDATE users SET disabled_at = $2, updated_at = $2"
                                 " WHERE id = $1 AND disabled_at IS NULL"
                               : "UPDATE users SET disabled_at = NULL, updated_at = $2"
                                 " WHERE id = $1 AND disabled_at IS NOT NULL",
      g_variant_new ("(sx)", self->user_id, self->now_us), NULL, error);
}

static gboolean
set_names (ConfabdConnection *connection, const Change *self, ConfabProfile *before, GError **error)
{
  return (self->change.members & CONFABD_USER_DISPLAY_NAME) == 0 ||
         confabd_users_set_names (connection, self->user_id,
                                  confab_profile_get_fields (before)->login_name,
                                  self->change.display_name, error);
}

static gboolean
check_old_role (const Change *self, ConfabUserRole role, GError **error)
{
  if ((self->change.members & CONFABD_USER_IF_ROLE) == 0 || role == self->change.old_role) {
    return TRUE;
  }
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT,
                       "Their role was changed just now; look again");
  return FALSE;
}

static gpointer
run_change (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Change *self = data;
  g_autoptr (ConfabProfile) before = confabd_users_find (connection, self->user_id, error);
  ConfabUserRole role;

  if (before == NULL) {
    return NULL;
  }
  role = confab_user_get_role (confab_profile_get_user (before));
  if (!check_old_role (self, role, error) || !check_owner (self, before, error) ||
      !set_texts (connection, self, error) || !end_letters (connection, self, error) ||
      !set_better_hash (connection, self, error) || !set_role (connection, self, role, error) ||
      !set_disabled (connection, self, error) || !set_names (connection, self, before, error)) {
    return NULL;
  }
  return confabd_users_find (connection, self->user_id, error);
}

/**
 * confabd_store_change_user_async:
 * @change: what to change; copied
 * @now: when
 *
 * Changes somebody, all of it or nothing. Who becomes the owner takes the place of the one before,
 * who is an administrator then.
 */
void
confabd_store_change_user_async (ConfabdStore *self,
                                 const char *user_id,
                                 const ConfabdUserChange *change,
                                 GDateTime *now,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  const ConfabdWork work = { run_change, change_new (user_id, change, now),
                             (GDestroyNotify) change_free, (GDestroyNotify) confab_profile_unref };

  confabd_store_write (self, &work, confabd_store_change_user_async, cancellable, callback,
                       user_data);
}

/**
 * confabd_store_change_user_finish:
 *
 * Fails with %CONFAB_ERROR_NOT_FOUND, and with %CONFAB_ERROR_CONFLICT when there would be no owner
 * who can sign in, or the role is another one than was expected.
 *
 * Returns: (transfer full): what is kept now
 */
ConfabProfile *
confabd_store_change_user_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_change_user_async, error);
}
