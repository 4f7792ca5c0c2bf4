/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-client"

#include "config.h"

#include <string.h>

#include "confab-client-private.h"
#include "confab-client.h"
#include "confab-codec.h"
#include "confab-error.h"
#include "confab-exchange-private.h"
#include "confab-limits.h"
#include "confab-wire-model.h"

#define API_PATH        "/api/v1"
#define MAX_TOKEN_CHARS 4096

/**
 * ConfabClient:
 *
 * One server, and who we are there. Belongs to the main context that is the thread's default when a
 * request starts. The token is kept in memory alone and never logged.
 *
 * Since: 0.1
 */
struct _ConfabClient {
  GObject parent_instance;

  SoupSession *session; /* (owned) */
  char *server;         /* (owned) "scheme://host[:port][/prefix]" */
  char *token;          /* (owned) (nullable) wiped when let go */
  ConfabUser *user;     /* (owned) (nullable) */
  guint deadline_ms;
};

G_DEFINE_FINAL_TYPE (ConfabClient, confab_client, G_TYPE_OBJECT)

static void
clear_token (ConfabClient *self)
{
  if (self->token != NULL)
    explicit_bzero (self->token, strlen (self->token));
  g_clear_pointer (&self->token, g_free);
}

static void
confab_client_dispose (GObject *object)
{
  ConfabClient *self = CONFAB_CLIENT (object);

  g_clear_object (&self->session);

  G_OBJECT_CLASS (confab_client_parent_class)->dispose (object);
}

static void
confab_client_finalize (GObject *object)
{
  ConfabClient *self = CONFAB_CLIENT (object);

  clear_token (self);
  g_clear_pointer (&self->user, confab_user_unref);
  g_free (self->server);

  G_OBJECT_CLASS (confab_client_parent_class)->finalize (object);
}

static void
confab_client_class_init (ConfabClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confab_client_dispose;
  object_class->finalize = confab_client_finalize;
}

static void
confab_client_init (ConfabClient *self)
{
  self->deadline_ms = CONFAB_REQUEST_DEADLINE_MS;
  self->session = soup_session_new_with_options ("user-agent", "confab/" CONFAB_VERSION, NULL);
  /* libsoup 3.2 asks for deflate by default, and then inflates a message without a limit. */
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);
}

static gboolean
is_server_uri (GUri *uri)
{
  const char *scheme = g_uri_get_scheme (uri);
  const char *host = g_uri_get_host (uri);

  return (strcmp (scheme, "http") == 0 || strcmp (scheme, "https") == 0) && host != NULL &&
         *host != '\0' && g_uri_get_userinfo (uri) == NULL && g_uri_get_query (uri) == NULL &&
         g_uri_get_fragment (uri) == NULL;
}

static char *
normalize_server (const char *server)
{
  g_autoptr (GUri) uri = g_uri_parse (server, G_URI_FLAGS_NONE, NULL);
  char *text = NULL;

  if (uri == NULL || !is_server_uri (uri))
    return NULL;
  text = g_uri_to_string (uri);
  while (g_str_has_suffix (text, "/"))
    text[strlen (text) - 1] = '\0';
  return text;
}

/**
 * confab_client_new:
 * @server: `http://host:port` or `https://host`, with a path when it is not at the root
 * @error: return location for a #GError
 *
 * Makes a client that is not signed in. Nothing is sent yet.
 *
 * Fails with %CONFAB_ERROR_BAD_REQUEST for what is no address of a server.
 *
 * Returns: (transfer full): the client
 * Since: 0.1
 */
ConfabClient *
confab_client_new (const char *server, GError **error)
{
  g_autofree char *normalized = NULL;
  ConfabClient *self = NULL;

  g_return_val_if_fail (server != NULL, NULL);

  normalized = normalize_server (server);
  if (normalized == NULL) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                 "“%s” is not the address of a server, as “https://calls.example.org”", server);
    return NULL;
  }
  self = g_object_new (CONFAB_TYPE_CLIENT, NULL);
  self->server = g_steal_pointer (&normalized);
  return self;
}

