/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-people"

#include "config.h"

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-members-private.h"
#include "confabd-people-private.h"

/* Looking for people, changing what they may, and inviting more. */

/* Searching */

static void
on_searched (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  ConfabdUserPage *page =
      confabd_store_search_users_finish (CONFABD_STORE (object), result, &error);

  if (page == NULL) {
    g_task_return_error (task, error);
    return;
  }
  g_task_return_pointer (task, page, (GDestroyNotify) confabd_user_page_free);
}

/**
 * confabd_people_search_async:
 * @query: whom; its prefix is as somebody typed it
 *
 * Looks for people by the beginning of a name.
 */
void
confabd_people_search_async (ConfabdPeople *self,
                             const ConfabdUserQuery *query,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task =
      confabd_people_task_new (self, NULL, NULL, confabd_people_search_async, callback, user_data);
  g_autofree char *prefix = confabd_user_name_fold (query->prefix);
  ConfabdUserQuery folded = *query;

  folded.prefix = prefix;
  confabd_store_search_users_async (self->store, &folded, NULL, on_searched, task);
}

/**
 * confabd_people_search_finish:
 *
 * Returns: (transfer full): a page
 */
ConfabdUserPage *
confabd_people_search_finish (ConfabdPeople *self, GAsyncResult *result, GError **error)
{
  return confabd_people_propagate (self, result, confabd_people_search_async, error);
}

/* Administering */

static void
note_changes (ConfabdPeople *self, const ConfabdPeopleAsk *ask)
{
  ConfabUserRole role = confab_user_get_role (confab_profile_get_user (ask->changed));

  if (role != ask->role_before) {
    confabd_people_note (self, CONFABD_AUDIT_ROLE_CHANGED, ask->principal, ask->user_id,
                         confab_user_role_to_string (role));
  }
  if ((ask->change.members & CONFABD_USER_DISABLED) != 0) {
    confabd_people_note (
        self, ask->change.is_disabled ? CONFABD_AUDIT_USER_DISABLED : CONFABD_AUDIT_USER_ENABLED,
        ask->principal, ask->user_id, NULL);
  }
  if ((ask->change.members & CONFABD_USER_DISABLED) != 0 && ask->change.is_disabled) {
    g_signal_emit_by_name (self, "shut-out", ask->user_id);
  }
}

static void
on_ended (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdPeopleAsk *ask = g_task_get_task_data (task);
  GError *error = NULL;

  if (!confabd_sessions_revoke_all_finish (CONFABD_SESSIONS (object), result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  g_task_return_pointer (task, g_steal_pointer (&ask->changed),
                         (GDestroyNotify) confab_profile_unref);
}

/* Tokens say the role for up to an hour: who may do less signs in anew. */
static const char *
find_whose_sessions_end (const ConfabdPeopleAsk *ask)
{
  ConfabUserRole role = confab_user_get_role (confab_profile_get_user (ask->changed));

  if (role == CONFAB_USER_ROLE_OWNER && ask->role_before != CONFAB_USER_ROLE_OWNER) {
    return confab_user_get_id (confabd_principal_get_user (ask->principal));
  }
  return role < ask->role_before ||
                 ((ask->change.members & CONFABD_USER_DISABLED) != 0 && ask->change.is_disabled)
             ? ask->user_id
             : NULL;
}

static void
on_administered (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdPeople *self = g_task_get_source_object (task);
  ConfabdPeopleAsk *ask = g_task_get_task_data (task);
  GError *error = NULL;
  const char *whose = NULL;

  ask->changed = confabd_store_change_user_finish (CONFABD_STORE (object), result, &error);
  if (ask->changed == NULL) {
    g_task_return_error (task, error);
    return;
  }
  note_changes (self, ask);
  whose = find_whose_sessions_end (ask);
  if (whose == NULL) {
    g_task_return_pointer (task, g_steal_pointer (&ask->changed),
                           (GDestroyNotify) confab_profile_unref);
    return;
  }
  confabd_sessions_revoke_all_async (self->sessions, whose, NULL, "role", NULL, on_ended,
                                     g_steal_pointer (&task));
}

/* Administrators look after members. What stands above those is the owner's to give and to take. */
static gboolean
check_rank (const ConfabdPeopleAsk *ask, ConfabUserRole role, GError **error)
{
  gboolean is_above =
      role > CONFAB_USER_ROLE_MEMBER || ((ask->change.members & CONFABD_USER_ROLE) != 0 &&
                                         ask->change.role > CONFAB_USER_ROLE_MEMBER);

  if (role == CONFAB_USER_ROLE_GUEST || ((ask->change.members & CONFABD_USER_ROLE) != 0 &&
                                         ask->change.role == CONFAB_USER_ROLE_GUEST)) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                         "A guest has no account, and nobody becomes one");
    return FALSE;
  }
  return !is_above ||
         confabd_principal_check (ask->principal, CONFAB_PERMISSION_APPOINT_ADMINS, error);
}

