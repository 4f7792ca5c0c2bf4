/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-members"

#include "config.h"

#include "confab-error.h"
#include "confabd-members-private.h"
#include "confabd-password-rules.h"
#include "confabd-store-letters.h"
#include "confabd-store-users.h"

/* Another password: by who knows the old one, or by who got a letter. */

typedef struct {
  ConfabdPrincipal *principal; /* (owned) (nullable) who knows the old one */
  char *token_hash;            /* (owned) (nullable) of who got a letter */
  char *old_password;          /* (owned) (nullable) wiped */
  char *password;              /* (owned) wiped */
  char *address;               /* (owned) (nullable) */
  char *user_id;               /* (owned) (nullable) until it is known */
  ConfabUser *user;            /* (owned) (nullable) likewise */
} Change;

static void
change_free (Change *self)
{
  g_clear_pointer (&self->principal, confabd_principal_unref);
  g_free (self->token_hash);
  confabd_members_wipe (self->old_password);
  confabd_members_wipe (self->password);
  g_free (self->address);
  g_free (self->user_id);
  g_clear_pointer (&self->user, confab_user_unref);
  g_free (self);
}

static GTask *
make_task (ConfabdMembers *self,
           gpointer source_tag,
           const char *password,
           const char *address,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Change *change = g_new0 (Change, 1);

  g_task_set_source_tag (task, source_tag);
  change->password = confabd_members_dup_password (password);
  change->address = g_strdup (address);
  g_task_set_task_data (task, change, (GDestroyNotify) change_free);
  return task;
}

static gboolean
finish (ConfabdMembers *self, GAsyncResult *result, gpointer source_tag, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, source_tag), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* The old password's sessions end with it; the one that changed it stays. */
static void
end_others (GTask *task, ConfabdAuditAction action)
{
  ConfabdMembers *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  const char *except_id =
      change->principal != NULL ? confabd_principal_get_session_id (change->principal) : NULL;

  confabd_members_note (self, action, change->user, NULL, change->address, TRUE, NULL);
  confabd_members_end_sessions (self, change->user_id, except_id, "password", task);
}

static void
on_changed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (ConfabProfile) profile =
      confabd_store_change_user_finish (CONFABD_STORE (object), result, &error);

  if (profile == NULL) {
    g_task_return_error (task, error);
    return;
  }
  end_others (g_steal_pointer (&task), CONFABD_AUDIT_PASSWORD_CHANGED);
}

static void
on_redeemed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autofree char *user_id =
      confabd_store_redeem_letter_finish (CONFABD_STORE (object), result, &error);

  if (user_id == NULL) {
    g_task_return_error (task, error);
    return;
  }
  end_others (g_steal_pointer (&task), CONFABD_AUDIT_PASSWORD_RESET);
}

static void
on_hashed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdMembers *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->parts.clock);
  GError *error = NULL;
  g_autofree char *hash =
      confabd_passwords_hash_finish (CONFABD_PASSWORDS (object), result, &error);
  const ConfabdUserChange set = { .members = CONFABD_USER_PASSWORD_HASH, .password_hash = hash };

  if (hash == NULL) {
    g_task_return_error (task, error);
  } else if (change->token_hash != NULL) {
    confabd_store_redeem_letter_async (self->parts.store, CONFABD_LETTER_RESET, change->token_hash,
                                       hash, now, NULL, on_redeemed, g_steal_pointer (&task));
  } else {
    confabd_store_change_user_async (self->parts.store, change->user_id, &set, now, NULL,
                                     on_changed, g_steal_pointer (&task));
  }
}

static void
hash_new (GTask *task)
{
  ConfabdMembers *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);

  confabd_passwords_hash_async (self->parts.passwords, change->password, NULL, on_hashed, task);
}

static void
on_checked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdMembers *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  GError *error = NULL;

  if (confabd_passwords_check_finish (CONFABD_PASSWORDS (object), result, NULL, &error)) {
    hash_new (g_steal_pointer (&task));
    return;
  }
  if (error == NULL) {
    confabd_members_note (self, CONFABD_AUDIT_PASSWORD_CHANGED, change->user, NULL, change->address,
                          FALSE, NULL);
    g_set_error_literal (&error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                         "The old password is wrong");
  }
  g_task_return_error (task, error);
}

static void
on_found (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdMembers *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (ConfabdAccount) account =
      confabd_store_find_user_finish (CONFABD_STORE (object), result, &error);

  if (account == NULL && error == NULL) {
    g_set_error_literal (&error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                         change->token_hash != NULL ? "That link was used already, or is too old"
                                                    : "The account is gone");
  }
  if (error != NULL ||
      !confabd_password_check (change->password,
                               confab_profile_get_fields (account->profile)->login_name, &error)) {
    g_task_return_error (task, error);
    return;
  }
  change->user = confab_user_ref (confab_profile_get_user (account->profile));
  change->user_id = g_strdup (confab_user_get_id (change->user));
  if (change->token_hash != NULL) {
    hash_new (g_steal_pointer (&task));
  } else {
    confabd_passwords_check_async (self->parts.passwords, account->password_hash,
                                   change->old_password, NULL, on_checked, g_steal_pointer (&task));
  }
}

/**
 * confabd_members_change_password_async:
 * @principal: who, by what session
 * @old_password: the one until now
 * @password: the one from now on
 * @address: (nullable): where they are
 *
 * Changes a password, and ends the other sessions of whose it is.
 */
void
confabd_members_change_password_async (ConfabdMembers *self,
                                       ConfabdPrincipal *principal,
                                       const char *old_password,
                                       const char *password,
                                       const char *address,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  GTask *task = make_task (self, confabd_members_change_password_async, password, address, callback,
                           user_data);
  Change *change = g_task_get_task_data (task);

  change->principal = confabd_principal_ref (principal);
  change->old_password = confabd_members_dup_password (old_password);
  confabd_store_find_user_async (self->parts.store, CONFABD_USER_BY_ID,
                                 confab_user_get_id (confabd_principal_get_user (principal)), NULL,
                                 on_found, task);
}

/**
 * confabd_members_change_password_finish:
 *
 * Fails with %CONFAB_ERROR_NOT_ALLOWED when the old one is wrong, and with
 * %CONFAB_ERROR_WEAK_PASSWORD.
 *
 * Returns: whether the new one holds
 */
gboolean
confabd_members_change_password_finish (ConfabdMembers *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, confabd_members_change_password_async, error);
}

/**
 * confabd_members_reset_password_async:
 * @token: out of a letter
 * @password: the one from now on
 * @address: (nullable): where they are
 *
 * Sets the password of whoever the letter went to, and ends all their sessions.
 */
void
confabd_members_reset_password_async (ConfabdMembers *self,
                                      const char *token,
                                      const char *password,
                                      const char *address,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  GTask *task = make_task (self, confabd_members_reset_password_async, password, address, callback,
                           user_data);
  Change *change = g_task_get_task_data (task);

  change->token_hash = confabd_members_hash (token);
  confabd_store_find_user_async (self->parts.store, CONFABD_USER_BY_RESET, change->token_hash, NULL,
                                 on_found, task);
}

/**
 * confabd_members_reset_password_finish:
 *
 * Fails with %CONFAB_ERROR_NOT_ALLOWED for a token that is not good (any more), and with
 * %CONFAB_ERROR_WEAK_PASSWORD, which leaves the token good.
 *
 * Returns: whether the new one holds
 */
gboolean
confabd_members_reset_password_finish (ConfabdMembers *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, confabd_members_reset_password_async, error);
}