/**
 * confab_client_get_server:
 * @self: a client
 *
 * Returns: (transfer none): the address of the server, without a slash at the end
 * Since: 0.1
 */
const char *
confab_client_get_server (ConfabClient *self)
{
  g_return_val_if_fail (CONFAB_IS_CLIENT (self), NULL);

  return self->server;
}

/**
 * confab_client_get_user:
 * @self: a client
 *
 * Returns: (transfer none) (nullable): who we are, or %NULL before signing in and when the token
 *   came without a user
 * Since: 0.1
 */
ConfabUser *
confab_client_get_user (ConfabClient *self)
{
  g_return_val_if_fail (CONFAB_IS_CLIENT (self), NULL);

  return self->user;
}

/**
 * confab_client_set_token:
 * @self: a client
 * @token: (nullable): a bearer token of the server (RFC 6750), or %NULL to sign out
 * @user: (nullable): whose it is, when known
 *
 * Signs in with a token that came another way, as from the daemon's D-Bus service.
 *
 * Since: 0.1
 */
void
confab_client_set_token (ConfabClient *self, const char *token, ConfabUser *user)
{
  char *new_token = NULL;

  g_return_if_fail (CONFAB_IS_CLIENT (self));

  new_token = g_strdup (token);
  clear_token (self);
  self->token = new_token;
  if (user != NULL)
    confab_user_ref (user);
  g_clear_pointer (&self->user, confab_user_unref);
  self->user = user;
}

/* Returns: (transfer none) */
SoupSession *
confab_client_get_session (ConfabClient *self)
{
  return self->session;
}

/* For tests: 15 seconds are long. */
void
confab_client_set_deadline_ms (ConfabClient *self, guint deadline_ms)
{
  self->deadline_ms = deadline_ms;
}