static void
on_found (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdPeople *self = g_task_get_source_object (task);
  ConfabdPeopleAsk *ask = g_task_get_task_data (task);
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  GError *error = NULL;
  g_autoptr (ConfabdAccount) account =
      confabd_store_find_user_finish (CONFABD_STORE (object), result, &error);

  if (account == NULL && error == NULL) {
    g_set_error_literal (&error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND, "There is no such user");
  }
  if (error == NULL) {
    ask->role_before = confab_user_get_role (confab_profile_get_user (account->profile));
    check_rank (ask, ask->role_before, &error);
  }
  if (error != NULL) {
    g_task_return_error (task, error);
    return;
  }
  ask->change.members |= CONFABD_USER_IF_ROLE; /* the rank is that of this role */
  ask->change.old_role = ask->role_before;
  confabd_store_change_user_async (self->store, ask->user_id, &ask->change, now, NULL,
                                   on_administered, g_steal_pointer (&task));
}

/**
 * confabd_people_administer_async:
 * @principal: who looks after accounts
 * @user_id: whose
 * @change: of role, and of who is disabled
 *
 * Changes what somebody may.
 */
void
confabd_people_administer_async (ConfabdPeople *self,
                                 ConfabdPrincipal *principal,
                                 const char *user_id,
                                 const ConfabdUserChange *change,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task = confabd_people_task_new (self, principal, user_id, confabd_people_administer_async,
                                         callback, user_data);
  ConfabdPeopleAsk *ask = g_task_get_task_data (task);

  ask->change.members = change->members & (CONFABD_USER_ROLE | CONFABD_USER_DISABLED);
  ask->change.role = change->role;
  ask->change.is_disabled = change->is_disabled;
  confabd_store_find_user_async (self->store, CONFABD_USER_BY_ID, user_id, NULL, on_found, task);
}

/**
 * confabd_people_administer_finish:
 *
 * Fails with %CONFAB_ERROR_NOT_FOUND, with %CONFAB_ERROR_NOT_ALLOWED for who stands too high, and
 * with %CONFAB_ERROR_CONFLICT when there would be no owner.
 *
 * Returns: (transfer full): the profile now
 */
ConfabProfile *
confabd_people_administer_finish (ConfabdPeople *self, GAsyncResult *result, GError **error)
{
  return confabd_people_propagate (self, result, confabd_people_administer_async, error);
}

/* Inviting */

static void
on_invited (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdPeople *self = g_task_get_source_object (task);
  ConfabdPeopleAsk *ask = g_task_get_task_data (task);
  GError *error = NULL;
  ConfabdRegistrationInvite *invite =
      confabd_store_add_registration_invite_finish (CONFABD_STORE (object), result, &error);

  if (invite == NULL) {
    g_task_return_error (task, error);
    return;
  }
  confabd_people_note (self, CONFABD_AUDIT_INVITE_CREATED, ask->principal, invite->id,
                       confab_user_role_to_string (invite->role));
  g_task_return_pointer (task, invite, (GDestroyNotify) confabd_registration_invite_free);
}

static ConfabdRegistrationInvite *
make_invite (ConfabdPeople *self,
             ConfabdPrincipal *principal,
             ConfabUserRole role,
             int uses,
             GDateTime *expires_at)
{
  ConfabdRegistrationInvite *invite = g_new0 (ConfabdRegistrationInvite, 1);

  invite->id = confab_id_new ();
  invite->made_by = g_strdup (confab_user_get_id (confabd_principal_get_user (principal)));
  invite->role = role;
  invite->uses_left = uses;
  invite->created_at = confab_clock_dup_now (self->clock);
  invite->expires_at = expires_at != NULL ? g_date_time_ref (expires_at) : NULL;
  return invite;
}

