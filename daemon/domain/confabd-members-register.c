/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-members"

#include "config.h"

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-accounts.h"
#include "confabd-members-private.h"
#include "confabd-password-rules.h"
#include "confabd-profile-rules.h"
#include "confabd-store-users.h"

/* Becoming a member: with a name and a password, or as somebody whom Telegram knows. */

typedef struct {
  ConfabProfile *profile; /* (owned) (nullable) for Telegram, until it is known */
  char *invite_hash;      /* (owned) (nullable) */
  ConfabdDoor door;
} Arrival;

static void
arrival_free (Arrival *self)
{
  g_clear_pointer (&self->profile, confab_profile_unref);
  g_free (self->invite_hash);
  confabd_door_clear (&self->door);
  g_free (self);
}

static GTask *
make_task (ConfabdMembers *self,
           const ConfabdSessionRequest *request,
           const char *invite,
           gpointer source_tag,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Arrival *arrival = g_new0 (Arrival, 1);

  g_task_set_source_tag (task, source_tag);
  arrival->door = confabd_door_copy (request);
  arrival->invite_hash = invite != NULL ? confabd_members_hash (invite) : NULL;
  g_task_set_task_data (task, arrival, (GDestroyNotify) arrival_free);
  return task;
}

static ConfabdGrant *
finish (ConfabdMembers *self, GAsyncResult *result, gpointer source_tag, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, source_tag), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Takes @task over. */
static void
welcome (GTask *task, ConfabProfile *profile, ConfabdAuditAction action, const char *detail)
{
  ConfabdMembers *self = g_task_get_source_object (task);
  Arrival *arrival = g_task_get_task_data (task);
  ConfabUser *user = confab_profile_get_user (profile);

  confabd_members_note (self, action, user, NULL, arrival->door.request.address, TRUE, detail);
  confabd_members_open (self, user, &arrival->door.request, task);
}

/* Registering */

static gboolean
check_open (ConfabdMembers *self, const char *invite, GError **error)
{
  if (self->parts.registration == CONFABD_REGISTRATION_CLOSED) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                         "Nobody registers here: ask who runs this server");
    return FALSE;
  }
  if (self->parts.registration == CONFABD_REGISTRATION_INVITE && invite == NULL) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                         "Nobody registers here without an invitation");
    return FALSE;
  }
  return TRUE;
}

static ConfabProfile *
make_profile (ConfabdMembers *self, const ConfabdRegistrationForm *form, GError **error)
{
  const char *wanted = form->display_name != NULL ? form->display_name : form->login_name;
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->parts.clock);
  g_autofree char *id = confab_id_new ();
  g_autofree char *name = NULL;
  g_autoptr (ConfabUser) user = NULL;
  const ConfabProfileFields fields = {
    .login_name = form->login_name,
    .email = form->email,
    .time_zone = form->time_zone,
    .locale = form->locale,
  };

  if (!confabd_profile_check_login_name (form->login_name, error) ||
      !confabd_profile_check_email (form->email, error) ||
      !confabd_profile_check_time_zone (form->time_zone, error) ||
      !confabd_profile_check_locale (form->locale, error)) {
    return NULL;
  }
  name = confabd_accounts_dup_name (wanted, error);
  if (name == NULL) {
    return NULL;
  }
  user = confab_user_new (id, name, CONFAB_USER_ROLE_MEMBER, now);
  return confab_profile_new (user, &fields);
}

static void
on_added (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdMembers *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (ConfabProfile) profile =
      confabd_store_add_user_finish (CONFABD_STORE (object), result, &error);

  if (profile == NULL) {
    g_task_return_error (task, error);
    return;
  }
  if (confab_profile_get_fields (profile)->email != NULL) {
    confabd_members_send_verification (self, profile);
  }
  welcome (g_steal_pointer (&task), profile, CONFABD_AUDIT_REGISTERED, NULL);
}

static void
on_hashed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdMembers *self = g_task_get_source_object (task);
  Arrival *arrival = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *hash =
      confabd_passwords_hash_finish (CONFABD_PASSWORDS (object), result, &error);

  if (hash == NULL) {
    g_task_return_error (task, error);
    return;
  }
  confabd_store_add_user_async (self->parts.store, arrival->profile, hash, arrival->invite_hash,
                                NULL, on_added, g_steal_pointer (&task));
}

