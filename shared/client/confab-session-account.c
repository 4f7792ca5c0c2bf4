/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-session"

#include "config.h"

#include "confab-client-private.h"
#include "confab-session-private.h"

/* What somebody who is signed in does with the account. */

#define MAX_SESSIONS     100
#define MAX_ID_CHARS     64
#define MAX_DEVICE_CHARS 255

static gboolean
finish_boolean (ConfabSession *self, GAsyncResult *result, gpointer tag, GError **error)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_task_get_source_tag (G_TASK (result)) == tag, FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (ConfabMessage) reply = NULL;
  GError *error = NULL;

  reply = g_task_propagate_pointer (G_TASK (result), &error);
  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Takes the task over. */
static GTask *
new_request (GTask *task, GAsyncReadyCallback callback)
{
  ConfabSession *self = g_task_get_source_object (task);

  return g_task_new (self->client, g_task_get_cancellable (task), callback, task);
}

/* The vault has forgotten us, too: now one can be sure of it. */
static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *refusal = g_steal_pointer ((GError **) g_task_get_task_data (task));

  if (refusal != NULL)
    g_task_return_error (task, refusal);
  else
    g_task_return_boolean (task, TRUE);
}

static void
clear_refusal (GError **refusal)
{
  g_clear_error (refusal);
  g_free (refusal);
}

static void
on_signed_out (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabSession *self = g_task_get_source_object (task);
  g_autoptr (ConfabMessage) reply = NULL;
  GError **refusal = g_new0 (GError *, 1);

  reply = g_task_propagate_pointer (G_TASK (result), refusal);
  g_task_set_task_data (task, refusal, (GDestroyNotify) clear_refusal);
  confab_session_forget (self);
  confab_keeper_wait (self->keeper, g_task_new (self, NULL, on_forgotten, g_steal_pointer (&task)));
}

/**
 * confab_session_sign_out_async:
 * @self: a session
 * @cancellable: (nullable): to tell the server no more
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * Tells the server, and forgets who we are, here and in the vault. Source: `POST /auth/logout`.
 *
 * Since: 0.1
 */