/**
 * confabd_people_invite_async:
 * @principal: who invites
 * @role: what the invited become: members; by the owner also administrators
 * @uses: how many, 1 or more; -1 for any number
 * @expires_at: (nullable): until when
 *
 * Makes an invitation to register.
 */
void
confabd_people_invite_async (ConfabdPeople *self,
                             ConfabdPrincipal *principal,
                             ConfabUserRole role,
                             int uses,
                             GDateTime *expires_at,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = confabd_people_task_new (
      self, principal, NULL, confabd_people_invite_async, callback, user_data);
  ConfabdPeopleAsk *ask = g_task_get_task_data (task);
  g_autofree char *hash = NULL;
  GError *error = NULL;

  if (role > CONFAB_USER_ROLE_MEMBER &&
      !confabd_principal_check (principal, CONFAB_PERMISSION_APPOINT_ADMINS, &error)) {
    g_task_return_error (task, error);
    return;
  }
  ask->secret = confab_secret_new ();
  hash = confabd_members_hash (ask->secret);
  confabd_store_add_registration_invite_async (
      self->store, make_invite (self, principal, role, uses, expires_at), hash, NULL, on_invited,
      g_steal_pointer (&task));
}

/**
 * confabd_people_invite_finish:
 * @secret: (out) (transfer full): for the invited; kept nowhere
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the invitation; %NULL with %CONFAB_ERROR_NOT_ALLOWED
 */
ConfabdRegistrationInvite *
confabd_people_invite_finish (ConfabdPeople *self,
                              GAsyncResult *result,
                              char **secret,
                              GError **error)
{
  ConfabdPeopleAsk *ask = g_task_get_task_data (G_TASK (result));
  ConfabdRegistrationInvite *invite =
      confabd_people_propagate (self, result, confabd_people_invite_async, error);

  if (invite != NULL) {
    *secret = g_steal_pointer (&ask->secret);
  }
  return invite;
}

static void
on_listed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GPtrArray *invites =
      confabd_store_list_registration_invites_finish (CONFABD_STORE (object), result, &error);

  if (invites == NULL) {
    g_task_return_error (task, error);
    return;
  }
  g_task_return_pointer (task, invites, (GDestroyNotify) g_ptr_array_unref);
}

/**
 * confabd_people_list_invites_async:
 * @after_id: (nullable): the last one of the page before
 * @limit: how many at most
 *
 * Lists the invitations to register that nobody took back.
 */
void
confabd_people_list_invites_async (ConfabdPeople *self,
                                   const char *after_id,
                                   guint limit,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  GTask *task = confabd_people_task_new (self, NULL, NULL, confabd_people_list_invites_async,
                                         callback, user_data);

  confabd_store_list_registration_invites_async (self->store, after_id, limit, NULL, on_listed,
                                                 task);
}

/**
 * confabd_people_list_invites_finish:
 *
 * Returns: (transfer full) (element-type ConfabdRegistrationInvite): a page
 */
GPtrArray *
confabd_people_list_invites_finish (ConfabdPeople *self, GAsyncResult *result, GError **error)
{
  return confabd_people_propagate (self, result, confabd_people_list_invites_async, error);
}

static void
on_revoked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdPeople *self = g_task_get_source_object (task);
  ConfabdPeopleAsk *ask = g_task_get_task_data (task);
  GError *error = NULL;

  if (!confabd_store_revoke_registration_invite_finish (CONFABD_STORE (object), result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  confabd_people_note (self, CONFABD_AUDIT_INVITE_REVOKED, ask->principal, ask->user_id, NULL);
  g_task_return_boolean (task, TRUE);
}

/**
 * confabd_people_revoke_invite_async:
 * @principal: who
 * @id: of an invitation to register
 *
 * Takes an invitation back.
 */
void
confabd_people_revoke_invite_async (ConfabdPeople *self,
                                    ConfabdPrincipal *principal,
                                    const char *id,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  GTask *task = confabd_people_task_new (self, principal, id, confabd_people_revoke_invite_async,
                                         callback, user_data);
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);

  confabd_store_revoke_registration_invite_async (self->store, id, now, NULL, on_revoked, task);
}

/**
 * confabd_people_revoke_invite_finish:
 *
 * Returns: whether it was good until now; else with %CONFAB_ERROR_NOT_FOUND
 */
gboolean
confabd_people_revoke_invite_finish (ConfabdPeople *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, confabd_people_revoke_invite_async),
                        FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
