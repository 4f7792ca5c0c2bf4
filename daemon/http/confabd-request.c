/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-request"

#include "config.h"

#include "confab-codec.h"
#include "confab-error.h"
#include "confab-id.h"
#include "confab-limits.h"
#include "confabd-limiter.h"
#include "confabd-log.h"
#include "confabd-problem-reply.h"
#include "confabd-public-error.h"
#include "confabd-request.h"

#define NO_SPACE_RETRY_S 30 /* somebody has to make room first */

/*
 * One request on its way through a handler. It is answered once, at once or later; a handler that
 * drops it without an answer has answered “failed”, so that nobody waits for ever.
 */
struct _ConfabdRequest {
  GObject parent_instance;

  SoupServerMessage *message; /* (owned) */
  gulong finished_handler;
  ConfabdTrace *trace;       /* (owned) */
  const ConfabdRoute *route; /* (unowned) (nullable) static */
  char **arguments;          /* (owned) (nullable) of the route's pattern */
  gint64 started_mono_us;
  ConfabdPrincipal *principal; /* (owned) (nullable) on routes that need one */
  guint is_answered : 1;
  guint is_held : 1;
  guint is_finished : 1; /* the connection is gone, nothing can be written any more */
};

enum { SIGNAL_ANSWERED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ConfabdRequest, confabd_request, G_TYPE_OBJECT)

static void
on_finished (SoupServerMessage *message, ConfabdRequest *self)
{
  self->is_finished = TRUE;
}

/* Nothing may be set on a message that was answered or whose connection is gone. */
static gboolean
begin_answer (ConfabdRequest *self)
{
  g_return_val_if_fail (!self->is_answered, FALSE);

  self->is_answered = TRUE;
  return !self->is_finished;
}

static void
finish_answer (ConfabdRequest *self)
{
  if (confabd_log_wants (G_LOG_LEVEL_DEBUG))
    g_debug ("%s %s: %u", confabd_request_get_method (self), confabd_request_get_path (self),
             soup_server_message_get_status (self->message));
  g_signal_emit (self, signals[SIGNAL_ANSWERED], 0);
  if (self->is_held)
    soup_server_message_unpause (self->message);
  self->is_held = FALSE;
}

static void
confabd_request_dispose (GObject *object)
{
  ConfabdRequest *self = CONFABD_REQUEST (object);

  if (!self->is_answered && self->is_held) {
    g_warning ("%s %s was not answered", confabd_request_get_method (self),
               confabd_request_get_path (self));
    confabd_request_fail_status (self, SOUP_STATUS_INTERNAL_SERVER_ERROR, "failed",
                                 "The request was not answered");
  }

  G_OBJECT_CLASS (confabd_request_parent_class)->dispose (object);
}

static void
confabd_request_finalize (GObject *object)
{
  ConfabdRequest *self = CONFABD_REQUEST (object);

  g_signal_handler_disconnect (self->message, self->finished_handler);
  g_clear_object (&self->message);
  g_clear_pointer (&self->principal, confabd_principal_unref);
  g_clear_pointer (&self->trace, confabd_trace_unref);
  g_strfreev (self->arguments);

  G_OBJECT_CLASS (confabd_request_parent_class)->finalize (object);
}