void
confab_session_sign_out_async (ConfabSession *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = NULL;

  g_return_if_fail (CONFAB_IS_SESSION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_source_tag (task, confab_session_sign_out_async);
  confab_client_send_request (self->client, SOUP_METHOD_POST, "/auth/logout",
                              confab_message_new (NULL), new_request (task, on_signed_out));
}

/**
 * confab_session_sign_out_finish:
 * @self: a session
 * @result: from the callback
 * @error: return location for a #GError
 *
 * We are signed out in any case. An error says that the server was not told: the session stands in
 * its list until it is too old.
 *
 * Returns: %TRUE when the server knows
 * Since: 0.1
 */
gboolean
confab_session_sign_out_finish (ConfabSession *self, GAsyncResult *result, GError **error)
{
  return finish_boolean (self, result, confab_session_sign_out_async, error);
}

static ConfabSessionInfo *
read_info (ConfabMessage *item, GError **error)
{
  const ConfabFieldPresence required = CONFAB_FIELD_REQUIRED;
  g_autoptr (GDateTime) created_at = NULL;
  g_autoptr (GDateTime) last_seen_at = NULL;
  const char *id = NULL;
  const char *device_name = NULL;
  gboolean is_trusted = FALSE;
  gboolean is_current = FALSE;

  if (!confab_message_get_string (item, "id", required, MAX_ID_CHARS, &id, error) ||
      !confab_message_get_string (item, "device_name", CONFAB_FIELD_OPTIONAL, MAX_DEVICE_CHARS,
                                  &device_name, error) ||
      !confab_message_get_time (item, "created_at", required, &created_at, error) ||
      !confab_message_get_time (item, "last_seen_at", required, &last_seen_at, error) ||
      !confab_message_get_boolean (item, "trusted", CONFAB_FIELD_OPTIONAL, &is_trusted, error) ||
      !confab_message_get_boolean (item, "current", CONFAB_FIELD_OPTIONAL, &is_current, error))
    return NULL;
  return confab_session_info_new (id, device_name, created_at, last_seen_at, is_trusted,
                                  is_current);
}

static GPtrArray *
read_infos (ConfabMessage *reply, GError **error)
{
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) infos = NULL;

  if (!confab_message_get_list (reply, "sessions", CONFAB_FIELD_REQUIRED, MAX_SESSIONS, &items,
                                error))
    return NULL;
  infos = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_session_info_unref);
  for (guint i = 0; i < items->len; i++) {
    ConfabSessionInfo *info = read_info (items->pdata[i], error);

    if (info == NULL)
      return NULL;
    g_ptr_array_add (infos, info);
  }
  return g_steal_pointer (&infos);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (ConfabMessage) reply = NULL;
  GError *error = NULL;
  GPtrArray *infos = NULL;

  reply = g_task_propagate_pointer (G_TASK (result), &error);
  if (reply != NULL)
    infos = read_infos (reply, &error);
  if (infos != NULL)
    g_task_return_pointer (task, infos, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

/**
 * confab_session_list_async:
 * @self: a session with an account
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * Asks where we are signed in. Source: `GET /sessions`.
 *
 * Since: 0.1
 */
void
confab_session_list_async (ConfabSession *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = NULL;

  g_return_if_fail (CONFAB_IS_SESSION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confab_session_list_async);
  confab_client_send_request (self->client, SOUP_METHOD_GET, "/sessions", NULL,
                              new_request (task, on_listed));
}

/**
 * confab_session_list_finish:
 * @self: a session
 * @result: from the callback
 * @error: return location for a #GError
 *
 * Fails as confab_client_get_ticket_finish().
 *
 * Returns: (transfer container) (element-type ConfabSessionInfo): at most 100, in the server's
 * order Since: 0.1
 */
GPtrArray *
confab_session_list_finish (ConfabSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * confab_session_revoke_async:
 * @self: a session with an account
 * @session_id: one of confab_session_list_finish()
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * Signs another device out, at once. Source: `DELETE /sessions/{id}`.
 *
 * Since: 0.1
 */
void
confab_session_revoke_async (ConfabSession *self,
                             const char *session_id,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autofree char *escaped = NULL;
  g_autofree char *path = NULL;
  GTask *task = NULL;

  g_return_if_fail (CONFAB_IS_SESSION (self));
  g_return_if_fail (session_id != NULL);

  escaped = g_uri_escape_string (session_id, NULL, FALSE);
  path = g_strconcat ("/sessions/", escaped, NULL);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confab_session_revoke_async);
  confab_client_send_request (self->client, SOUP_METHOD_DELETE, path, NULL,
                              new_request (task, on_done));
}

/**
 * confab_session_revoke_finish:
 * @self: a session
 * @result: from the callback
 * @error: return location for a #GError
 *
 * Fails as confab_client_get_ticket_finish(), and with %CONFAB_ERROR_NOT_FOUND for a session that
 * is over anyway.
 *
 * Returns: %TRUE when that device is signed out
 * Since: 0.1
 */
gboolean
confab_session_revoke_finish (ConfabSession *self, GAsyncResult *result, GError **error)
{
  return finish_boolean (self, result, confab_session_revoke_async, error);
}

/**
 * confab_session_change_password_async:
 * @self: a session with an account
 * @old_password: the password so far
 * @new_password: 8 to 1024 characters
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * Changes the password, and signs every other device out. Source: `POST /users/me/password`.
 *
 * Since: 0.1
 */
void
confab_session_change_password_async (ConfabSession *self,
                                      const char *old_password,
                                      const char *new_password,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  ConfabMessage *body = NULL;
  GTask *task = NULL;

  g_return_if_fail (CONFAB_IS_SESSION (self));
  g_return_if_fail (old_password != NULL);
  g_return_if_fail (new_password != NULL);

  body = confab_message_new (NULL);
  confab_message_set_string (body, "old_password", old_password);
  confab_message_set_string (body, "password", new_password);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confab_session_change_password_async);
  confab_client_send_request (self->client, SOUP_METHOD_POST, "/users/me/password", body,
                              new_request (task, on_done));
}

/**
 * confab_session_change_password_finish:
 * @self: a session
 * @result: from the callback
 * @error: return location for a #GError
 *
 * Fails as confab_client_get_ticket_finish(): for a wrong old password and a weak new one with the
 * code of the server.
 *
 * Returns: %TRUE when it is changed
 * Since: 0.1
 */
gboolean
confab_session_change_password_finish (ConfabSession *self, GAsyncResult *result, GError **error)
{
  return finish_boolean (self, result, confab_session_change_password_async, error);
}

/**
 * confab_session_forgot_password_async:
 * @self: a session; nobody has to be signed in
 * @login: a name on the server, or an e-mail address
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * Has the server send a letter by which a new password can be set. Source: `POST
 * /auth/password/forgot`.
 *
 * Since: 0.1
 */
void
confab_session_forgot_password_async (ConfabSession *self,
                                      const char *login,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  ConfabMessage *body = NULL;
  GTask *task = NULL;

  g_return_if_fail (CONFAB_IS_SESSION (self));
  g_return_if_fail (login != NULL);

  body = confab_message_new (NULL);
  confab_message_set_string (body, "login_name", login);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confab_session_forgot_password_async);
  confab_client_send_anonymous (self->client, SOUP_METHOD_POST, "/auth/password/forgot", body,
                                new_request (task, on_done));
}

/**
 * confab_session_forgot_password_finish:
 * @self: a session
 * @result: from the callback
 * @error: return location for a #GError
 *
 * Fails as confab_client_get_ticket_finish(). The server does not say whether it knows the name.
 *
 * Returns: %TRUE when the server was asked
 * Since: 0.1
 */
gboolean
confab_session_forgot_password_finish (ConfabSession *self, GAsyncResult *result, GError **error)
{
  return finish_boolean (self, result, confab_session_forgot_password_async, error);
}
