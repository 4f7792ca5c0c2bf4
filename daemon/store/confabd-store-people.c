/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-store-people.h"
#include "confabd-store-private.h"
#include "confabd-store-users-private.h"

/* How somebody leaves. */

typedef struct {
  char *user_id; /* (owned) */
  gint64 now_us;
} Delete;

static void
delete_free (Delete *self)
{
  g_free (self->user_id);
  g_free (self);
}

/* $1: the user. Calls that others were in stay, without them; what nobody else was in goes. */
static const char *const farewell[] = {
  "DELETE FROM calls WHERE creator_id = $1 AND state <> 'live'"
  " AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.call_id = calls.id AND m.user_id <> $1)"
  " AND NOT EXISTS (SELECT 1 FROM participants p WHERE p.call_id = calls.id"
  " AND (p.user_id IS NULL OR p.user_id <> $1))",
  "UPDATE participants SET user_id = NULL, display_name = 'Deleted user' WHERE user_id = $1",
  "DELETE FROM memberships WHERE user_id = $1",
  /* What was revoked stays until its tokens expire: they let nobody in after a restart, either. */
  "UPDATE sessions SET device_name = '', address = NULL WHERE user_id = $1",
  "DELETE FROM letters WHERE user_id = $1",
  "DELETE FROM contacts WHERE user_id = $1",
  "DELETE FROM contacts WHERE other_id = $1",
  "DELETE FROM user_names WHERE user_id = $1",
};

/* They stay for a while as well: daemons learn from them which sockets to close. */
static gboolean
revoke_keys (ConfabdConnection *connection, const Delete *self, GError **error)
{
  return confabd_connection_execute (
      connection,
      "UPDATE api_keys SET name = '', revoked_at = coalesce (revoked_at, $2) WHERE user_id = $1",
      g_variant_new ("(sx)", self->user_id, self->now_us), NULL, error);
}

/* A row stays, since calls of others refer to it, with nothing in it that is about somebody. */
static gboolean
make_nobody (ConfabdConnection *connection, const Delete *self, GError **error)
{
  return confabd_connection_execute (
      connection,
      "UPDATE users SET display_name = 'Deleted user', role = 'guest', login_name = NULL,"
      " email = NULL, email_verified_at = NULL, avatar_url = NULL, time_zone = NULL, locale = NULL,"
      " password_hash = NULL, password_changed_at = NULL, telegram_id = NULL, disabled_at = NULL,"
      " last_login_at = NULL, deleted_at = $2, updated_at = $2 WHERE id = $1",
      g_variant_new ("(sx)", self->user_id, self->now_us), NULL, error);
}

static gboolean
check_not_owner (ConfabProfile *profile, GError **error)
{
  if (confab_user_get_role (confab_profile_get_user (profile)) != CONFAB_USER_ROLE_OWNER) {
    return TRUE;
  }
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT,
                       "The last owner stays: make somebody else the owner first");
  return FALSE;
}

static gpointer
run_delete (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Delete *self = data;
  g_autoptr (ConfabProfile) profile = confabd_users_find (connection, self->user_id, error);

  if (profile == NULL || !check_not_owner (profile, error)) {
    return NULL;
  }
  for (guint i = 0; i < G_N_ELEMENTS (farewell); i++) {
    if (!confabd_connection_execute (connection, farewell[i], g_variant_new ("(s)", self->user_id),
                                     NULL, error)) {
      return NULL;
    }
  }
  if (revoke_keys (connection, self, error)) {
    make_nobody (connection, self, error);
  }
  return NULL;
}

/**
 * confabd_store_delete_user_async:
 * @user_id: who
 * @now: when
 *
 * Deletes what makes somebody a person. The calls of others stay as they were, with somebody in
 * them who is nobody now; so does what the audit says, which would not hold without.
 */
void
confabd_store_delete_user_async (ConfabdStore *self,
                                 const char *user_id,
                                 GDateTime *now,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  Delete *copy = g_new0 (Delete, 1);
  const ConfabdWork work = { run_delete, copy, (GDestroyNotify) delete_free, NULL };

  copy->user_id = g_strdup (user_id);
  copy->now_us = confab_time_to_unix_us (now);
  confabd_store_write (self, &work, confabd_store_delete_user_async, cancellable, callback,
                       user_data);
}

/**
 * confabd_store_delete_user_finish:
 *
 * Fails with %CONFAB_ERROR_NOT_FOUND, and with %CONFAB_ERROR_CONFLICT for the owner.
 *
 * Returns: whether they are gone
 */
gboolean
confabd_store_delete_user_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate_done (self, result, confabd_store_delete_user_async, error);
}