/**
 * confabd_members_register_async:
 * @form: what they say of themselves
 * @request: on what they sign in
 *
 * Makes an account and signs its owner in.
 */
void
confabd_members_register_async (ConfabdMembers *self,
                                const ConfabdRegistrationForm *form,
                                const ConfabdSessionRequest *request,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task =
      make_task (self, request, form->invite, confabd_members_register_async, callback, user_data);
  Arrival *arrival = g_task_get_task_data (task);
  char *password = confabd_members_dup_password (form->password);
  GError *error = NULL;

  arrival->profile =
      check_open (self, form->invite, &error) ? make_profile (self, form, &error) : NULL;
  if (arrival->profile == NULL || !confabd_password_check (password, form->login_name, &error)) {
    g_task_return_error (task, error);
  } else {
    confabd_passwords_hash_async (self->parts.passwords, password, NULL, on_hashed,
                                  g_steal_pointer (&task));
  }
  confabd_members_wipe (password);
}

/**
 * confabd_members_register_finish:
 *
 * Fails with %CONFAB_ERROR_BAD_REQUEST for what cannot be part of a profile, with
 * %CONFAB_ERROR_WEAK_PASSWORD, with %CONFAB_ERROR_NAME_TAKEN, and with %CONFAB_ERROR_NOT_ALLOWED
 * for who is not invited.
 *
 * Returns: (transfer full): what they get
 */
ConfabdGrant *
confabd_members_register_finish (ConfabdMembers *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, confabd_members_register_async, error);
}

/* Coming from Telegram */

/**
 * confabd_members_note_refused:
 * @how: what they came with, as "telegram"
 * @address: (nullable): where from
 *
 * Writes down that somebody was sent away before it was known who they are.
 */
void
confabd_members_note_refused (ConfabdMembers *self, const char *how, const char *address)
{
  g_return_if_fail (CONFABD_IS_MEMBERS (self));

  confabd_members_note (self, CONFABD_AUDIT_LOGIN_FAILED, NULL, "somebody unknown", address, FALSE,
                        how);
}

static void
on_telegram (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdMembers *self = g_task_get_source_object (task);
  Arrival *arrival = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (ConfabProfile) profile =
      confabd_store_sign_in_telegram_finish (CONFABD_STORE (object), result, &error);

  if (profile == NULL) {
    confabd_members_note_refused (self, "telegram", arrival->door.request.address);
    g_task_return_error (task, error);
    return;
  }
  welcome (g_steal_pointer (&task), profile, CONFABD_AUDIT_LOGIN, "telegram");
}

/**
 * confabd_members_telegram_async:
 * @sign_in: what Telegram vouches for, checked
 * @invite: (nullable): the secret of an invitation, for who comes the first time
 * @request: on what they sign in
 *
 * Signs in somebody whom Telegram knows.
 */
void
confabd_members_telegram_async (ConfabdMembers *self,
                                const ConfabdTelegramSignIn *sign_in,
                                const char *invite,
                                const ConfabdSessionRequest *request,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task =
      make_task (self, request, invite, confabd_members_telegram_async, callback, user_data);
  Arrival *arrival = g_task_get_task_data (task);
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->parts.clock);
  ConfabdTelegramSignIn complete = *sign_in;

  complete.may_register = self->parts.registration == CONFABD_REGISTRATION_OPEN;
  complete.invite_hash =
      self->parts.registration != CONFABD_REGISTRATION_CLOSED ? arrival->invite_hash : NULL;
  confabd_store_sign_in_telegram_async (self->parts.store, &complete, now, NULL, on_telegram, task);
}

/**
 * confabd_members_telegram_finish:
 *
 * Fails as confabd_store_sign_in_telegram_finish() does.
 *
 * Returns: (transfer full): what they get
 */
ConfabdGrant *
confabd_members_telegram_finish (ConfabdMembers *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, confabd_members_telegram_async, error);
}
