/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-members"

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confabd-members-private.h"
#include "confabd-store-users.h"

/**
 * ConfabdMembers:
 *
 * How people with an account come in: by password, by registering, by what another house says of
 * them; and what they do about passwords that they forgot.
 */
G_DEFINE_FINAL_TYPE (ConfabdMembers, confabd_members, G_TYPE_OBJECT)

static void
confabd_members_finalize (GObject *object)
{
  ConfabdMembers *self = CONFABD_MEMBERS (object);

  g_clear_object (&self->parts.store);
  g_clear_object (&self->parts.clock);
  g_clear_object (&self->parts.sessions);
  g_clear_object (&self->parts.passwords);
  g_clear_object (&self->parts.audit);
  g_clear_object (&self->parts.brake);
  g_clear_object (&self->parts.mail);
  g_free ((char *) self->parts.base_url);

  G_OBJECT_CLASS (confabd_members_parent_class)->finalize (object);
}

static void
confabd_members_class_init (ConfabdMembersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_members_finalize;
}

static void
confabd_members_init (ConfabdMembers *self)
{
}

/**
 * confabd_members_new:
 * @parts: what they need; copied
 *
 * Returns: (transfer full): the members
 */
ConfabdMembers *
confabd_members_new (const ConfabdMembersParts *parts)
{
  ConfabdMembers *self = g_object_new (CONFABD_TYPE_MEMBERS, NULL);

  self->parts = *parts;
  g_object_ref (parts->store);
  g_object_ref (parts->clock);
  g_object_ref (parts->sessions);
  g_object_ref (parts->passwords);
  g_object_ref (parts->audit);
  g_object_ref (parts->brake);
  g_object_ref (parts->mail);
  self->parts.base_url = g_strdup (parts->base_url);
  return self;
}

/* What all of it needs */

ConfabdDoor
confabd_door_copy (const ConfabdSessionRequest *request)
{
  ConfabdDoor door = { *request };

  door.request.device_name = g_strdup (request->device_name);
  door.request.address = g_strdup (request->address);
  return door;
}

void
confabd_door_clear (ConfabdDoor *self)
{
  g_free ((char *) self->request.device_name);
  g_free ((char *) self->request.address);
}

char *
confabd_members_hash (const char *secret)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, secret, -1);
}

/* One way to write a letter, whatever the keyboard (RFC 8265 §4.2.2). */
char *
confabd_members_dup_password (const char *password)
{
  char *composed = g_utf8_normalize (password, -1, G_NORMALIZE_DEFAULT_COMPOSE);

  return composed != NULL ? composed : g_strdup (password);
}

void
confabd_members_wipe (char *password)
{
  if (password != NULL) {
    explicit_bzero (password, strlen (password));
    g_free (password);
  }
}

void
confabd_members_note (ConfabdMembers *self,
                      ConfabdAuditAction action,
                      ConfabUser *user,
                      const char *actor,
                      const char *address,
                      gboolean is_success,
                      const char *detail)
{
  const ConfabdAuditNote note = {
    .action = action,
    .user = user,
    .actor = actor,
    .target = user != NULL ? confab_user_get_id (user) : NULL,
    .address = address,
    .is_success = is_success,
    .detail = detail,
  };

  confabd_audit_write (self->parts.audit, &note);
}

static void
on_opened (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  ConfabdGrant *grant = confabd_sessions_open_finish (CONFABD_SESSIONS (object), result, &error);

  if (grant == NULL) {
    g_task_return_error (task, error);
    return;
  }
  g_task_return_pointer (task, grant, (GDestroyNotify) confabd_grant_free);
}

void
confabd_members_open (ConfabdMembers *self,
                      ConfabUser *user,
                      const ConfabdSessionRequest *request,
                      GTask *task)
{
  confabd_sessions_open_async (self->parts.sessions, user, request, NULL, on_opened, task);
}

static void
on_ended (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!confabd_sessions_revoke_all_finish (CONFABD_SESSIONS (object), result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  g_task_return_boolean (task, TRUE);
}

void
confabd_members_end_sessions (ConfabdMembers *self,
                              const char *user_id,
                              const char *except_id,
                              const char *reason,
                              GTask *task)
{
  confabd_sessions_revoke_all_async (self->parts.sessions, user_id, except_id, reason, NULL,
                                     on_ended, task);
}

/* Logging in */

typedef struct {
  char *login;       /* (owned) */
  char *password;    /* (owned) wiped */
  char *address_key; /* (owned) */
  ConfabdDoor door;
  ConfabdAccount *account; /* (owned) (nullable) */
  char *better_hash;       /* (owned) (nullable) */
  ConfabdGrant *grant;     /* (owned) (nullable) until they are in */
} LogIn;

static void
log_in_free (LogIn *self)
{
  g_free (self->login);
  g_free (self->address_key);
  confabd_members_wipe (self->password);
  confabd_door_clear (&self->door);
  g_clear_pointer (&self->account, confabd_account_free);
  g_free (self->better_hash);
  g_clear_pointer (&self->grant, confabd_grant_free);
  g_free (self);
}

/* One sentence for a wrong name and a wrong password. */
static void
refuse_log_in (GTask *task)
{
  ConfabdMembers *self = g_task_get_source_object (task);
  LogIn *log_in = g_task_get_task_data (task);
  ConfabUser *user =
      log_in->account != NULL ? confab_profile_get_user (log_in->account->profile) : NULL;

  confabd_brake_note_failure (self->parts.brake, log_in->login, log_in->address_key);
  /* Some type a password where the name belongs. */
  confabd_members_note (self, CONFABD_AUDIT_LOGIN_FAILED, user,
                        user == NULL ? "somebody unknown" : NULL, log_in->door.request.address,
                        FALSE, NULL);
  g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED,
                           "The name or the password is wrong");
}

