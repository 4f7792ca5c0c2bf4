/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-client"

#include "config.h"

#include "confab-client-private.h"
#include "confab-ice-server.h"
#include "confab-wire-model.h"

#define MAX_LISTED_CALLS 100
#define MAX_LINK_CHARS   2048
#define MAX_ICE_SERVERS  16

static ConfabCall *
read_call (ConfabMessage *reply, GError **error)
{
  g_autoptr (ConfabMessage) object = NULL;

  if (!confab_message_get_object (reply, "call", CONFAB_FIELD_REQUIRED, &object, error))
    return NULL;
  return confab_call_from_message (object, error);
}

/* The call and its link together: both or none. */
static ConfabCall *
read_call_and_link (ConfabMessage *reply, char **link, GError **error)
{
  const char *text = NULL;
  ConfabCall *call = NULL;

  if (!confab_message_get_string (reply, "link", CONFAB_FIELD_REQUIRED, MAX_LINK_CHARS, &text,
                                  error))
    return NULL;
  call = read_call (reply, error);
  if (call != NULL && link != NULL)
    *link = g_strdup (text);
  return call;
}

/**
 * confab_client_create_call_async:
 * @self: a client that is signed in
 * @title: (nullable): at most 255 characters
 * @max_participants: 2 to 100, or 0 for the server's default
 * @recording_policy: who may record it, announced to all
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * Makes a call of which we are the host. Source: `POST /calls`.
 *
 * Since: 0.1
 */
void
confab_client_create_call_async (ConfabClient *self,
                                 const char *title,
                                 guint max_participants,
                                 ConfabRecordingPolicy recording_policy,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  ConfabMessage *body = NULL;

  g_return_if_fail (CONFAB_IS_CLIENT (self));

  body = confab_message_new (NULL);
  confab_message_set_string (body, "title", title);
  if (max_participants > 0)
    confab_message_set_integer (body, "max_participants", max_participants);
  confab_message_set_string (body, "recording_policy",
                             confab_recording_policy_to_string (recording_policy));
  confab_client_send_request (self, SOUP_METHOD_POST, "/calls", body,
                              confab_client_new_task (self, confab_client_create_call_async,
                                                      cancellable, callback, user_data));
}

/**
 * confab_client_create_call_finish:
 * @self: a client
 * @result: from the callback
 * @link: (out) (optional) (transfer full): the link that lets others in
 * @error: return location for a #GError
 *
 * Fails as confab_client_get_ticket_finish().
 *
 * Returns: (transfer full): the call
 * Since: 0.1
 */
ConfabCall *
confab_client_create_call_finish (ConfabClient *self,
                                  GAsyncResult *result,
                                  char **link,
                                  GError **error)
{
  g_autoptr (ConfabMessage) reply = NULL;

  reply = confab_client_finish_request (self, result, confab_client_create_call_async, error);
  return reply != NULL ? read_call_and_link (reply, link, error) : NULL;
}

/* Identifiers come from servers and go into paths. */
static char *
make_call_path (const char *call_id, const char *rest)
{
  g_autofree char *escaped = g_uri_escape_string (call_id, NULL, FALSE);

  return g_strconcat ("/calls/", escaped, rest, NULL);
}

/**
 * confab_client_get_call_async:
 * @self: a client that is signed in
 * @call_id: a call that we are a member of
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * Asks how a call is now. Source: `GET /calls/{id}`.
 *
 * Since: 0.1
 */
void
confab_client_get_call_async (ConfabClient *self,
                              const char *call_id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autofree char *path = NULL;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail (call_id != NULL);

  path = make_call_path (call_id, NULL);
  confab_client_send_request (self, SOUP_METHOD_GET, path, NULL,
                              confab_client_new_task (self, confab_client_get_call_async,
                                                      cancellable, callback, user_data));
}

/**
 * confab_client_get_call_finish:
 * @self: a client
 * @result: from the callback
 * @error: return location for a #GError
 *
 * Fails as confab_client_get_ticket_finish(); %CONFAB_ERROR_NO_SUCH_CALL also for a call that we
 * are no member of.
 *
 * Returns: (transfer full): the call
 * Since: 0.1
 */
