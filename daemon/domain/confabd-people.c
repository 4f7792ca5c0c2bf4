/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-people"

#include "config.h"

#include "confab-error.h"
#include "confabd-accounts.h"
#include "confabd-members-private.h"
#include "confabd-people-private.h"
#include "confabd-profile-rules.h"

/**
 * ConfabdPeople:
 *
 * What is known of people: to themselves, to each other, and to those who look after accounts.
 */
G_DEFINE_FINAL_TYPE (ConfabdPeople, confabd_people, G_TYPE_OBJECT)

static void
confabd_people_finalize (GObject *object)
{
  ConfabdPeople *self = CONFABD_PEOPLE (object);

  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  g_clear_object (&self->sessions);
  g_clear_object (&self->passwords);
  g_clear_object (&self->audit);

  G_OBJECT_CLASS (confabd_people_parent_class)->finalize (object);
}

static void
confabd_people_class_init (ConfabdPeopleClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_people_finalize;

  /**
   * ConfabdPeople::shut-out:
   * @user_id: who
   *
   * Somebody was disabled or is gone, and so is what acts for them. Their sessions say so
   * themselves.
   */
  g_signal_new ("shut-out", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
confabd_people_init (ConfabdPeople *self)
{
}

/**
 * confabd_people_new:
 * @store: where they are kept
 * @clock: their time
 * @sessions: what ends when somebody may do less
 * @passwords: who checks passwords
 * @audit: where it is written down
 *
 * Returns: (transfer full): the people
 */
ConfabdPeople *
confabd_people_new (ConfabdStore *store,
                    ConfabClock *clock,
                    ConfabdSessions *sessions,
                    ConfabdPasswords *passwords,
                    ConfabdAudit *audit)
{
  ConfabdPeople *self = g_object_new (CONFABD_TYPE_PEOPLE, NULL);

  self->store = g_object_ref (store);
  self->clock = g_object_ref (clock);
  self->sessions = g_object_ref (sessions);
  self->passwords = g_object_ref (passwords);
  self->audit = g_object_ref (audit);
  return self;
}

/* What is asked for */

static void
ask_free (ConfabdPeopleAsk *self)
{
  g_clear_pointer (&self->principal, confabd_principal_unref);
  g_free (self->user_id);
  confabd_members_wipe (self->secret);
  g_clear_pointer (&self->changed, confab_profile_unref);
  g_free (self);
}

/* The one who asks, and about whom. */
GTask *
confabd_people_task_new (ConfabdPeople *self,
                         ConfabdPrincipal *principal,
                         const char *user_id,
                         gpointer source_tag,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  ConfabdPeopleAsk *ask = g_new0 (ConfabdPeopleAsk, 1);

  g_task_set_source_tag (task, source_tag);
  ask->principal = principal != NULL ? confabd_principal_ref (principal) : NULL;
  ask->user_id = g_strdup (user_id);
  g_task_set_task_data (task, ask, (GDestroyNotify) ask_free);
  return task;
}

gpointer
confabd_people_propagate (ConfabdPeople *self,
                          GAsyncResult *result,
                          gpointer source_tag,
                          GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, source_tag), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
confabd_people_note (ConfabdPeople *self,
                     ConfabdAuditAction action,
                     ConfabdPrincipal *principal,
                     const char *target,
                     const char *detail)
{
  const ConfabdAuditNote note = {
    .action = action,
    .principal = principal,
    .target = target,
    .is_success = TRUE,
    .detail = detail,
  };

  confabd_audit_write (self->audit, &note);
}

static const char *
id_of (ConfabdPrincipal *principal)
{
  return confab_user_get_id (confabd_principal_get_user (principal));
}

/* Reading one */

static void
on_got (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (ConfabdAccount) account =
      confabd_store_find_user_finish (CONFABD_STORE (object), result, &error);

  if (account == NULL) {
    g_task_return_error (task, error != NULL
                                   ? error
                                   : g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND,
                                                          "There is no such user"));
    return;
  }
  g_task_return_pointer (task, confab_profile_ref (account->profile),
                         (GDestroyNotify) confab_profile_unref);
}

/**
 * confabd_people_get_async:
 * @user_id: whose
 *
 * Reads somebody's profile.
 */
void
confabd_people_get_async (ConfabdPeople *self,
                          const char *user_id,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task =
      confabd_people_task_new (self, NULL, user_id, confabd_people_get_async, callback, user_data);

  confabd_store_find_user_async (self->store, CONFABD_USER_BY_ID, user_id, NULL, on_got, task);
}

/**
 * confabd_people_get_finish:
 *
 * Returns: (transfer full): the profile; %NULL with %CONFAB_ERROR_NOT_FOUND
 */
ConfabProfile *
confabd_people_get_finish (ConfabdPeople *self, GAsyncResult *result, GError **error)
{
  return confabd_people_propagate (self, result, confabd_people_get_async, error);
}

/* Changing oneself */

static void
on_changed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdPeople *self = g_task_get_source_object (task);
  ConfabdPeopleAsk *ask = g_task_get_task_data (task);
  GError *error = NULL;
  ConfabProfile *profile =
      confabd_store_change_user_finish (CONFABD_STORE (object), result, &error);

  if (profile == NULL) {
    g_task_return_error (task, error);
    return;
  }
  confabd_people_note (self, CONFABD_AUDIT_PROFILE_CHANGED, ask->principal, ask->user_id, NULL);
  g_task_return_pointer (task, profile, (GDestroyNotify) confab_profile_unref);
}

