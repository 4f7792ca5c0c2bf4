/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabctl"

#include "config.h"

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-config-database.h"
#include "confabd-ctl-accounts.h"
#include "confabd-store-letters.h"
#include "confabd-store-people.h"
#include "confabd-store-sessions.h"

/* What the daemon does with accounts in its store, one thing after the other. */

/**
 * confabd_ctl_accounts_open:
 * @self: all zeros
 * @config: which database
 * @error: return location for a #GError
 *
 * Returns: whether the database is there, with our schema
 */
gboolean
confabd_ctl_accounts_open (ConfabdCtlAccounts *self, ConfabdConfig *config, GError **error)
{
  g_autoptr (ConfabClock) clock = confab_system_clock_new ();

  self->now = confab_clock_dup_now (clock);
  self->database = confabd_database_open (confabd_config_get_database (config)->url,
                                          CONFABD_DATABASE_LOOK, error);
  self->store = self->database != NULL ? confabd_store_attach (self->database, clock, error) : NULL;
  return self->store != NULL;
}

/**
 * confabd_ctl_accounts_clear:
 */
void
confabd_ctl_accounts_clear (ConfabdCtlAccounts *self)
{
  g_clear_object (&self->store);
  g_clear_object (&self->database);
  g_clear_pointer (&self->now, g_date_time_unref);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL) {
    g_main_context_iteration (NULL, TRUE);
  }
}

/* Looking */

static ConfabdAccount *
find_by (ConfabdCtlAccounts *self, ConfabdUserKey key, const char *text, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_find_user_async (self->store, key, text, NULL, on_result, &result);
  wait_for (&result);
  return confabd_store_find_user_finish (self->store, result, error);
}

/**
 * confabd_ctl_accounts_find:
 * @name: an id, a login name, or an address that somebody proved to be theirs
 * @error: return location for a #GError
 *
 * Finds somebody. The id goes first: somebody else may have chosen it as a name.
 *
 * Returns: (transfer full): whose it is; %NULL with %CONFAB_ERROR_NOT_FOUND
 */
ConfabProfile *
confabd_ctl_accounts_find (ConfabdCtlAccounts *self, const char *name, GError **error)
{
  g_autoptr (ConfabdAccount) account = NULL;
  GError *local_error = NULL;

  if (confab_id_is_valid (name)) {
    account = find_by (self, CONFABD_USER_BY_ID, name, &local_error);
  }
  if (account == NULL && local_error == NULL) {
    account = find_by (self, CONFABD_USER_BY_LOGIN, name, &local_error);
  }
  if (account != NULL) {
    return confab_profile_ref (account->profile);
  }
  if (local_error == NULL) {
    g_set_error (&local_error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND, "There is no user “%s”", name);
  }
  g_propagate_error (error, local_error);
  return NULL;
}

/**
 * confabd_ctl_accounts_search:
 * @query: whom, and which page
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the page
 */
ConfabdUserPage *
confabd_ctl_accounts_search (ConfabdCtlAccounts *self,
                             const ConfabdUserQuery *query,
                             GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_search_users_async (self->store, query, NULL, on_result, &result);
  wait_for (&result);
  return confabd_store_search_users_finish (self->store, result, error);
}

static gpointer
run_find_owner (ConfabdConnection *connection, gpointer data, GError **error)
{
  char **id = data;
  g_autoptr (GVariant) row = NULL;

  if (confabd_connection_query_one (connection, "SELECT id FROM users WHERE role = 'owner'", NULL,
                                    "(s)", &row, error) &&
      row != NULL) {
    g_variant_get (row, "(s)", id);
  }
  return NULL;
}

/**
 * confabd_ctl_accounts_find_owner:
 * @id: (out) (transfer full) (nullable): of the owner, when there is one
 * @error: return location for a #GError
 *
 * Returns: whether that is known
 */
gboolean
confabd_ctl_accounts_find_owner (ConfabdCtlAccounts *self, char **id, GError **error)
{
  const ConfabdWork work = { run_find_owner, id, NULL, NULL };
  GError *local_error = NULL;

  *id = NULL;
  confabd_database_read_sync (self->database, &work, &local_error);
  if (local_error != NULL) {
    g_propagate_error (error, local_error);
    return FALSE;
  }
  return TRUE;
}

/* Changing */

/**
 * confabd_ctl_accounts_add:
 * @profile: who; created now
 * @password_hash: (nullable): %NULL for somebody who sets a password by a link first
 * @error: return location for a #GError
 *
 * Returns: (transfer full): what is kept; %NULL as of confabd_store_add_user_finish()
 */