ConfabCall *
confab_client_get_call_finish (ConfabClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (ConfabMessage) reply = NULL;

  reply = confab_client_finish_request (self, result, confab_client_get_call_async, error);
  return reply != NULL ? read_call (reply, error) : NULL;
}

/**
 * confab_client_get_ice_servers_async:
 * @self: a client that is signed in
 * @call_id: a call that we are a member of and that is not over
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * Asks for what helps to connect, with fresh credentials. Source: `GET /ice-servers`.
 *
 * Since: 0.1
 */
void
confab_client_get_ice_servers_async (ConfabClient *self,
                                     const char *call_id,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_autofree char *escaped = NULL;
  g_autofree char *path = NULL;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail (call_id != NULL);

  escaped = g_uri_escape_string (call_id, NULL, FALSE);
  path = g_strconcat ("/ice-servers?call=", escaped, NULL);
  confab_client_send_request (self, SOUP_METHOD_GET, path, NULL,
                              confab_client_new_task (self, confab_client_get_ice_servers_async,
                                                      cancellable, callback, user_data));
}

/**
 * confab_client_get_ice_servers_finish:
 * @self: a client
 * @result: from the callback
 * @error: return location for a #GError
 *
 * Fails as confab_client_get_call_finish(), and with %CONFAB_ERROR_CALL_OVER.
 *
 * Returns: (transfer container) (element-type ConfabIceServer): at most 16 servers
 * Since: 0.1
 */
GPtrArray *
confab_client_get_ice_servers_finish (ConfabClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (ConfabMessage) reply = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) servers = NULL;

  reply = confab_client_finish_request (self, result, confab_client_get_ice_servers_async, error);
  if (reply == NULL || !confab_message_get_list (reply, "ice_servers", CONFAB_FIELD_REQUIRED,
                                                 MAX_ICE_SERVERS, &items, error))
    return NULL;

  servers = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_ice_server_unref);
  for (guint i = 0; i < items->len; i++) {
    ConfabIceServer *server = confab_ice_server_from_message (g_ptr_array_index (items, i), error);

    if (server == NULL)
      return NULL;
    g_ptr_array_add (servers, server);
  }
  return g_steal_pointer (&servers);
}

/**
 * confab_client_list_calls_async:
 * @self: a client that is signed in
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * Asks for our calls that are not over. Source: `GET /calls`.
 *
 * Since: 0.1
 */
void
confab_client_list_calls_async (ConfabClient *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (CONFAB_IS_CLIENT (self));

  confab_client_send_request (self, SOUP_METHOD_GET, "/calls", NULL,
                              confab_client_new_task (self, confab_client_list_calls_async,
                                                      cancellable, callback, user_data));
}

/**
 * confab_client_list_calls_finish:
 * @self: a client
 * @result: from the callback
 * @error: return location for a #GError
 *
 * Fails as confab_client_get_ticket_finish().
 *
 * Returns: (transfer container) (element-type ConfabCall): at most 100 calls, newest first
 * Since: 0.1
 */
GPtrArray *
confab_client_list_calls_finish (ConfabClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (ConfabMessage) reply = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) calls = NULL;

  reply = confab_client_finish_request (self, result, confab_client_list_calls_async, error);
  if (reply == NULL || !confab_message_get_list (reply, "items", CONFAB_FIELD_REQUIRED,
                                                 MAX_LISTED_CALLS, &items, error))
    return NULL;

  calls = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_call_unref);
  for (guint i = 0; i < items->len; i++) {
    ConfabCall *call = confab_call_from_message (g_ptr_array_index (items, i), error);

    if (call == NULL)
      return NULL;
    g_ptr_array_add (calls, call);
  }
  return g_steal_pointer (&calls);
}

/**
 * confab_client_change_call_async:
 * @self: a client that is signed in
 * @call_id: a call in which we are a moderator
 * @recording_policy: who may record it from now on
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * Changes a call for everybody in it. Source: `PATCH /calls/{id}`.
 *
 * Since: 0.1
 */