static gboolean
check_change (const ConfabdUserChange *change, char **display_name, GError **error)
{
  if ((change->members & CONFABD_USER_DISPLAY_NAME) != 0) {
    *display_name = confabd_accounts_dup_name (change->display_name, error);
    if (*display_name == NULL) {
      return FALSE;
    }
  }
  return confabd_profile_check_email (change->email, error) &&
         confabd_profile_check_avatar_url (change->avatar_url, error) &&
         confabd_profile_check_time_zone (change->time_zone, error) &&
         confabd_profile_check_locale (change->locale, error);
}

/* Whoever gets the letters gets the account, by a link to set another password: no API key says
 * where they go. */
static gboolean
check_right (ConfabdPrincipal *principal, const ConfabdUserChange *change, GError **error)
{
  return (change->members & CONFABD_USER_EMAIL) == 0 ||
         confabd_principal_check (principal, CONFAB_PERMISSION_MANAGE_ACCOUNT, error);
}

/**
 * confabd_people_change_async:
 * @principal: who
 * @change: what they say of themselves now; a new address is to be verified, and no API key may
 *   say one
 *
 * Changes one's own profile.
 */
void
confabd_people_change_async (ConfabdPeople *self,
                             ConfabdPrincipal *principal,
                             const ConfabdUserChange *change,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = confabd_people_task_new (
      self, principal, id_of (principal), confabd_people_change_async, callback, user_data);
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autofree char *display_name = NULL;
  ConfabdUserChange checked = *change;
  GError *error = NULL;

  if (!check_right (principal, change, &error) || !check_change (change, &display_name, &error)) {
    g_task_return_error (task, error);
    return;
  }
  checked.display_name = display_name;
  confabd_store_change_user_async (self->store, id_of (principal), &checked, now, NULL, on_changed,
                                   g_steal_pointer (&task));
}

/**
 * confabd_people_change_finish:
 *
 * Fails with %CONFAB_ERROR_BAD_REQUEST, and with %CONFAB_ERROR_NOT_ALLOWED for an address by API
 * key.
 *
 * Returns: (transfer full): the profile now
 */
ConfabProfile *
confabd_people_change_finish (ConfabdPeople *self, GAsyncResult *result, GError **error)
{
  return confabd_people_propagate (self, result, confabd_people_change_async, error);
}

/* Leaving */

