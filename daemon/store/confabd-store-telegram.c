/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confab-id.h"
#include "confab-time.h"
#include "confabd-store-people.h"
#include "confabd-store-private.h"
#include "confabd-store-users-private.h"

#define NAMELESS "Telegram user"

typedef struct {
  ConfabdTelegramSignIn sign_in; /* its texts are (owned) */
  gint64 proof_expires_us;
  gint64 now_us;
} SignIn;

static void
sign_in_free (SignIn *self)
{
  g_free ((char *) self->sign_in.login_name);
  g_free ((char *) self->sign_in.display_name);
  g_free ((char *) self->sign_in.avatar_url);
  g_free ((char *) self->sign_in.proof_hash);
  g_free ((char *) self->sign_in.invite_hash);
  g_free (self);
}

static gboolean
spend_proof (ConfabdConnection *connection, const SignIn *self, GError **error)
{
  guint n_changed = 0;

  if (!confabd_connection_execute (
          connection,
          "INSERT INTO spent_proofs (hash, expires_at) VALUES ($1, $2)"
          " ON CONFLICT (hash) DO NOTHING",
          g_variant_new ("(sx)", self->sign_in.proof_hash, self->proof_expires_us), &n_changed,
          error)) {
    return FALSE;
  }
  if (n_changed == 0) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED,
                         "That proof of Telegram was shown before");
  }
  return n_changed > 0;
}

static gboolean
find_known (ConfabdConnection *connection,
            const SignIn *self,
            ConfabProfile **profile,
            GError **error)
{
  g_autoptr (GVariant) row = NULL;

  if (!confabd_connection_query_one (
          connection,
          "SELECT " CONFABD_PROFILE_COLUMNS
          ", NULL FROM users u WHERE u.telegram_id = $1 AND u.telegram_id IS NOT NULL",
          g_variant_new ("(x)", self->sign_in.telegram_id), CONFABD_PROFILE_ROW, &row, error)) {
    return FALSE;
  }
  *profile = row != NULL ? confabd_row_to_profile (row, NULL, error) : NULL;
  return row == NULL || *profile != NULL;
}

/* What Telegram says now; what it did not say, or said in a way that is of no use, stays. */
static ConfabProfile *
update (ConfabdConnection *connection, const SignIn *self, ConfabProfile *known, GError **error)
{
  const char *id = confab_user_get_id (confab_profile_get_user (known));
  const char *name = self->sign_in.display_name;

  if (confab_profile_get_fields (known)->disabled_at != NULL) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED, "The account is disabled");
    return NULL;
  }
  if (!confabd_connection_execute (
          connection,
          "UPDATE users SET display_name = coalesce ($2, display_name),"
          " avatar_url = coalesce ($3, avatar_url), last_login_at = $4, updated_at = $4"
          " WHERE id = $1",
          g_variant_new ("(smsmsx)", id, name, self->sign_in.avatar_url, self->now_us), NULL,
          error) ||
      (name != NULL &&
       !confabd_users_set_names (connection, id, confab_profile_get_fields (known)->login_name,
                                 name, error))) {
    return NULL;
  }
  return confabd_users_find (connection, id, error);
}

static gboolean
find_role (ConfabdConnection *connection, const SignIn *self, ConfabUserRole *role, GError **error)
{
  *role = CONFAB_USER_ROLE_MEMBER;
  if (self->sign_in.invite_hash != NULL) {
    return confabd_users_use_invite (connection, self->sign_in.invite_hash, self->now_us, role,
                                     error);
  }
  if (!self->sign_in.may_register) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                         "Nobody registers here without an invitation");
  }
  return self->sign_in.may_register;
}

static gboolean
is_free (ConfabdConnection *connection, const char *login_name, gboolean *answer, GError **error)
{
  g_autoptr (GVariant) row = NULL;

  if (!confabd_connection_query_one (
          connection,
          "SELECT id FROM users WHERE lower(login_name) = lower($1) AND login_name IS NOT NULL",
          g_variant_new ("(ms)", login_name), "(s)", &row, error)) {
    return FALSE;
  }
  *answer = row == NULL;
  return TRUE;
}

