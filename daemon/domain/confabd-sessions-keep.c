/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-sessions"

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-label-private.h"
#include "confabd-sessions-private.h"

#define PLAIN_US          (7 * G_TIME_SPAN_DAY)
#define TRUSTED_US        (30 * G_TIME_SPAN_DAY)
#define REPEAT_US         (60 * G_TIME_SPAN_SECOND) /* a client waits 15 s, and tries at once again */
#define REFRESH_PREFIX    "cfr_"
#define MAX_REFRESH_BYTES 64

/* Sessions that are kept: how one begins, and how it goes on. */

/* What a grant waits for. */
typedef struct {
  ConfabdGrant *grant; /* (owned) (nullable) */
  char *refresh_token; /* (owned) (nullable) the next one */
  char *address;       /* (owned) (nullable) */
} Pending;

static void
pending_free (Pending *self)
{
  g_clear_pointer (&self->grant, confabd_grant_free);
  g_free (self->refresh_token);
  g_free (self->address);
  g_free (self);
}

static char *
hash_of (const char *secret)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, secret, -1);
}

static char *
make_refresh_token (void)
{
  g_autofree char *secret = confab_secret_new ();

  return g_strconcat (REFRESH_PREFIX, secret, NULL);
}

static ConfabdGrant *
grant_session (ConfabdSessions *self,
               ConfabUser *user,
               ConfabdSession *session,
               const char *refresh_token)
{
  ConfabdGrant *grant = confabd_sessions_make_grant (self, CONFABD_PRINCIPAL_SESSION, user,
                                                     session->id, CONFABD_SESSIONS_TOKEN_S);

  grant->session = confabd_session_ref (session);
  grant->refresh_token = g_strdup (refresh_token);
  grant->refresh_expires_at = g_date_time_ref (session->expires_at);
  return grant;
}

/* Opening */

static ConfabdSession *
make_session (ConfabdSessions *self,
              ConfabUser *user,
              const ConfabdSessionRequest *request,
              GError **error)
{
  static const char *const fallbacks[] = { "App", "Browser" };
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autoptr (GDateTime) expires_at =
      g_date_time_add (now, request->is_trusted ? TRUSTED_US : PLAIN_US);
  g_autofree char *id = confab_id_new ();
  g_autofree char *label = confabd_label_normalize (
      request->device_name != NULL ? request->device_name : "", CONFABD_SESSIONS_DEVICE_CHARS);
  const ConfabdSession fields = {
    .id = id,
    .user_id = (char *) confab_user_get_id (user),
    .device_name = (char *) (label != NULL && *label != '\0' ? label : fallbacks[request->kind]),
    .kind = request->kind,
    .is_trusted = request->is_trusted,
    .created_at = now,
    .last_seen_at = now,
    .expires_at = expires_at,
  };

  if (label == NULL) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                 "The name of a device has at most %d characters, in one line",
                 CONFABD_SESSIONS_DEVICE_CHARS);
    return NULL;
  }
  return confabd_session_new (&fields);
}

static void
on_opened (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdSessions *self = g_task_get_source_object (task);
  g_autoptr (GPtrArray) surplus = NULL;
  Pending *pending = NULL;
  GError *error = NULL;

  surplus = confabd_store_add_session_finish (CONFABD_STORE (object), result, &error);
  if (surplus == NULL) {
    g_task_return_error (task, error);
    return;
  }
  confabd_sessions_note_all_revoked (self, surplus);
  pending = g_task_get_task_data (task);
  g_task_return_pointer (task, g_steal_pointer (&pending->grant),
                         (GDestroyNotify) confabd_grant_free);
}

/**
 * confabd_sessions_open_async:
 * @user: who, in the store already; whoever calls this has made sure of it
 * @request: how they want to be signed in
 *
 * Signs @user in on a device. Finishes with %CONFAB_ERROR_BAD_REQUEST for a name of a device that
 * is none, and as confabd_store_add_session_finish() does for who may not come in any more.
 */
