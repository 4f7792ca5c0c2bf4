/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-sessions"

#include "config.h"

#include "confab-error.h"
#include "confabd-sessions-private.h"

/* Where somebody is signed in, and how that ends. */

static void
on_listed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GPtrArray *sessions = confabd_store_list_sessions_finish (CONFABD_STORE (object), result, &error);

  if (sessions != NULL) {
    g_task_return_pointer (task, sessions, (GDestroyNotify) g_ptr_array_unref);
  } else {
    g_task_return_error (task, error);
  }
}

/**
 * confabd_sessions_list_async:
 * @user_id: a user
 *
 * Lists where @user_id is signed in, in the order of signing in.
 */
void
confabd_sessions_list_async (ConfabdSessions *self,
                             const char *user_id,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = NULL;
  g_autoptr (GDateTime) now = NULL;

  g_return_if_fail (CONFABD_IS_SESSIONS (self));

  now = confab_clock_dup_now (self->clock);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confabd_sessions_list_async);
  confabd_store_list_sessions_async (self->store, user_id, now, cancellable, on_listed, task);
}

/**
 * confabd_sessions_list_finish:
 * @error: return location for a #GError
 *
 * Returns: (transfer full) (element-type ConfabdSession): at most %CONFABD_SESSIONS_PER_USER
 */
GPtrArray *
confabd_sessions_list_finish (ConfabdSessions *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Finishes with the number of sessions that were revoked. */
static void
on_revoked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GPtrArray) revoked = NULL;
  GError *error = NULL;

  revoked = confabd_store_revoke_sessions_finish (CONFABD_STORE (object), result, &error);
  if (revoked == NULL) {
    g_task_return_error (task, error);
    return;
  }
  confabd_sessions_note_all_revoked (g_task_get_source_object (task), revoked);
  g_task_return_int (task, (gssize) revoked->len);
}

/**
 * confabd_sessions_revoke_async:
 * @user_id: whose
 * @session_id: which
 * @reason: why, a word for the administrator
 *
 * Ends one session. Finishes with %CONFAB_ERROR_NOT_FOUND when @user_id has no such session.
 */
void
confabd_sessions_revoke_async (ConfabdSessions *self,
                               const char *user_id,
                               const char *session_id,
                               const char *reason,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = NULL;
  g_autoptr (GDateTime) now = NULL;

  g_return_if_fail (CONFABD_IS_SESSIONS (self));
  g_return_if_fail (session_id != NULL && *session_id != '\0');

  now = confab_clock_dup_now (self->clock);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confabd_sessions_revoke_async);
  confabd_store_revoke_sessions_async (self->store, user_id, session_id, NULL, reason, now,
                                       cancellable, on_revoked, task);
}

/**
 * confabd_sessions_revoke_finish:
 * @error: return location for a #GError
 *
 * Returns: whether there was such a session
 */
gboolean
confabd_sessions_revoke_finish (ConfabdSessions *self, GAsyncResult *result, GError **error)
{
  gssize n_revoked;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, confabd_sessions_revoke_async), FALSE);

  n_revoked = g_task_propagate_int (G_TASK (result), error);
  if (n_revoked == 0) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND, "There is no such session");
  }
  return n_revoked > 0;
}

/**
 * confabd_sessions_revoke_all_async:
 * @user_id: whose
 * @except_id: (nullable): one that stays, as after a change of the password
 * @reason: why, a word for the administrator
 *
 * Ends the sessions of a user. Their role changes with the next token only, so whoever changes it
 * ends them, too.
 */
void
confabd_sessions_revoke_all_async (ConfabdSessions *self,
                                   const char *user_id,
                                   const char *except_id,
                                   const char *reason,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  GTask *task = NULL;
  g_autoptr (GDateTime) now = NULL;

  g_return_if_fail (CONFABD_IS_SESSIONS (self));

  now = confab_clock_dup_now (self->clock);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confabd_sessions_revoke_all_async);
  confabd_store_revoke_sessions_async (self->store, user_id, NULL, except_id, reason, now,
                                       cancellable, on_revoked, task);
}

/**
 * confabd_sessions_revoke_all_finish:
 * @error: return location for a #GError
 *
 * Returns: whether all is well; also when there was no session
 */
gboolean
confabd_sessions_revoke_all_finish (ConfabdSessions *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, confabd_sessions_revoke_all_async),
                        FALSE);

  return g_task_propagate_int (G_TASK (result), error) >= 0;
}

static void
on_noted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (confabd_store_note_signed_out_finish (CONFABD_STORE (object), result, &error)) {
    g_task_return_int (task, 1);
  } else {
    g_task_return_error (task, error);
  }
}

/**
 * confabd_sessions_sign_out_async:
 * @principal: who leaves; not an API key
 *
 * Ends the session of somebody who leaves. Of guests and the desktop nothing else is kept than that
 * their token is worth nothing any more, until it would have expired.
 */
void
confabd_sessions_sign_out_async (ConfabdSessions *self,
                                 ConfabdPrincipal *principal,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  const char *session_id = confabd_principal_get_session_id (principal);
  const char *user_id = confab_user_get_id (confabd_principal_get_user (principal));
  g_autoptr (GTask) task = NULL;
  g_autoptr (GDateTime) now = NULL;

  g_return_if_fail (CONFABD_IS_SESSIONS (self));
  g_return_if_fail (session_id != NULL);

  now = confab_clock_dup_now (self->clock);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confabd_sessions_sign_out_async);
  if (confabd_principal_get_kind (principal) == CONFABD_PRINCIPAL_SESSION) {
    confabd_store_revoke_sessions_async (self->store, user_id, session_id, NULL, "signed-out", now,
                                         cancellable, on_revoked, g_steal_pointer (&task));
    return;
  }
  confabd_sessions_note_revoked (self, session_id,
                                 g_date_time_to_unix (now) + CONFABD_SESSIONS_KEYLESS_TOKEN_S);
  confabd_store_note_signed_out_async (self->store, session_id, now, cancellable, on_noted,
                                       g_steal_pointer (&task));
}

/**
 * confabd_sessions_sign_out_finish:
 * @error: return location for a #GError
 *
 * Returns: whether all is well; also when the session had ended before
 */
gboolean
confabd_sessions_sign_out_finish (ConfabdSessions *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, confabd_sessions_sign_out_async), FALSE);

  return g_task_propagate_int (G_TASK (result), error) >= 0;
}