static ConfabProfile *
make_profile (const SignIn *self, ConfabUserRole role, gboolean has_login_name)
{
  const char *name = self->sign_in.display_name != NULL ? self->sign_in.display_name : NAMELESS;
  g_autofree char *id = confab_id_new ();
  g_autoptr (GDateTime) now = confab_time_from_unix_us (self->now_us);
  g_autoptr (ConfabUser) user = confab_user_new (id, name, role, now);
  const ConfabProfileFields fields = {
    .login_name = has_login_name ? self->sign_in.login_name : NULL,
    .avatar_url = self->sign_in.avatar_url,
  };

  return confab_profile_new (user, &fields);
}

static ConfabProfile *
add (ConfabdConnection *connection, const SignIn *self, GError **error)
{
  g_autoptr (ConfabProfile) profile = NULL;
  gboolean is_name_free = FALSE;
  ConfabUserRole role;
  const char *id;

  if (!find_role (connection, self, &role, error) ||
      !is_free (connection, self->sign_in.login_name, &is_name_free, error)) {
    return NULL;
  }
  profile = make_profile (self, role, is_name_free);
  id = confab_user_get_id (confab_profile_get_user (profile));
  if (!confabd_users_insert (connection, profile, NULL, error) ||
      !confabd_connection_execute (
          connection, "UPDATE users SET telegram_id = $2, last_login_at = $3 WHERE id = $1",
          g_variant_new ("(sxx)", id, self->sign_in.telegram_id, self->now_us), NULL, error)) {
    return NULL;
  }
  return confabd_users_find (connection, id, error);
}

static gpointer
run_sign_in (ConfabdConnection *connection, gpointer data, GError **error)
{
  const SignIn *self = data;
  g_autoptr (ConfabProfile) known = NULL;

  if (!spend_proof (connection, self, error) || !find_known (connection, self, &known, error)) {
    return NULL;
  }
  return known != NULL ? update (connection, self, known, error) : add (connection, self, error);
}

/**
 * confabd_store_sign_in_telegram_async:
 * @sign_in: what Telegram vouched for; copied
 * @now: when
 *
 * Finds or makes the account of somebody on Telegram, and uses the proof up.
 */
void
confabd_store_sign_in_telegram_async (ConfabdStore *self,
                                      const ConfabdTelegramSignIn *sign_in,
                                      GDateTime *now,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  SignIn *copy = g_new0 (SignIn, 1);
  const ConfabdWork work = { run_sign_in, copy, (GDestroyNotify) sign_in_free,
                             (GDestroyNotify) confab_profile_unref };

  copy->sign_in = *sign_in;
  copy->sign_in.login_name = g_strdup (sign_in->login_name);
  copy->sign_in.display_name = g_strdup (sign_in->display_name);
  copy->sign_in.avatar_url = g_strdup (sign_in->avatar_url);
  copy->sign_in.proof_hash = g_strdup (sign_in->proof_hash);
  copy->sign_in.invite_hash = g_strdup (sign_in->invite_hash);
  copy->proof_expires_us = confab_time_to_unix_us (sign_in->proof_expires_at);
  copy->now_us = confab_time_to_unix_us (now);
  confabd_store_write (self, &work, confabd_store_sign_in_telegram_async, cancellable, callback,
                       user_data);
}

/**
 * confabd_store_sign_in_telegram_finish:
 *
 * Fails with %CONFAB_ERROR_NOT_AUTHENTICATED when the proof was shown before, and with
 * %CONFAB_ERROR_NOT_ALLOWED when they are disabled or may not register.
 *
 * Returns: (transfer full): who they are here
 */
ConfabProfile *
confabd_store_sign_in_telegram_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_sign_in_telegram_async, error);
}