void
confabd_sessions_open_async (ConfabdSessions *self,
                             ConfabUser *user,
                             const ConfabdSessionRequest *request,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (ConfabdSession) session = NULL;
  g_autofree char *refresh_token = NULL;
  g_autofree char *hash = NULL;
  Pending *pending = NULL;
  ConfabdSessionOpening opening;
  GError *error = NULL;

  g_return_if_fail (CONFABD_IS_SESSIONS (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confabd_sessions_open_async);
  session = make_session (self, user, request, &error);
  if (session == NULL) {
    g_task_return_error (task, error);
    return;
  }
  refresh_token = make_refresh_token ();
  hash = hash_of (refresh_token);
  pending = g_new0 (Pending, 1);
  pending->grant = grant_session (self, user, session, refresh_token);
  g_task_set_task_data (task, pending, (GDestroyNotify) pending_free);
  opening =
      (ConfabdSessionOpening){ session, user, request->address, hash, request->password_hash };
  confabd_store_add_session_async (self->store, &opening, cancellable, on_opened,
                                   g_steal_pointer (&task));
}

/**
 * confabd_sessions_open_finish:
 * @error: return location for a #GError
 *
 * Returns: (transfer full): what they get
 */
ConfabdGrant *
confabd_sessions_open_finish (ConfabdSessions *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, confabd_sessions_open_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Refreshing */

static GError *
make_refusal (ConfabdRotationOutcome outcome)
{
  if (outcome == CONFABD_ROTATION_REUSED || outcome == CONFABD_ROTATION_STOLEN) {
    return g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_TOKEN_REUSED,
                                "A refresh token was used twice, so its session has ended");
  }
  return g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED,
                              "The refresh token is not good any more; sign in again");
}

static void
note_reuse (ConfabdSessions *self, const ConfabdRotation *rotation, const char *address)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  ConfabdAuditNote note = { 0 };

  confabd_sessions_note_revoked (self, rotation->session->id,
                                 g_date_time_to_unix (now) + CONFABD_SESSIONS_TOKEN_S);
  if (self->audit != NULL) {
    note.action = CONFABD_AUDIT_TOKEN_REUSED;
    note.user = rotation->user;
    note.target = rotation->session->id;
    note.address = address;
    confabd_audit_write (self->audit, &note);
  }
}

static void
on_rotated (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdSessions *self = g_task_get_source_object (task);
  Pending *pending = g_task_get_task_data (task);
  g_autoptr (ConfabdRotation) rotation = NULL;
  GError *error = NULL;

  rotation = confabd_store_rotate_session_finish (CONFABD_STORE (object), result, &error);
  if (rotation == NULL) {
    g_task_return_error (task, error);
    return;
  }
  if (rotation->outcome == CONFABD_ROTATION_REUSED) {
    note_reuse (self, rotation, pending->address);
  }
  if (rotation->outcome != CONFABD_ROTATION_DONE) {
    g_task_return_error (task, make_refusal (rotation->outcome));
    return;
  }
  g_task_return_pointer (
      task, grant_session (self, rotation->user, rotation->session, pending->refresh_token),
      (GDestroyNotify) confabd_grant_free);
}

/**
 * confabd_sessions_refresh_async:
 * @refresh_token: (nullable): what a stranger sent
 * @address: (nullable): where from, for the audit
 *
 * Takes a refresh token for the next one and an access token, with the role that the user has now.
 *
 * A token that was used before revokes its session, and finishes with %CONFAB_ERROR_TOKEN_REUSED;
 * so does whatever is shown of that session later. Only the newest is taken again for a minute,
 * while nothing that it gave was used, since an answer may be lost on its way. Finishes with
 * %CONFAB_ERROR_NOT_AUTHENTICATED for all else that is no good.
 */
void
confabd_sessions_refresh_async (ConfabdSessions *self,
                                const char *refresh_token,
                                const char *address,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GDateTime) now = NULL;
  g_autofree char *old_hash = NULL;
  g_autofree char *new_hash = NULL;
  Pending *pending = NULL;
  ConfabdTurnover turnover;

  g_return_if_fail (CONFABD_IS_SESSIONS (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confabd_sessions_refresh_async);
  if (refresh_token == NULL || strnlen (refresh_token, MAX_REFRESH_BYTES) == MAX_REFRESH_BYTES) {
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED,
                             "The refresh token is not one of ours");
    return;
  }
  pending = g_new0 (Pending, 1);
  pending->refresh_token = make_refresh_token ();
  pending->address = g_strdup (address);
  g_task_set_task_data (task, pending, (GDestroyNotify) pending_free);
  now = confab_clock_dup_now (self->clock);
  old_hash = hash_of (refresh_token);
  new_hash = hash_of (pending->refresh_token);
  turnover = (ConfabdTurnover){ old_hash, new_hash, now, REPEAT_US, PLAIN_US, TRUSTED_US };
  confabd_store_rotate_session_async (self->store, &turnover, cancellable, on_rotated,
                                      g_steal_pointer (&task));
}

/**
 * confabd_sessions_refresh_finish:
 * @error: return location for a #GError
 *
 * Returns: (transfer full): what they get
 */
ConfabdGrant *
confabd_sessions_refresh_finish (ConfabdSessions *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, confabd_sessions_refresh_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