/* A redirection could carry the token to a foreign host. */
static SoupMessage *
make_request (ConfabClient *self, const char *method, const char *path)
{
  g_autofree char *uri = g_strconcat (self->server, API_PATH, path, NULL);
  SoupMessage *request = soup_message_new (method, uri);

  soup_message_add_flags (request, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_headers_append (soup_message_get_request_headers (request), "Accept",
                               "application/json, application/problem+json");
  return request;
}

/* The ticket goes into the first message, so that the upgrade carries nothing to steal. */
SoupMessage *
confab_client_make_signaling_request (ConfabClient *self)
{
  return make_request (self, SOUP_METHOD_GET, "/signaling");
}

static void
add_token (ConfabClient *self, SoupMessage *request)
{
  g_autofree char *value = NULL;

  if (self->token == NULL)
    return;
  value = g_strconcat ("Bearer ", self->token, NULL);
  soup_message_headers_replace (soup_message_get_request_headers (request), "Authorization", value);
  explicit_bzero (value, strlen (value));
}

static void
on_exchange_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  ConfabMessage *reply = confab_exchange_run_finish (SOUP_SESSION (source), result, &error);

  if (reply != NULL)
    g_task_return_pointer (task, reply, (GDestroyNotify) confab_message_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Sends one request and takes the body over; the task gets the body of the reply. */
void
confab_client_send_request (
    ConfabClient *self, const char *method, const char *path, ConfabMessage *body, GTask *task)
{
  g_autoptr (SoupMessage) request = make_request (self, method, path);
  g_autoptr (ConfabMessage) owned_body = body;

  add_token (self, request);
  if (owned_body != NULL) {
    g_autoptr (GBytes) bytes = confab_codec_encode (owned_body);

    soup_message_set_request_body_from_bytes (request, "application/json", bytes);
  }
  confab_exchange_run_async (self->session, request, self->deadline_ms,
                             g_task_get_cancellable (task), on_exchange_done, task);
}

GTask *
confab_client_new_task (ConfabClient *self,
                        gpointer tag,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  return task;
}

ConfabMessage *
confab_client_finish_request (ConfabClient *self,
                              GAsyncResult *result,
                              gpointer tag,
                              GError **error)
{
  g_return_val_if_fail (CONFAB_IS_CLIENT (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_task_get_source_tag (G_TASK (result)) == tag, NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * confab_client_sign_in_guest_async:
 * @self: a client
 * @name: what others shall see, 1 to 64 characters
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * Asks the server for a guest's account. Source: `POST /auth/guest`.
 *
 * Since: 0.1
 */
void
confab_client_sign_in_guest_async (ConfabClient *self,
                                   const char *name,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  ConfabMessage *body = NULL;

  g_return_if_fail (CONFAB_IS_CLIENT (self));
  g_return_if_fail (name != NULL);

  body = confab_message_new (NULL);
  confab_message_set_string (body, "name", name);
  confab_client_send_request (self, SOUP_METHOD_POST, "/auth/guest", body,
                              confab_client_new_task (self, confab_client_sign_in_guest_async,
                                                      cancellable, callback, user_data));
}

/**
 * confab_client_sign_in_guest_finish:
 * @self: a client
 * @result: from the callback
 * @error: return location for a #GError
 *
 * Signs in: every request from here on is the guest's.
 *
 * Fails as every request does: in %CONFAB_ERROR with the code of the server,
 * %CONFAB_ERROR_UNREACHABLE, %CONFAB_ERROR_TIMED_OUT after 15 seconds, or %CONFAB_ERROR_BAD_MESSAGE
 * for a reply that is none; or with %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): who we are now
 * Since: 0.1
 */
ConfabUser *
confab_client_sign_in_guest_finish (ConfabClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (ConfabMessage) reply = NULL;
  g_autoptr (ConfabMessage) object = NULL;
  g_autoptr (ConfabUser) user = NULL;
  const char *token = NULL;

  reply = confab_client_finish_request (self, result, confab_client_sign_in_guest_async, error);
  if (reply == NULL ||
      !confab_message_get_string (reply, "token", CONFAB_FIELD_REQUIRED, MAX_TOKEN_CHARS, &token,
                                  error) ||
      !confab_message_get_object (reply, "user", CONFAB_FIELD_REQUIRED, &object, error))
    return NULL;
  user = confab_user_from_message (object, error);
  if (user != NULL)
    confab_client_set_token (self, token, user);
  return g_steal_pointer (&user);
}

/**
 * confab_client_get_ticket_async:
 * @self: a client that is signed in
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * Asks for the ticket of one WebSocket session. #ConfabSignaling does it by itself.
 * Source: `POST /auth/ws-ticket`.
 *
 * Since: 0.1
 */
void
confab_client_get_ticket_async (ConfabClient *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (CONFAB_IS_CLIENT (self));

  confab_client_send_request (self, SOUP_METHOD_POST, "/auth/ws-ticket", confab_message_new (NULL),
                              confab_client_new_task (self, confab_client_get_ticket_async,
                                                      cancellable, callback, user_data));
}

/**
 * confab_client_get_ticket_finish:
 * @self: a client
 * @result: from the callback
 * @error: return location for a #GError
 *
 * Fails as confab_client_sign_in_guest_finish().
 *
 * Returns: (transfer full): a ticket, good once and for at most 30 seconds
 * Since: 0.1
 */
char *
confab_client_get_ticket_finish (ConfabClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (ConfabMessage) reply = NULL;
  const char *ticket = NULL;

  reply = confab_client_finish_request (self, result, confab_client_get_ticket_async, error);
  if (reply == NULL || !confab_message_get_string (reply, "ticket", CONFAB_FIELD_REQUIRED,
                                                   MAX_TOKEN_CHARS, &ticket, error))
    return NULL;
  return g_strdup (ticket);
}