static void
on_deleted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdPeople *self = g_task_get_source_object (task);
  ConfabdPeopleAsk *ask = g_task_get_task_data (task);
  GError *error = NULL;

  if (!confabd_store_delete_user_finish (CONFABD_STORE (object), result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  confabd_people_note (self, CONFABD_AUDIT_USER_DELETED, ask->principal, ask->user_id, NULL);
  g_signal_emit_by_name (self, "shut-out", ask->user_id);
  g_task_return_boolean (task, TRUE);
}

/* Their sessions first: what was signed before lets nobody in, though nothing is kept of it. */
static void
on_signed_out (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdPeople *self = g_task_get_source_object (task);
  ConfabdPeopleAsk *ask = g_task_get_task_data (task);
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  GError *error = NULL;

  if (!confabd_sessions_revoke_all_finish (CONFABD_SESSIONS (object), result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  confabd_store_delete_user_async (self->store, ask->user_id, now, NULL, on_deleted,
                                   g_steal_pointer (&task));
}

static void
on_password_checked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdPeople *self = g_task_get_source_object (task);
  ConfabdPeopleAsk *ask = g_task_get_task_data (task);
  GError *error = NULL;

  if (!confabd_passwords_check_finish (CONFABD_PASSWORDS (object), result, NULL, &error)) {
    if (error == NULL) {
      g_set_error_literal (&error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED, "The password is wrong");
    }
    g_task_return_error (task, error);
    return;
  }
  confabd_sessions_revoke_all_async (self->sessions, ask->user_id, NULL, "deleted", NULL,
                                     on_signed_out, g_steal_pointer (&task));
}

static gboolean
can_leave (const ConfabdAccount *account, GError **error)
{
  if (account == NULL) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND, "There is no such user");
    return FALSE;
  }
  if (confab_user_get_role (confab_profile_get_user (account->profile)) == CONFAB_USER_ROLE_OWNER) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT,
                         "The last owner stays: make somebody else the owner first");
    return FALSE;
  }
  return TRUE;
}

static void
on_leaving (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdPeople *self = g_task_get_source_object (task);
  ConfabdPeopleAsk *ask = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (ConfabdAccount) account =
      confabd_store_find_user_finish (CONFABD_STORE (object), result, &error);

  if (error != NULL || !can_leave (account, &error)) {
    g_task_return_error (task, error);
  } else if (account->password_hash != NULL) {
    confabd_passwords_check_async (self->passwords, account->password_hash,
                                   ask->secret != NULL ? ask->secret : "", NULL,
                                   on_password_checked, g_steal_pointer (&task));
  } else {
    confabd_sessions_revoke_all_async (self->sessions, ask->user_id, NULL, "deleted", NULL,
                                       on_signed_out, g_steal_pointer (&task));
  }
}

/**
 * confabd_people_delete_async:
 * @principal: who leaves
 * @password: (nullable): theirs, when they have one
 *
 * Deletes one's own account.
 */
void
confabd_people_delete_async (ConfabdPeople *self,
                             ConfabdPrincipal *principal,
                             const char *password,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = confabd_people_task_new (self, principal, id_of (principal),
                                         confabd_people_delete_async, callback, user_data);
  ConfabdPeopleAsk *ask = g_task_get_task_data (task);

  ask->secret = password != NULL ? confabd_members_dup_password (password) : NULL;
  confabd_store_find_user_async (self->store, CONFABD_USER_BY_ID, ask->user_id, NULL, on_leaving,
                                 task);
}

/**
 * confabd_people_delete_finish:
 *
 * Fails with %CONFAB_ERROR_NOT_ALLOWED for a wrong password, and with %CONFAB_ERROR_CONFLICT for
 * the owner.
 *
 * Returns: whether they are gone
 */
gboolean
confabd_people_delete_finish (ConfabdPeople *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, confabd_people_delete_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* All that is kept of one */

static void
on_exported (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdPeople *self = g_task_get_source_object (task);
  ConfabdPeopleAsk *ask = g_task_get_task_data (task);
  GError *error = NULL;
  ConfabdExport *export_ =
      confabd_store_export_user_finish (CONFABD_STORE (object), result, &error);

  if (export_ == NULL) {
    g_task_return_error (task, error);
    return;
  }
  confabd_people_note (self, CONFABD_AUDIT_EXPORTED, ask->principal, ask->user_id, NULL);
  g_task_return_pointer (task, export_, (GDestroyNotify) confabd_export_free);
}

/**
 * confabd_people_export_async:
 * @principal: who
 *
 * Gathers all that is kept of somebody, for them.
 */
void
confabd_people_export_async (ConfabdPeople *self,
                             ConfabdPrincipal *principal,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = confabd_people_task_new (self, principal, id_of (principal),
                                         confabd_people_export_async, callback, user_data);

  confabd_store_export_user_async (self->store, id_of (principal), NULL, on_exported, task);
}

/**
 * confabd_people_export_finish:
 *
 * Returns: (transfer full): all of it
 */
ConfabdExport *
confabd_people_export_finish (ConfabdPeople *self, GAsyncResult *result, GError **error)
{
  return confabd_people_propagate (self, result, confabd_people_export_async, error);
}