void
confab_client_change_call_async (ConfabClient *self,
                                 const char *call_id,
                                 ConfabRecordingPolicy recording_policy,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autofree char *path = NULL;
  ConfabMessage *body = NULL;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail (call_id != NULL);

  path = make_call_path (call_id, NULL);
  body = confab_message_new (NULL);
  confab_message_set_string (body, "recording_policy",
                             confab_recording_policy_to_string (recording_policy));
  confab_client_send_request (self, "PATCH", path, body,
                              confab_client_new_task (self, confab_client_change_call_async,
                                                      cancellable, callback, user_data));
}

/**
 * confab_client_change_call_finish:
 * @self: a client
 * @result: from the callback
 * @error: return location for a #GError
 *
 * Fails as confab_client_get_call_finish(), with %CONFAB_ERROR_NOT_ALLOWED and with
 * %CONFAB_ERROR_CALL_OVER.
 *
 * Returns: (transfer full): the call as it is now
 * Since: 0.1
 */
ConfabCall *
confab_client_change_call_finish (ConfabClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (ConfabMessage) reply = NULL;

  reply = confab_client_finish_request (self, result, confab_client_change_call_async, error);
  return reply != NULL ? read_call (reply, error) : NULL;
}

/**
 * confab_client_join_call_async:
 * @self: a client that is signed in
 * @code: (nullable): the code of a call, or
 * @secret: (nullable): the secret of an invite; exactly one of the two, as in #ConfabJoinLink
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * Becomes a member of a call, which lets a #ConfabLiveCall in. Source: `POST /calls/join`.
 *
 * Since: 0.1
 */
void
confab_client_join_call_async (ConfabClient *self,
                               const char *code,
                               const char *secret,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  ConfabMessage *body = NULL;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail ((code == NULL) != (secret == NULL));

  body = confab_message_new (NULL);
  confab_message_set_string (body, "code", code);
  confab_message_set_string (body, "secret", secret);
  confab_client_send_request (self, SOUP_METHOD_POST, "/calls/join", body,
                              confab_client_new_task (self, confab_client_join_call_async,
                                                      cancellable, callback, user_data));
}

/**
 * confab_client_join_call_finish:
 * @self: a client
 * @result: from the callback
 * @link: (out) (optional) (transfer full): the link that lets others in
 * @error: return location for a #GError
 *
 * Fails as confab_client_get_ticket_finish(), above all with %CONFAB_ERROR_NO_SUCH_CALL,
 * %CONFAB_ERROR_CALL_OVER and %CONFAB_ERROR_CALL_FULL.
 *
 * Returns: (transfer full): the call
 * Since: 0.1
 */
ConfabCall *
confab_client_join_call_finish (ConfabClient *self,
                                GAsyncResult *result,
                                char **link,
                                GError **error)
{
  g_autoptr (ConfabMessage) reply = NULL;

  reply = confab_client_finish_request (self, result, confab_client_join_call_async, error);
  return reply != NULL ? read_call_and_link (reply, link, error) : NULL;
}

/**
 * confab_client_end_call_async:
 * @self: a client that is signed in
 * @call_id: a call of which we are the host
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * Ends a call for everybody. Source: `POST /calls/{id}/end`.
 *
 * Since: 0.1
 */
void
confab_client_end_call_async (ConfabClient *self,
                              const char *call_id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autofree char *path = NULL;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail (call_id != NULL);

  path = make_call_path (call_id, "/end");
  confab_client_send_request (self, SOUP_METHOD_POST, path, confab_message_new (NULL),
                              confab_client_new_task (self, confab_client_end_call_async,
                                                      cancellable, callback, user_data));
}

/**
 * confab_client_end_call_finish:
 * @self: a client
 * @result: from the callback
 * @error: return location for a #GError
 *
 * Fails as confab_client_get_ticket_finish(), above all with %CONFAB_ERROR_NOT_ALLOWED and
 * %CONFAB_ERROR_CALL_OVER.
 *
 * Returns: %TRUE when the call is over
 * Since: 0.1
 */
gboolean
confab_client_end_call_finish (ConfabClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (ConfabMessage) reply = NULL;

  reply = confab_client_finish_request (self, result, confab_client_end_call_async, error);
  return reply != NULL;
}
