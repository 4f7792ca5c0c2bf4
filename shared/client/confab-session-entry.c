/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-session"

#include "config.h"

#include "confab-client-private.h"
#include "confab-error.h"
#include "confab-secret-private.h"
#include "confab-session-private.h"

/* The ways into a session. */

typedef struct {
  char *login; /* (owned) (nullable) a guest's */
  gboolean is_kept;
} Entry;

static void
entry_free (Entry *entry)
{
  g_free (entry->login);
  g_free (entry);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabSession *self = g_task_get_source_object (task);
  Entry *entry = g_task_get_task_data (task);
  g_autoptr (ConfabMessage) reply = NULL;
  g_autoptr (GError) error = NULL;

  reply = g_task_propagate_pointer (G_TASK (result), &error);
  if (reply != NULL && confab_session_adopt (self, reply, entry->login, entry->is_kept, &error))
    g_task_return_pointer (task, confab_user_ref (self->user), (GDestroyNotify) confab_user_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Takes the task and the body over. */
static void
enter (GTask *task, const char *path, ConfabMessage *body, const char *login, gboolean is_kept)
{
  ConfabSession *self = g_task_get_source_object (task);
  Entry *entry = g_new0 (Entry, 1);

  entry->login = g_strdup (login);
  entry->is_kept = is_kept;
  g_task_set_task_data (task, entry, (GDestroyNotify) entry_free);
  confab_client_send_anonymous (
      self->client, SOUP_METHOD_POST, path, body,
      g_task_new (self->client, g_task_get_cancellable (task), on_answered, task));
}

static GTask *
new_task (ConfabSession *self,
          gpointer tag,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  return task;
}

static ConfabUser *
finish (ConfabSession *self, GAsyncResult *result, gpointer tag, GError **error)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_task_get_source_tag (G_TASK (result)) == tag, NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static ConfabMessage *
new_body (const char *login, const char *password, const char *device_name, gboolean stay)
{
  ConfabMessage *body = confab_message_new (NULL);

  confab_message_set_string (body, "login_name", login);
  confab_message_set_string (body, "password", password);
  confab_message_set_string (body, "device_name", device_name);
  confab_message_set_boolean (body, "trusted", stay);
  return body;
}

/**
 * confab_session_sign_in_async:
 * @self: a session
 * @login: a name on the server, or an e-mail address
 * @password: the password; not kept
 * @device_name: (nullable): how the list of sessions shall call this device, UTF-8
 * @stay: whether to stay signed in: for a month without use instead of a week, and when the program
 *   starts again
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * Signs in with an account. Source: `POST /auth/login`.
 *
 * Since: 0.1
 */
void
confab_session_sign_in_async (ConfabSession *self,
                              const char *login,
                              const char *password,
                              const char *device_name,
                              gboolean stay,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (CONFAB_IS_SESSION (self));
  g_return_if_fail (login != NULL);
  g_return_if_fail (password != NULL);

  enter (new_task (self, confab_session_sign_in_async, cancellable, callback, user_data),
         "/auth/login", new_body (login, password, device_name, stay), login, stay);
}

/**
 * confab_session_sign_in_finish:
 * @self: a session
 * @result: from the callback
 * @error: return location for a #GError
 *
 * Fails as confab_client_get_ticket_finish(), above all with %CONFAB_ERROR_NOT_AUTHENTICATED for a
 * name and password that do not belong together and %CONFAB_ERROR_TOO_MANY after too many of them.
 * Whoever was signed in before still is then.
 *
 * Returns: (transfer full): who we are now
 * Since: 0.1
 */
ConfabUser *
confab_session_sign_in_finish (ConfabSession *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, confab_session_sign_in_async, error);
}

/**
 * confab_session_register_async:
 * @self: a session
 * @login: the name to sign in with: 3 to 32 of `A-Z a-z 0-9 . _ -`
 * @password: 8 to 1024 characters
 * @display_name: (nullable): what others see, 1 to 64 characters; %NULL for @login
 * @email: (nullable): where a new password can be sent
 * @invite: (nullable): what the server asks for when not everybody may register
 * @device_name: (nullable): as confab_session_sign_in_async()
 * @stay: as confab_session_sign_in_async()
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * Makes an account and signs in with it. Source: `POST /auth/register`.
 *
 * Since: 0.1
 */
void
confab_session_register_async (ConfabSession *self,
                               const char *login,
                               const char *password,
                               const char *display_name,
                               const char *email,
                               const char *invite,
                               const char *device_name,
                               gboolean stay,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  ConfabMessage *body = NULL;

  g_return_if_fail (CONFAB_IS_SESSION (self));
  g_return_if_fail (login != NULL);
  g_return_if_fail (password != NULL);

  body = new_body (login, password, device_name, stay);
  confab_message_set_string (body, "display_name", display_name);
  confab_message_set_string (body, "email", email);
  confab_message_set_string (body, "invite", invite);
  enter (new_task (self, confab_session_register_async, cancellable, callback, user_data),
         "/auth/register", body, login, stay);
}

/**
 * confab_session_register_finish:
 * @self: a session
 * @result: from the callback
 * @error: return location for a #GError
 *
 * Fails as confab_session_sign_in_finish(), and with %CONFAB_ERROR_NOT_ALLOWED where the server
 * takes nobody, or not without an invite.
 *
 * Returns: (transfer full): who we are now
 * Since: 0.1
 */
ConfabUser *
confab_session_register_finish (ConfabSession *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, confab_session_register_async, error);
}

