/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-server"

#include "config.h"

#include <libsoup/soup.h>

#include "confab-error.h"
#include "confab-limits.h"
#include "confabd-auth-filter.h"
#include "confabd-server.h"

/* What a page of ours may do: its own files and the daemon, nothing else, in nobody's frame. */
#define CONTENT_POLICY                                                               \
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "  \
  "font-src 'self'; connect-src 'self'; media-src 'self' blob:; worker-src 'self'; " \
  "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
#define PREFLIGHT_METHODS   "GET, HEAD, POST"
#define PREFLIGHT_HEADERS   "Authorization, Content-Type"
#define PREFLIGHT_MAX_AGE_S "600"

/*
 * libsoup as a server without listeners: the gate accepts, checks the head and hands over one
 * connection with one request. No keep-alive, since libsoup 3.2 leaks the descriptor of each
 * connection that a client closes while it is idle; no Range, which it would answer by itself,
 * 56 times amplified.
 */
struct _ConfabdServer {
  GObject parent_instance;

  SoupServer *soup;          /* (owned) */
  ConfabdRouter *router;     /* (owned) */
  ConfabdAccounts *accounts; /* (owned) */
  ConfabdOrigins *origins;   /* (owned) */
};

enum { SIGNAL_REQUEST, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ConfabdServer, confabd_server, G_TYPE_OBJECT)

static const struct {
  const char *name;
  const char *value;
} security_headers[] = {
  { "Content-Security-Policy", CONTENT_POLICY },
  { "X-Content-Type-Options", "nosniff" },
  { "Referrer-Policy", "no-referrer" },
  { "Permissions-Policy", "microphone=(self), camera=(), geolocation=()" },
  { "Cross-Origin-Opener-Policy", "same-origin" },
  { "Cross-Origin-Resource-Policy", "same-origin" },
  { "Connection", "close" },
};

static void
add_security_headers (SoupMessageHeaders *headers)
{
  for (gsize i = 0; i < G_N_ELEMENTS (security_headers); i++)
    soup_message_headers_replace (headers, security_headers[i].name, security_headers[i].value);
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
}

static void
on_got_headers (SoupServerMessage *message, gpointer user_data)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  goffset length = soup_message_headers_get_content_length (headers);

  soup_message_headers_remove (headers, "Range");
  soup_message_headers_remove (headers, "If-Range");
  /* The gate refuses larger ones; this holds whoever hands the connection over. */
  if (length > CONFAB_LIMIT_BODY_BYTES) {
    soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
    soup_server_message_set_status (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, NULL);
  }
}

static void
on_request_started (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
  add_security_headers (soup_server_message_get_response_headers (message));
  g_signal_connect (message, "got-headers", G_CALLBACK (on_got_headers), NULL);
}

static void
add_cors (ConfabdServer *self, ConfabdRequest *request)
{
  const char *origin = confabd_request_get_header (request, "Origin");

  if (!confabd_origins_is_foreign (self->origins, origin))
    return;
  confabd_request_set_header (request, "Access-Control-Allow-Origin", origin);
  confabd_request_set_header (request, "Cross-Origin-Resource-Policy", "cross-origin");
  confabd_request_set_header (request, "Vary", "Origin");
}

static void
answer_options (ConfabdServer *self, ConfabdRequest *request, const char *allow)
{
  const char *origin = confabd_request_get_header (request, "Origin");

  confabd_request_set_header (request, "Allow", allow);
  if (confabd_origins_is_foreign (self->origins, origin)) {
    confabd_request_set_header (request, "Access-Control-Allow-Methods", PREFLIGHT_METHODS);
    confabd_request_set_header (request, "Access-Control-Allow-Headers", PREFLIGHT_HEADERS);
    confabd_request_set_header (request, "Access-Control-Max-Age", PREFLIGHT_MAX_AGE_S);
  }
  confabd_request_reply_bytes (request, SOUP_STATUS_NO_CONTENT, NULL, NULL);
}

static void
answer_unrouted (ConfabdServer *self, ConfabdRequest *request, const char *allow)
{
  g_autofree char *with_options = NULL;

  if (allow == NULL) {
    confabd_request_fail_status (request, SOUP_STATUS_NOT_FOUND, "not-found",
                                 "There is nothing at this address");
    return;
  }
  with_options = g_strconcat (allow, ", OPTIONS", NULL);
  if (g_str_equal (confabd_request_get_method (request), "OPTIONS")) {
    answer_options (self, request, with_options);
    return;
  }
  confabd_request_set_header (request, "Allow", with_options);
  confabd_request_fail_status (request, SOUP_STATUS_METHOD_NOT_ALLOWED, "method-not-allowed",
                               "This address does not know that method");
}