static void
answer (GTask *task)
{
  LogIn *log_in = g_task_get_task_data (task);

  g_task_return_pointer (task, g_steal_pointer (&log_in->grant),
                         (GDestroyNotify) confabd_grant_free);
}

/* When that fails, another one comes next time. */
static void
on_improved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabProfile) profile =
      confabd_store_change_user_finish (CONFABD_STORE (object), result, &error);

  if (profile == NULL) {
    g_message ("A password keeps its old hash for now: %s", error->message);
  }
  answer (task);
}

/* Takes @task over. */
static void
improve (GTask *task)
{
  ConfabdMembers *self = g_task_get_source_object (task);
  LogIn *log_in = g_task_get_task_data (task);
  const char *id = confab_user_get_id (log_in->grant->user);
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->parts.clock);
  const ConfabdUserChange change = {
    .members = CONFABD_USER_BETTER_HASH,
    .password_hash = log_in->better_hash,
    .old_hash = log_in->account->password_hash,
  };

  confabd_store_change_user_async (self->parts.store, id, &change, now, NULL, on_improved, task);
}

static void
on_let_in (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdMembers *self = g_task_get_source_object (task);
  LogIn *log_in = g_task_get_task_data (task);
  GError *error = NULL;

  log_in->grant = confabd_sessions_open_finish (CONFABD_SESSIONS (object), result, &error);
  if (log_in->grant == NULL) {
    g_task_return_error (task, error);
    return;
  }
  confabd_brake_note_success (self->parts.brake, log_in->login, log_in->address_key);
  confabd_members_note (self, CONFABD_AUDIT_LOGIN, log_in->grant->user, NULL,
                        log_in->door.request.address, TRUE, NULL);
  if (log_in->better_hash != NULL) {
    improve (g_steal_pointer (&task));
  } else {
    answer (task);
  }
}

static void
let_in (GTask *task)
{
  ConfabdMembers *self = g_task_get_source_object (task);
  LogIn *log_in = g_task_get_task_data (task);
  ConfabdSessionRequest request = log_in->door.request;

  request.password_hash = log_in->account->password_hash;
  confabd_sessions_open_async (self->parts.sessions,
                               confab_profile_get_user (log_in->account->profile), &request, NULL,
                               on_let_in, task);
}

static void
on_checked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  LogIn *log_in = g_task_get_task_data (task);
  GError *error = NULL;
  gboolean is_right = confabd_passwords_check_finish (CONFABD_PASSWORDS (object), result,
                                                      &log_in->better_hash, &error);

  if (error != NULL) {
    g_task_return_error (task, error);
  } else if (!is_right) {
    refuse_log_in (task);
  } else if (confab_profile_get_fields (log_in->account->profile)->disabled_at != NULL) {
    /* Told only to who has the password. */
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                             "The account is disabled");
  } else {
    let_in (g_steal_pointer (&task));
  }
}

static void
on_found (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdMembers *self = g_task_get_source_object (task);
  LogIn *log_in = g_task_get_task_data (task);
  GError *error = NULL;

  log_in->account = confabd_store_find_user_finish (CONFABD_STORE (object), result, &error);
  if (error != NULL) {
    g_task_return_error (task, error);
    return;
  }
  confabd_passwords_check_async (self->parts.passwords,
                                 log_in->account != NULL ? log_in->account->password_hash : NULL,
                                 log_in->password, NULL, on_checked, g_steal_pointer (&task));
}

static gboolean
on_waited (gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdMembers *self = g_task_get_source_object (task);
  LogIn *log_in = g_task_get_task_data (task);

  confabd_store_find_user_async (self->parts.store, CONFABD_USER_BY_LOGIN, log_in->login, NULL,
                                 on_found, g_steal_pointer (&task));
  return G_SOURCE_REMOVE;
}

/**
 * confabd_members_log_in_async:
 * @login: a login name, or an address that was proved
 * @password: what goes with it
 * @address_key: where they come from, as it is counted
 * @request: on what they sign in
 *
 * Signs somebody in. A name that nobody has takes as much work as one that somebody has; after
 * failures both wait.
 */
void
confabd_members_log_in_async (ConfabdMembers *self,
                              const char *login,
                              const char *password,
                              const char *address_key,
                              const ConfabdSessionRequest *request,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  LogIn *log_in = g_new0 (LogIn, 1);
  guint delay_ms = 0;
  GError *error = NULL;

  g_task_set_source_tag (task, confabd_members_log_in_async);
  log_in->login = g_strdup (login);
  log_in->password = confabd_members_dup_password (password);
  log_in->address_key = g_strdup (address_key);
  log_in->door = confabd_door_copy (request);
  g_task_set_task_data (task, log_in, (GDestroyNotify) log_in_free);
  if (!confabd_brake_check (self->parts.brake, login, address_key, &delay_ms, &error)) {
    g_task_return_error (task, error);
  } else if (delay_ms == 0) {
    on_waited (g_steal_pointer (&task));
  } else {
    g_timeout_add (delay_ms, on_waited, g_steal_pointer (&task));
  }
}

/**
 * confabd_members_log_in_finish:
 *
 * Fails with %CONFAB_ERROR_NOT_AUTHENTICATED for a wrong name or password, with
 * %CONFAB_ERROR_NOT_ALLOWED for a disabled account, with %CONFAB_ERROR_TOO_MANY after too many
 * failures, and with %CONFAB_ERROR_UNAVAILABLE when too many sign in.
 *
 * Returns: (transfer full): what they get
 */
ConfabdGrant *
confabd_members_log_in_finish (ConfabdMembers *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, confabd_members_log_in_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