/**
 * confab_session_sign_in_guest_async:
 * @self: a session
 * @name: what others shall see, 1 to 64 characters
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * Becomes a guest, for as long as one token lives: it cannot be renewed. Source: `POST
 * /auth/guest`.
 *
 * Since: 0.1
 */
void
confab_session_sign_in_guest_async (ConfabSession *self,
                                    const char *name,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  ConfabMessage *body = NULL;

  g_return_if_fail (CONFAB_IS_SESSION (self));
  g_return_if_fail (name != NULL);

  body = confab_message_new (NULL);
  confab_message_set_string (body, "name", name);
  enter (new_task (self, confab_session_sign_in_guest_async, cancellable, callback, user_data),
         "/auth/guest", body, NULL, FALSE);
}

/**
 * confab_session_sign_in_guest_finish:
 * @self: a session
 * @result: from the callback
 * @error: return location for a #GError
 *
 * Fails as confab_client_get_ticket_finish().
 *
 * Returns: (transfer full): who we are now
 * Since: 0.1
 */
ConfabUser *
confab_session_sign_in_guest_finish (ConfabSession *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, confab_session_sign_in_guest_async, error);
}

/* Offline we are who we were: the server will tell when it is there again. */
static void
on_restored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabSession *self = CONFAB_SESSION (source);
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error) || self->is_signed_in)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabSession *self = g_task_get_source_object (task);
  GError *error = NULL;
  char *secret = confab_vault_lookup_finish (CONFAB_VAULT (source), result, &error);

  if (error != NULL) {
    g_task_return_error (task, error);
    return;
  }
  if (secret == NULL) {
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED,
                             "Nothing was kept of the session");
    return;
  }
  confab_session_stop_renewal (self);
  confab_session_set_secrets (self, NULL, g_task_get_task_data (task), secret);
  self->is_kept = TRUE;
  confab_session_enter (self, NULL);
  confab_session_renew_async (self, on_restored, g_steal_pointer (&task));
}

/**
 * confab_session_restore_async:
 * @self: a session
 * @login: the name that was signed in with
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * Signs in with what the vault has kept.
 *
 * Since: 0.1
 */
void
confab_session_restore_async (ConfabSession *self,
                              const char *login,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = NULL;

  g_return_if_fail (CONFAB_IS_SESSION (self));
  g_return_if_fail (login != NULL);

  task = new_task (self, confab_session_restore_async, cancellable, callback, user_data);
  g_task_set_task_data (task, g_strdup (login), g_free);
  confab_vault_lookup_async (confab_keeper_get_vault (self->keeper),
                             confab_client_get_server (self->client), login, cancellable, on_found,
                             task);
}

/**
 * confab_session_restore_finish:
 * @self: a session
 * @result: from the callback
 * @error: return location for a #GError
 *
 * Fails with %CONFAB_ERROR_NOT_AUTHENTICATED when nothing was kept, or the server does not take it
 * any more. A server that cannot be reached is no failure: the session is offline then.
 *
 * Returns: %TRUE when signed in
 * Since: 0.1
 */
gboolean
confab_session_restore_finish (ConfabSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CONFAB_IS_SESSION (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
