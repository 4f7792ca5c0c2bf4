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
#include "confab-secret-private.h"

#define API_PATH         "/api/v1"
#define MAX_TICKET_CHARS 4096

/**
 * ConfabClient:
 *
 * One server. Belongs to the main context that is the thread's default when a request starts. As
 * whom it asks is for the #ConfabSession to say; the token is kept in memory alone and never
 * logged.
 *
 * Since: 0.1
 */
struct _ConfabClient {
  GObject parent_instance;

  SoupSession *session;  /* (owned) */
  char *server;          /* (owned) "scheme://host[:port][/prefix]" */
  char *token;           /* (owned) (nullable) wiped when let go */
  guint token_serial;    /* which token it is: another number for each */
  ConfabRenewFunc renew; /* (nullable) gets another token */
  gpointer renewer;      /* (unowned) takes itself away before it goes */
  guint deadline_ms;
};

G_DEFINE_FINAL_TYPE (ConfabClient, confab_client, G_TYPE_OBJECT)

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

  confab_secret_free (self->token);
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

/* NULL: signed out */
void
confab_client_set_token (ConfabClient *self, const char *token)
{
  char *new_token = g_strdup (token);

  confab_secret_free (self->token);
  self->token = new_token;
  self->token_serial++;
}

/* NULL: a request that is refused stays so. Called for a refused token, and answers by a GTask with
 * a boolean. */
void
confab_client_set_renewal (ConfabClient *self, ConfabRenewFunc renew, gpointer renewer)
{
  self->renew = renew;
  self->renewer = renewer;
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

/* What a task of ours is about, since it may have to be sent twice. */
typedef struct {
  const char *method;    /* (unowned) a literal */
  char *path;            /* (owned) */
  GBytes *body;          /* (owned) (nullable) */
  gboolean is_anonymous; /* asks as nobody */
  gboolean is_repeated;
  guint token_serial; /* of the token that it was sent with, or of having none */
} Request;

static void
request_free (Request *self)
{
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self->path);
  g_free (self);
}

static void
add_token (ConfabClient *self, Request *request, SoupMessage *message)
{
  g_autofree char *value = NULL;

  request->token_serial = self->token_serial;
  if (self->token == NULL || request->is_anonymous)
    return;
  value = g_strconcat ("Bearer ", self->token, NULL);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization", value);
  explicit_bzero (value, strlen (value));
}

/* The server does not know the token, and there is or there will be another one. */
static gboolean
may_repeat (ConfabClient *self, Request *request, const GError *error)
{
  return !request->is_anonymous && !request->is_repeated &&
         g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED) &&
         (self->renew != NULL || request->token_serial != self->token_serial);
}

static void send_task (GTask *task);

static void
on_renewed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    send_task (g_steal_pointer (&task));
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Another request may have got the new token meanwhile. Takes the task over. */
static void
repeat (GTask *task)
{
  ConfabClient *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);

  request->is_repeated = TRUE;
  if (request->token_serial != self->token_serial)
    send_task (task);
  else
    self->renew (self->renewer, on_renewed, task);
}

static void
on_exchange_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabClient *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  ConfabMessage *reply = confab_exchange_run_finish (SOUP_SESSION (source), result, &error);

  if (reply != NULL)
    g_task_return_pointer (task, reply, (GDestroyNotify) confab_message_unref);
  else if (may_repeat (self, g_task_get_task_data (task), error))
    repeat (g_steal_pointer (&task));
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Takes the task over. */
static void
send_task (GTask *task)
{
  ConfabClient *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);
  g_autoptr (SoupMessage) message = make_request (self, request->method, request->path);

  add_token (self, request, message);
  if (request->body != NULL)
    soup_message_set_request_body_from_bytes (message, "application/json", request->body);
  confab_exchange_run_async (self->session, message, self->deadline_ms,
                             g_task_get_cancellable (task), on_exchange_done, task);
}

static void
begin (
    const char *method, const char *path, ConfabMessage *body, gboolean is_anonymous, GTask *task)
{
  g_autoptr (ConfabMessage) owned_body = body;
  Request *request = g_new0 (Request, 1);

  request->method = method;
  request->path = g_strdup (path);
  request->body = owned_body != NULL ? confab_codec_encode (owned_body) : NULL;
  request->is_anonymous = is_anonymous;
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);
  send_task (task);
}

/* Sends one request and takes the body over; the task gets the body of the reply, an empty one for
 * a reply without. A token that the server does not know any more is renewed, and the request
 * repeated, once. */
void
confab_client_send_request (
    ConfabClient *self, const char *method, const char *path, ConfabMessage *body, GTask *task)
{
  begin (method, path, body, FALSE, task);
}

/* Likewise, as nobody: for what makes us somebody. */
void
confab_client_send_anonymous (
    ConfabClient *self, const char *method, const char *path, ConfabMessage *body, GTask *task)
{
  begin (method, path, body, TRUE, task);
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
 * Fails as every request does: in %CONFAB_ERROR with the code of the server,
 * %CONFAB_ERROR_UNREACHABLE, %CONFAB_ERROR_TIMED_OUT after 15 seconds, or %CONFAB_ERROR_BAD_MESSAGE
 * for a reply that is none; or with %G_IO_ERROR_CANCELLED.
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
                                                   MAX_TICKET_CHARS, &ticket, error))
    return NULL;
  return g_strdup (ticket);
}
