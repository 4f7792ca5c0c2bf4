/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-exchange"

#include "config.h"

#include "confab-codec.h"
#include "confab-error.h"
#include "confab-exchange-private.h"
#include "confab-limits.h"
#include "confab-wire-model.h"

#define CHUNK_BYTES (16 * 1024)

/* One request and its reply, within a deadline and a size. libsoup 3.2 has neither: its time-out
 * starts again with every byte, and it reads a body of any length. */
typedef struct {
  SoupMessage *message;      /* (owned) */
  GByteArray *body;          /* (owned) */
  GInputStream *stream;      /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) of the deadline, the size and the caller together */
  GCancellable *caller;      /* (owned) (nullable) */
  gulong caller_id;
  GSource *deadline; /* (owned) */
  guint deadline_ms;
  gboolean is_late;
} Exchange;

static void
exchange_free (Exchange *self)
{
  g_source_destroy (self->deadline);
  g_source_unref (self->deadline);
  if (self->caller != NULL)
    g_cancellable_disconnect (self->caller, self->caller_id);
  g_clear_object (&self->caller);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->stream);
  g_clear_object (&self->message);
  g_byte_array_unref (self->body);
  g_free (self);
}

static gboolean
on_deadline (gpointer user_data)
{
  Exchange *self = user_data;

  self->is_late = TRUE;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_caller_cancelled (GCancellable *caller, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static Exchange *
exchange_new (SoupMessage *message, guint deadline_ms, GCancellable *caller)
{
  Exchange *self = g_new0 (Exchange, 1);

  self->message = g_object_ref (message);
  self->body = g_byte_array_new ();
  self->cancellable = g_cancellable_new ();
  self->deadline_ms = deadline_ms;
  self->deadline = g_timeout_source_new (deadline_ms);
  g_source_set_static_name (self->deadline, "confab: deadline of a request");
  g_source_set_callback (self->deadline, on_deadline, self, NULL);
  g_source_attach (self->deadline, g_main_context_get_thread_default ());
  if (caller != NULL) {
    self->caller = g_object_ref (caller);
    self->caller_id = g_cancellable_connect (caller, G_CALLBACK (on_caller_cancelled),
                                             g_object_ref (self->cancellable), g_object_unref);
  }
  return self;
}

/* Without the path and the query, which may hold a code. */
static char *
describe_server (SoupMessage *message)
{
  GUri *uri = soup_message_get_uri (message);

  return g_uri_join (G_URI_FLAGS_NONE, g_uri_get_scheme (uri), NULL, g_uri_get_host (uri),
                     g_uri_get_port (uri), "", NULL, NULL);
}

static ConfabError
get_code_for_status (guint status)
{
  switch (status) {
  case SOUP_STATUS_BAD_REQUEST:
    return CONFAB_ERROR_BAD_REQUEST;
  case SOUP_STATUS_UNAUTHORIZED:
    return CONFAB_ERROR_NOT_AUTHENTICATED;
  case SOUP_STATUS_FORBIDDEN:
    return CONFAB_ERROR_NOT_ALLOWED;
  case SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE:
    return CONFAB_ERROR_TOO_LARGE;
  case 429: /* RFC 6585, which libsoup has no name for */
    return CONFAB_ERROR_TOO_MANY;
  case SOUP_STATUS_BAD_GATEWAY:
  case SOUP_STATUS_GATEWAY_TIMEOUT:
    return CONFAB_ERROR_UNREACHABLE;
  case SOUP_STATUS_SERVICE_UNAVAILABLE:
    return CONFAB_ERROR_RESTARTING;
  default:
    return CONFAB_ERROR_FAILED;
  }
}

/* For a refusal that does not speak our language: a proxy's, or of a server that is none of ours.
 */
GError *
confab_exchange_error_for_status (SoupMessage *message)
{
  g_autofree char *server = describe_server (message);
  guint status = soup_message_get_status (message);

  return g_error_new (CONFAB_ERROR, (gint) get_code_for_status (status),
                      "“%s” answered with status %u instead of as a Confab server", server, status);
}

GError *
confab_exchange_error_for_transport (SoupMessage *message, const GError *cause)
{
  g_autofree char *server = describe_server (message);

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (cause);
  return g_error_new (CONFAB_ERROR, CONFAB_ERROR_UNREACHABLE, "Could not reach “%s”: %s", server,
                      cause->message);
}

static void
fail (GTask *task, const GError *cause)
{
  Exchange *self = g_task_get_task_data (task);
  g_autofree char *server = describe_server (self->message);

  if (self->is_late)
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT,
                             "“%s” did not answer within %u seconds", server,
                             self->deadline_ms / 1000);
  else
    g_task_return_error (task, confab_exchange_error_for_transport (self->message, cause));
}

static gboolean
is_problem (SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);

  return g_strcmp0 (soup_message_headers_get_content_type (headers, NULL),
                    "application/problem+json") == 0;
}