static void
confabd_request_class_init (ConfabdRequestClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confabd_request_dispose;
  object_class->finalize = confabd_request_finalize;

  /**
   * ConfabdRequest::answered:
   *
   * Its answer is there, but not sent yet: fields may still be added.
   */
  signals[SIGNAL_ANSWERED] = g_signal_new ("answered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

/* Of several fields none is to be believed. */
static ConfabdTrace *
make_trace (SoupServerMessage *message)
{
  g_autofree char *id = confab_id_new ();

  return confabd_trace_new (
      id, soup_message_headers_get_list (soup_server_message_get_request_headers (message),
                                         "traceparent"));
}

static void
confabd_request_init (ConfabdRequest *self)
{
  self->started_mono_us = g_get_monotonic_time ();
}

/**
 * confabd_request_new:
 * @message: a request that was read whole
 *
 * Returns: (transfer full): the request
 */
ConfabdRequest *
confabd_request_new (SoupServerMessage *message)
{
  ConfabdRequest *self = g_object_new (CONFABD_TYPE_REQUEST, NULL);

  self->message = g_object_ref (message);
  self->trace = make_trace (message);
  self->finished_handler = g_signal_connect (message, "finished", G_CALLBACK (on_finished), self);
  return self;
}

/**
 * confabd_request_set_route:
 * @self: a request
 * @route: (transfer none): its row, static
 * @arguments: (transfer full) (nullable): what stood in the braces of the row's pattern
 */
void
confabd_request_set_route (ConfabdRequest *self, const ConfabdRoute *route, char **arguments)
{
  self->route = route;
  g_strfreev (self->arguments);
  self->arguments = arguments;
}

/**
 * confabd_request_set_principal:
 * @self: a request
 * @principal: whose credentials it bears
 */
void
confabd_request_set_principal (ConfabdRequest *self, ConfabdPrincipal *principal)
{
  g_autofree char *address = confabd_request_dup_address_key (self);

  g_clear_pointer (&self->principal, confabd_principal_unref);
  self->principal = confabd_principal_with_address (principal, address);
}

/**
 * confabd_request_hold:
 * @self: a request whose handler has returned
 *
 * Keeps the connection waiting when the answer is still to come.
 */
void
confabd_request_hold (ConfabdRequest *self)
{
  if (self->is_answered || self->is_finished)
    return;
  self->is_held = TRUE;
  soup_server_message_pause (self->message);
}

/**
 * confabd_request_get_id:
 * @self: a request
 *
 * Returns: (transfer none): its id in logs and problems
 */
const char *
confabd_request_get_id (ConfabdRequest *self)
{
  return confabd_trace_get_request_id (self->trace);
}

/**
 * confabd_request_get_trace:
 * @self: a request
 *
 * Returns: (transfer none): what belongs to it, in the log and beyond
 */
ConfabdTrace *
confabd_request_get_trace (ConfabdRequest *self)
{
  return self->trace;
}

/**
 * confabd_request_get_route:
 * @self: a request
 *
 * Returns: (transfer none) (nullable): its row; %NULL for what is not there
 */
const ConfabdRoute *
confabd_request_get_route (ConfabdRequest *self)
{
  return self->route;
}

/**
 * confabd_request_get_started_mono_us:
 * @self: a request
 *
 * Returns: when it was there as a whole, in monotonic time
 */
gint64
confabd_request_get_started_mono_us (ConfabdRequest *self)
{
  return self->started_mono_us;
}

/**
 * confabd_request_get_status:
 * @self: a request
 *
 * Returns: what it was answered; 0 before
 */
guint
confabd_request_get_status (ConfabdRequest *self)
{
  return soup_server_message_get_status (self->message);
}

/**
 * confabd_request_get_method:
 * @self: a request
 *
 * Returns: (transfer none): such as "GET"
 */
const char *
confabd_request_get_method (ConfabdRequest *self)
{
  return soup_server_message_get_method (self->message);
}

/**
 * confabd_request_get_path:
 * @self: a request
 *
 * Returns: (transfer none): the path as it was sent, percent signs and all
 */
const char *
confabd_request_get_path (ConfabdRequest *self)
{
  return g_uri_get_path (soup_server_message_get_uri (self->message));
}

/**
 * confabd_request_get_argument:
 * @self: a request of a route with arguments
 * @index: which, from 0
 *
 * Returns: (transfer none): what stood in the braces of the route
 */
const char *
confabd_request_get_argument (ConfabdRequest *self, guint index)
{
  g_return_val_if_fail (self->arguments != NULL && index < g_strv_length (self->arguments), NULL);

  return self->arguments[index];
}

/**
 * confabd_request_dup_query:
 * @self: a request
 * @name: of a parameter behind the question mark
 *
 * Returns: (transfer full) (nullable): its value, the last one of that name; %NULL also when what
 * is behind the question mark cannot be read
 */
char *
confabd_request_dup_query (ConfabdRequest *self, const char *name)
{
  const char *query = g_uri_get_query (soup_server_message_get_uri (self->message));
  g_autoptr (GHashTable) parameters = NULL;

  if (query == NULL)
    return NULL;
  parameters = g_uri_parse_params (query, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
  return parameters != NULL ? g_strdup (g_hash_table_lookup (parameters, name)) : NULL;
}

/**
 * confabd_request_get_header:
 * @self: a request
 * @name: of a header field
 *
 * Returns: (transfer none) (nullable): its value
 */
const char *
confabd_request_get_header (ConfabdRequest *self, const char *name)
{
  return soup_message_headers_get_one (soup_server_message_get_request_headers (self->message),
                                       name);
}

/**
 * confabd_request_get_principal:
 * @self: a request
 *
 * Returns: (transfer none) (nullable): who asks and by what right; on public routes %NULL
 */
ConfabdPrincipal *
confabd_request_get_principal (ConfabdRequest *self)
{
  return self->principal;
}

/**
 * confabd_request_get_user:
 * @self: a request
 *
 * Returns: (transfer none) (nullable): who asks; on public routes %NULL
 */
ConfabUser *
confabd_request_get_user (ConfabdRequest *self)
{
  return self->principal != NULL ? confabd_principal_get_user (self->principal) : NULL;
}

/**
 * confabd_request_get_family:
 * @self: a request
 *
 * Returns: the address family of whoever asks
 */
GSocketFamily
confabd_request_get_family (ConfabdRequest *self)
{
  GSocketAddress *address = soup_server_message_get_remote_address (self->message);

  return address != NULL ? g_socket_address_get_family (address) : G_SOCKET_FAMILY_INVALID;
}

/**
 * confabd_request_get_address:
 * @self: a request
 *
 * Returns: (transfer none) (nullable): the address of whoever asks, also behind a trusted proxy
 */
GInetAddress *
confabd_request_get_address (ConfabdRequest *self)
{
  GSocketAddress *address = soup_server_message_get_remote_address (self->message);

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return NULL;
  return g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
}

/**
 * confabd_request_dup_address:
 * @self: a request
 *
 * Returns: (transfer full) (nullable): the address of who asks as text, for whoever writes it down
 */
char *
confabd_request_dup_address (ConfabdRequest *self)
{
  GInetAddress *address = confabd_request_get_address (self);

  return address != NULL ? g_inet_address_to_string (address) : NULL;
}

/**
 * confabd_request_dup_address_key:
 * @self: a request
 *
 * Returns: (transfer full): the key by which a limiter counts whoever asks
 */
char *
confabd_request_dup_address_key (ConfabdRequest *self)
{
  return confabd_limiter_key_for_address (confabd_request_get_address (self));
}

/**
 * confabd_request_read_body:
 * @self: a request
 * @error: return location for a #GError
 *
 * Decodes the JSON of the body; no body at all is an empty object. A body that does not say that
 * it is JSON is refused, since any page of the web may make a browser send text.
 *
 * Returns: (transfer full): the body
 */
ConfabMessage *
confabd_request_read_body (ConfabdRequest *self, GError **error)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (self->message);
  SoupMessageBody *body = soup_server_message_get_request_body (self->message);
  const char *type = soup_message_headers_get_content_type (headers, NULL);
  g_autoptr (GBytes) bytes = NULL;

  if (body->length == 0)
    return confab_message_new (NULL);
  if (g_strcmp0 (type, "application/json") != 0) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_UNSUPPORTED,
                         "A body is “application/json”");
    return NULL;
  }
  bytes = soup_message_body_flatten (body);
  return confab_codec_decode_body (bytes, CONFAB_LIMIT_BODY_BYTES, error);
}