static gboolean
is_read (ConfabdRequest *request)
{
  return g_str_equal (confabd_request_get_method (request), "GET") ||
         g_str_equal (confabd_request_get_method (request), "HEAD");
}

static gboolean
check_origin (ConfabdServer *self, ConfabdRequest *request, GError **error)
{
  if (is_read (request) ||
      confabd_origins_is_welcome (self->origins, confabd_request_get_header (request, "Origin"),
                                  confabd_request_get_header (request, "Host")))
    return TRUE;
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_ORIGIN,
                       "A page of that origin may not do this");
  return FALSE;
}

static void
dispatch (ConfabdServer *self, ConfabdRequest *request)
{
  g_autofree char *allow = NULL;
  g_autoptr (GError) error = NULL;
  char **arguments = NULL;
  GObject *api = NULL;
  const ConfabdRoute *route =
      confabd_router_match (self->router, confabd_request_get_method (request),
                            confabd_request_get_path (request), &api, &arguments, &allow);

  add_cors (self, request);
  if (route == NULL) {
    answer_unrouted (self, request, allow);
    return;
  }
  confabd_request_set_arguments (request, arguments);
  if (!check_origin (self, request, &error) ||
      (route->permission != CONFAB_PERMISSION_PUBLIC &&
       !confabd_auth_filter_check (self->accounts, request, route->permission, &error))) {
    confabd_request_fail (request, error);
    return;
  }
  route->handler (request, api);
}

static void
on_request (SoupServer *soup,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  ConfabdServer *self = CONFABD_SERVER (user_data);
  g_autoptr (ConfabdRequest) request = confabd_request_new (message);
  ConfabdTrace *previous = confabd_trace_enter (confabd_request_get_trace (request));

  confabd_request_set_header (request, "X-Request-Id", confabd_request_get_id (request));
  dispatch (self, request);
  confabd_request_hold (request);
  confabd_trace_leave (previous);
  g_signal_emit (self, signals[SIGNAL_REQUEST], 0);
}

static void
confabd_server_dispose (GObject *object)
{
  ConfabdServer *self = CONFABD_SERVER (object);

  if (self->soup != NULL)
    confabd_server_disconnect (self);
  g_clear_object (&self->soup);
  g_clear_object (&self->router);
  g_clear_object (&self->accounts);
  g_clear_object (&self->origins);

  G_OBJECT_CLASS (confabd_server_parent_class)->dispose (object);
}

static void
confabd_server_class_init (ConfabdServerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confabd_server_dispose;

  /**
   * ConfabdServer::request:
   *
   * Somebody asked for something.
   */
  signals[SIGNAL_REQUEST] = g_signal_new ("request", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
confabd_server_init (ConfabdServer *self)
{
  self->soup = soup_server_new ("raw-paths", TRUE, NULL);
  g_signal_connect_object (self->soup, "request-started", G_CALLBACK (on_request_started), self, 0);
  soup_server_add_handler (self->soup, NULL, on_request, self, NULL);
}

/**
 * confabd_server_new:
 * @router: the routes
 * @accounts: who knows tokens
 * @origins: which pages may write
 *
 * Returns: (transfer full): a server that waits for connections
 */
ConfabdServer *
confabd_server_new (ConfabdRouter *router, ConfabdAccounts *accounts, ConfabdOrigins *origins)
{
  ConfabdServer *self = g_object_new (CONFABD_TYPE_SERVER, NULL);

  self->router = g_object_ref (router);
  self->accounts = g_object_ref (accounts);
  self->origins = g_object_ref (origins);
  return self;
}

/**
 * confabd_server_serve:
 * @self: a server
 * @connection: a connection with one request, of which nothing was read yet
 * @remote: who asks
 *
 * Reads the request, answers it and closes the connection. Whoever hands it over watches over its
 * deadline.
 */
void
confabd_server_serve (ConfabdServer *self, GSocketConnection *connection, GSocketAddress *remote)
{
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GError) error = NULL;

  if (!soup_server_accept_iostream (self->soup, G_IO_STREAM (connection), local, remote, &error))
    g_info ("A connection was not served: %s", error->message);
}

/**
 * confabd_server_disconnect:
 * @self: a server
 *
 * Breaks what is still open.
 */
void
confabd_server_disconnect (ConfabdServer *self)
{
  soup_server_disconnect (self->soup);
}