static GError *
read_problem (SoupMessage *message, GBytes *body)
{
  g_autoptr (ConfabMessage) problem = NULL;
  GError *error = NULL;

  if (is_problem (message))
    problem = confab_codec_decode_body (body, CONFAB_LIMIT_BODY_BYTES, NULL);
  if (problem == NULL)
    return confab_exchange_error_for_status (message);
  error = confab_problem_from_message (problem);
  /* The code of a later version: its status still says something. */
  if (error->code == CONFAB_ERROR_FAILED)
    error->code = (gint) get_code_for_status (soup_message_get_status (message));
  return error;
}

static void
return_reply (GTask *task)
{
  Exchange *self = g_task_get_task_data (task);
  g_autoptr (GBytes) body = g_bytes_new (self->body->data, self->body->len);
  g_autoptr (GError) error = NULL;
  ConfabMessage *reply = NULL;

  if (!SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (self->message))) {
    g_task_return_error (task, read_problem (self->message, body));
    return;
  }
  /* 202 and 204 say all there is to say. */
  if (self->body->len == 0 && soup_message_get_status (self->message) != SOUP_STATUS_OK)
    reply = confab_message_new (NULL);
  else
    reply = confab_codec_decode_body (body, CONFAB_LIMIT_BODY_BYTES, &error);
  if (reply != NULL)
    g_task_return_pointer (task, reply, (GDestroyNotify) confab_message_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void read_more (GTask *task);

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) chunk = NULL;

  chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  if (chunk == NULL) {
    fail (task, error);
    return;
  }
  if (g_bytes_get_size (chunk) == 0) {
    return_reply (task);
    return;
  }
  g_byte_array_append (self->body, g_bytes_get_data (chunk, NULL), g_bytes_get_size (chunk));
  if (self->body->len > CONFAB_LIMIT_BODY_BYTES)
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_TOO_LARGE,
                             "The server answered with more than %d bytes",
                             CONFAB_LIMIT_BODY_BYTES);
  else
    read_more (g_steal_pointer (&task));
}

/* Takes the task over. */
static void
read_more (GTask *task)
{
  Exchange *self = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (self->stream, CHUNK_BYTES, G_PRIORITY_DEFAULT, self->cancellable,
                                   on_read, task);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  self->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (self->stream == NULL)
    fail (task, error);
  else
    read_more (g_steal_pointer (&task));
}

/*
 * confab_exchange_run_async:
 * @session: the session to send with
 * @message: the request; redirections are for the caller to forbid
 * @deadline_ms: how long the whole exchange may take
 * @cancellable: (nullable): to give up
 *
 * Sends a request and reads its reply, a JSON object of at most CONFAB_LIMIT_BODY_BYTES. Fails in
 * CONFAB_ERROR: with the code of a problem document, CONFAB_ERROR_UNREACHABLE,
 * CONFAB_ERROR_TIMED_OUT, CONFAB_ERROR_TOO_LARGE or CONFAB_ERROR_BAD_MESSAGE; or with
 * G_IO_ERROR_CANCELLED.
 */
void
confab_exchange_run_async (SoupSession *session,
                           SoupMessage *message,
                           guint deadline_ms,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (session, cancellable, callback, user_data);
  Exchange *self = exchange_new (message, deadline_ms, cancellable);

  g_task_set_source_tag (task, confab_exchange_run_async);
  g_task_set_task_data (task, self, (GDestroyNotify) exchange_free);
  soup_session_send_async (session, message, G_PRIORITY_DEFAULT, self->cancellable, on_sent, task);
}

ConfabMessage *
confab_exchange_run_finish (SoupSession *session, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