/**
 * confabd_request_is_answered:
 * @self: a request
 *
 * Returns: whether it has its answer
 */
gboolean
confabd_request_is_answered (ConfabdRequest *self)
{
  return self->is_answered;
}

/**
 * confabd_request_set_header:
 * @self: a request without an answer yet
 * @name: of a header field
 * @value: its value, without line ends
 *
 * Sets a field of the answer.
 */
void
confabd_request_set_header (ConfabdRequest *self, const char *name, const char *value)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (self->message), name,
                                value);
}

/**
 * confabd_request_add_header:
 * @self: a request without an answer yet
 * @name: of a header field that may come more than once
 * @value: its value, without line ends
 *
 * Adds a field to the answer.
 */
void
confabd_request_add_header (ConfabdRequest *self, const char *name, const char *value)
{
  soup_message_headers_append (soup_server_message_get_response_headers (self->message), name,
                               value);
}

/**
 * confabd_request_reply:
 * @self: a request
 * @status: of success
 * @body: (nullable): what to answer, as JSON
 */
void
confabd_request_reply (ConfabdRequest *self, guint status, ConfabMessage *body)
{
  g_autoptr (GBytes) bytes = body != NULL ? confab_codec_encode (body) : NULL;

  confabd_request_reply_bytes (self, status, "application/json", bytes);
}