ConfabProfile *
confabd_ctl_accounts_add (ConfabdCtlAccounts *self,
                          ConfabProfile *profile,
                          const char *password_hash,
                          GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_add_user_async (self->store, profile, password_hash, NULL, NULL, on_result,
                                &result);
  wait_for (&result);
  return confabd_store_add_user_finish (self->store, result, error);
}

/**
 * confabd_ctl_accounts_change:
 * @error: return location for a #GError
 *
 * Returns: (transfer full): what is kept now; %NULL as of confabd_store_change_user_finish()
 */
ConfabProfile *
confabd_ctl_accounts_change (ConfabdCtlAccounts *self,
                             const char *user_id,
                             const ConfabdUserChange *change,
                             GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_change_user_async (self->store, user_id, change, self->now, NULL, on_result,
                                   &result);
  wait_for (&result);
  return confabd_store_change_user_finish (self->store, result, error);
}

/**
 * confabd_ctl_accounts_sign_out:
 * @reason: why, a word for the administrator
 * @error: return location for a #GError
 *
 * Ends the sessions of a user. A daemon that runs looks for such ends every few seconds.
 *
 * Returns: whether they have none any more
 */
gboolean
confabd_ctl_accounts_sign_out (ConfabdCtlAccounts *self,
                               const char *user_id,
                               const char *reason,
                               GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) revoked = NULL;

  confabd_store_revoke_sessions_async (self->store, user_id, NULL, NULL, reason, self->now, NULL,
                                       on_result, &result);
  wait_for (&result);
  revoked = confabd_store_revoke_sessions_finish (self->store, result, error);
  return revoked != NULL;
}

static gboolean
remove_user (ConfabdCtlAccounts *self, const char *user_id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_delete_user_async (self->store, user_id, self->now, NULL, on_result, &result);
  wait_for (&result);
  return confabd_store_delete_user_finish (self->store, result, error);
}

/**
 * confabd_ctl_accounts_delete:
 * @error: return location for a #GError
 *
 * Deletes somebody: they cannot sign in any more, then they are signed out, then they are gone. So
 * no session is left of them, and what fails half-way can be repeated.
 *
 * Returns: whether they are gone; not the owner
 */
gboolean
confabd_ctl_accounts_delete (ConfabdCtlAccounts *self, const char *user_id, GError **error)
{
  const ConfabdUserChange disabled = { .members = CONFABD_USER_DISABLED, .is_disabled = TRUE };
  g_autoptr (ConfabProfile) profile = confabd_ctl_accounts_change (self, user_id, &disabled, error);

  return profile != NULL && confabd_ctl_accounts_sign_out (self, user_id, "deleted", error) &&
         remove_user (self, user_id, error);
}

/* Letting in */

/**
 * confabd_ctl_accounts_make_reset:
 * @error: return location for a #GError
 *
 * Makes what a letter to somebody who forgot their password would carry; no earlier one is good
 * any more.
 *
 * Returns: (transfer full): good once, for %CONFABD_CTL_RESET_HOURS
 */
char *
confabd_ctl_accounts_make_reset (ConfabdCtlAccounts *self, const char *user_id, GError **error)
{
  g_autofree char *token = confab_secret_new ();
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, token, -1);
  g_autoptr (GDateTime) expires_at = g_date_time_add_hours (self->now, CONFABD_CTL_RESET_HOURS);
  const ConfabdLetterProof proof = {
    .purpose = CONFABD_LETTER_RESET,
    .hash = hash,
    .user_id = user_id,
    .created_at = self->now,
    .expires_at = expires_at,
  };
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_add_letter_async (self->store, &proof, NULL, on_result, &result);
  wait_for (&result);
  return confabd_store_add_letter_finish (self->store, result, error) ? g_steal_pointer (&token)
                                                                      : NULL;
}

/**
 * confabd_ctl_accounts_invite:
 * @invite: (transfer full): to register
 * @secret: for whom it is
 * @error: return location for a #GError
 *
 * Returns: (transfer full): what is kept
 */
ConfabdRegistrationInvite *
confabd_ctl_accounts_invite (ConfabdCtlAccounts *self,
                             ConfabdRegistrationInvite *invite,
                             const char *secret,
                             GError **error)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, secret, -1);
  g_autoptr (GAsyncResult) result = NULL;

  confabd_store_add_registration_invite_async (self->store, invite, hash, NULL, on_result, &result);
  wait_for (&result);
  return confabd_store_add_registration_invite_finish (self->store, result, error);
}