/**
 * confabd_request_reply_bytes:
 * @self: a request
 * @status: of success
 * @content_type: what @body is
 * @body: (nullable): what to answer
 */
void
confabd_request_reply_bytes (ConfabdRequest *self,
                             guint status,
                             const char *content_type,
                             GBytes *body)
{
  if (!begin_answer (self))
    return;
  soup_server_message_set_status (self->message, status, NULL);
  if (body != NULL) {
    confabd_request_set_header (self, "Content-Type", content_type);
    soup_message_body_append_bytes (soup_server_message_get_response_body (self->message), body);
  }
  finish_answer (self);
}

static void
set_retry_after (ConfabdRequest *self, guint seconds)
{
  g_autofree char *text = g_strdup_printf ("%u", seconds);

  confabd_request_set_header (self, "Retry-After", text);
}

/**
 * confabd_request_fail:
 * @self: a request
 * @error: why not
 *
 * Answers with a problem.
 */
void
confabd_request_fail (ConfabdRequest *self, const GError *error)
{
  if (confabd_error_is_internal (error))
    g_warning ("%s %s failed: %s", confabd_request_get_method (self),
               confabd_request_get_path (self), error->message);
  if (error->domain == CONFAB_ERROR &&
      confab_error_get_http_status ((ConfabError) error->code) == SOUP_STATUS_UNAUTHORIZED)
    confabd_request_set_header (self, "WWW-Authenticate", "Bearer");
  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_UNAVAILABLE))
    confabd_request_set_header (self, "Retry-After", "2");
  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NO_SPACE))
    set_retry_after (self, NO_SPACE_RETRY_S);
  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_TOO_MANY))
    set_retry_after (self, confabd_error_get_retry_after_s (error));
  if (!begin_answer (self))
    return;
  confabd_problem_reply_set (self->message, error, confabd_request_get_id (self));
  finish_answer (self);
}

/**
 * confabd_request_fail_status:
 * @self: a request
 * @status: of HTTP
 * @code: its stable name
 * @detail: one sentence
 *
 * Answers with a problem that only HTTP knows.
 */
void
confabd_request_fail_status (ConfabdRequest *self,
                             guint status,
                             const char *code,
                             const char *detail)
{
  if (!begin_answer (self))
    return;
  confabd_problem_reply_set_status (self->message, status, code, detail,
                                    confabd_request_get_id (self));
  finish_answer (self);
}

/**
 * confabd_request_fail_too_many:
 * @self: a request
 * @retry_after_s: when it is worth trying again
 *
 * Answers that whoever asks has asked too often.
 */
void
confabd_request_fail_too_many (ConfabdRequest *self, guint retry_after_s)
{
  g_autoptr (GError) error = NULL;

  confabd_error_set_too_often (&error, retry_after_s);
  confabd_request_fail (self, error);
}
