/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-server"

#include "config.h"

#include <libsoup/soup.h>

#include "confab-error.h"
#include "confab-limits.h"
#include "confabd-auth-filter.h"
#include "confabd-cookies.h"
#include "confabd-cors.h"
#include "confabd-server.h"
#include "confabd-traffic.h"

/* What a page of ours may do: its own files and the daemon, nothing else, in nobody's frame. */
#define CONTENT_POLICY                                                               \
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "  \
  "font-src 'self'; connect-src 'self'; media-src 'self' blob:; worker-src 'self'; " \
  "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
/* A year, as lists of such servers ask for; without its subdomains, which are others' business. */
#define TRANSPORT_POLICY "max-age=31536000"

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
  ConfabdSessions *sessions; /* (owned) */
  ConfabdKeys *keys;         /* (owned) */
  ConfabdOrigins *origins;   /* (owned) */
  ConfabdLimits *limits;     /* (owned) */
  ConfabdTraffic *traffic;   /* (owned) */
  ConfabGuestAccess guests;
  gboolean is_secure;
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
  { "Cache-Control", "no-store" },
};

/* To an answer without any yet. */
static void
add_security_headers (ConfabdServer *self, SoupMessageHeaders *headers)
{
  for (gsize i = 0; i < G_N_ELEMENTS (security_headers); i++)
    soup_message_headers_append (headers, security_headers[i].name, security_headers[i].value);
  if (self->is_secure)
    soup_message_headers_append (headers, "Strict-Transport-Security", TRANSPORT_POLICY);
}

static gboolean
expects_continue (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  return (soup_message_headers_get_expectations (headers) & SOUP_EXPECTATION_CONTINUE) != 0;
}

static void
on_got_headers (SoupServerMessage *message, gpointer user_data)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  goffset length = soup_message_headers_get_content_length (headers);

  /* “100 Continue” would take along what is meant for the answer, which gets it again later. */
  if (expects_continue (message))
    soup_message_headers_clear (soup_server_message_get_response_headers (message));
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
  add_security_headers (CONFABD_SERVER (user_data),
                        soup_server_message_get_response_headers (message));
  g_signal_connect (message, "got-headers", G_CALLBACK (on_got_headers), NULL);
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
    confabd_cors_answer_options (self->origins, request, with_options);
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
  const char *origin = confabd_request_get_header (request, "Origin");
  const char *host = confabd_request_get_header (request, "Host");

  /* A browser adds its cookies by itself, so with them the page has to be our own and to say so. */
  if (is_read (request) ||
      (confabd_origins_is_welcome (self->origins, origin, host) &&
       (!confabd_cookies_are_sent (request) ||
        (origin != NULL && !confabd_origins_is_foreign (self->origins, origin)))))
    return TRUE;
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_ORIGIN,
                       "A page of that origin may not do this");
  return FALSE;
}

/* Of draft-ietf-httpapi-ratelimit-headers-06, the last one with a field for each figure. */
static void
add_quota (ConfabdRequest *request, const ConfabdQuota *quota)
{
  g_autofree char *amount = g_strdup_printf ("%u", quota->amount);
  g_autofree char *policy = g_strdup_printf ("%u;w=%u", quota->amount, quota->period_s);
  g_autofree char *remaining = g_strdup_printf ("%u", quota->remaining);
  g_autofree char *reset = g_strdup_printf ("%u", quota->reset_s);

  if (quota->amount == 0)
    return;
  confabd_request_set_header (request, "RateLimit-Limit", amount);
  confabd_request_set_header (request, "RateLimit-Policy", policy);
  confabd_request_set_header (request, "RateLimit-Remaining", remaining);
  confabd_request_set_header (request, "RateLimit-Reset", reset);
}

static gboolean
is_loopback (ConfabdRequest *request)
{
  GInetAddress *address = confabd_request_get_address (request);

  return address != NULL && g_inet_address_get_is_loopback (address);
}

/* Answers those who ask too often. Returns whether to go on. */
static gboolean
admit (ConfabdServer *self, ConfabdRequest *request, ConfabdLimit limit)
{
  g_autofree char *key = confabd_request_dup_address_key (request);
  const ConfabdVisitor visitor = {
    .address_key = key,
    .is_loopback = is_loopback (request),
    .principal = confabd_request_get_principal (request),
  };
  ConfabdQuota quota;
  gboolean is_admitted = confabd_limits_admit (self->limits, limit, &visitor, &quota);

  add_quota (request, &quota);
  if (!is_admitted)
    confabd_request_fail_too_many (request, quota.retry_after_s);
  return is_admitted;
}

static void
note_answer (ConfabdServer *self, ConfabdRequest *request)
{
  const ConfabdRoute *route = confabd_request_get_route (request);
  guint status = confabd_request_get_status (request);
  g_autofree char *key = NULL;

  if (route == NULL || !confabd_limits_counts_answer (route->limit, status))
    return;
  key = confabd_request_dup_address_key (request);
  confabd_limits_note_answer (self->limits, route->limit,
                              &(ConfabdVisitor){
                                  .address_key = key,
                                  .is_loopback = is_loopback (request),
                                  .principal = confabd_request_get_principal (request),
                              },
                              status);
}

static void
append_timing (GString *timing, const char *name, gint64 us)
{
  if (us == 0)
    return;
  g_string_append_printf (timing, "%s%s;dur=%" G_GINT64_FORMAT ".%03d", timing->len > 0 ? ", " : "",
                          name, us / G_TIME_SPAN_MILLISECOND, (int) (us % G_TIME_SPAN_MILLISECOND));
}

/* Strangers who were refused do not learn what it was that took the time. Source: W3C Server
 * Timing. */
static void
add_timing (ConfabdRequest *request)
{
  ConfabdTrace *trace = confabd_request_get_trace (request);
  g_autoptr (GString) timing = g_string_new (NULL);
  gint64 total_us = g_get_monotonic_time () - confabd_request_get_started_mono_us (request);

  append_timing (timing, "total", MAX (total_us, 1));
  if (confabd_request_get_principal (request) != NULL ||
      confabd_request_get_status (request) < SOUP_STATUS_BAD_REQUEST) {
    append_timing (timing, "db", confabd_trace_get_us (trace, CONFABD_TRACE_DATABASE));
    append_timing (timing, "hash", confabd_trace_get_us (trace, CONFABD_TRACE_HASH));
  }
  confabd_request_set_header (request, "Server-Timing", timing->str);
}

static void
on_answered (ConfabdRequest *request, ConfabdServer *self)
{
  note_answer (self, request);
  confabd_traffic_note (self->traffic, request);
  add_timing (request);
}

/* Not for what a proxy on this machine hands on, whether or not it is trusted. */
static gboolean
is_own_watcher (ConfabdRequest *request)
{
  return confabd_request_get_route (request)->permission == CONFAB_PERMISSION_READ_METRICS &&
         is_loopback (request) && confabd_request_get_header (request, "Authorization") == NULL &&
         confabd_request_get_header (request, "X-Forwarded-For") == NULL &&
         confabd_request_get_header (request, "Forwarded") == NULL &&
         confabd_request_get_header (request, "Via") == NULL;
}

static gboolean
needs_nobody (ConfabdRequest *request)
{
  return confabd_request_get_route (request)->permission == CONFAB_PERMISSION_PUBLIC ||
         is_own_watcher (request);
}

/* Whom we do not know is counted by address, also on a route for those whom we do. */
static void
go_on (ConfabdServer *self, ConfabdRequest *request, gpointer api, const GError *error)
{
  const ConfabdRoute *route = confabd_request_get_route (request);

  if (!admit (self, request, route->limit))
    return;
  if (error == NULL)
    route->handler (request, api);
  else
    confabd_request_fail (request, error);
}

/* A request whose API key is being looked up. */
typedef struct {
  ConfabdServer *server;   /* (owned) */
  ConfabdRequest *request; /* (owned) */
  gpointer api;            /* (unowned) the router's, which the server keeps */
} LookUp;

static void
look_up_free (LookUp *self)
{
  g_object_unref (self->server);
  g_object_unref (self->request);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LookUp, look_up_free)

static void
on_key_verified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LookUp) self = user_data;
  ConfabdTrace *previous = confabd_trace_enter (confabd_request_get_trace (self->request));
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabdPrincipal) principal =
      confabd_keys_verify_finish (CONFABD_KEYS (source), result, &error);

  if (principal != NULL) {
    confabd_request_set_principal (self->request, principal);
    confabd_principal_check (principal, confabd_request_get_route (self->request)->permission,
                             &error);
  }
  go_on (self->server, self->request, self->api, error);
  confabd_trace_leave (previous);
}

static void
look_up_key (ConfabdServer *self, ConfabdRequest *request, gpointer api, const char *key)
{
  LookUp *look_up = g_new0 (LookUp, 1);
  g_autofree char *address = confabd_request_dup_address_key (request);

  look_up->server = g_object_ref (self);
  look_up->request = g_object_ref (request);
  look_up->api = api;
  confabd_keys_verify_async (self->keys, key, address, NULL, on_key_verified, look_up);
}

static void
ask_who_it_is (ConfabdServer *self, ConfabdRequest *request, gpointer api)
{
  g_autofree char *key = NULL;
  g_autoptr (GError) error = NULL;

  if (!check_origin (self, request, &error) || needs_nobody (request)) {
    go_on (self, request, api, error);
    return;
  }
  key = confabd_auth_filter_dup_key (request);
  if (key != NULL) {
    look_up_key (self, request, api, key);
    return;
  }
  confabd_auth_filter_check (self->sessions, request,
                             confabd_request_get_route (request)->permission, self->guests, &error);
  go_on (self, request, api, error);
}

static void
dispatch (ConfabdServer *self, ConfabdRequest *request)
{
  g_autofree char *allow = NULL;
  char **arguments = NULL;
  GObject *api = NULL;
  const ConfabdRoute *route =
      confabd_router_match (self->router, confabd_request_get_method (request),
                            confabd_request_get_path (request), &api, &arguments, &allow);

  confabd_cors_add (self->origins, request);
  if (route == NULL) {
    if (admit (self, request, CONFABD_LIMIT_ANONYMOUS))
      answer_unrouted (self, request, allow);
    return;
  }
  confabd_request_set_route (request, route, arguments);
  ask_who_it_is (self, request, api);
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

  g_signal_connect_object (request, "answered", G_CALLBACK (on_answered), self, 0);
  if (expects_continue (message))
    add_security_headers (self, soup_server_message_get_response_headers (message));
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
  g_clear_object (&self->sessions);
  g_clear_object (&self->keys);
  g_clear_object (&self->origins);
  g_clear_object (&self->limits);
  g_clear_pointer (&self->traffic, confabd_traffic_free);

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
  self->traffic = confabd_traffic_new ();
  self->soup = soup_server_new ("raw-paths", TRUE, NULL);
  g_signal_connect_object (self->soup, "request-started", G_CALLBACK (on_request_started), self, 0);
  soup_server_add_handler (self->soup, NULL, on_request, self, NULL);
}

/**
 * confabd_server_new:
 * @parts: what it needs
 *
 * Returns: (transfer full): a server that waits for connections
 */
ConfabdServer *
confabd_server_new (const ConfabdServerParts *parts)
{
  ConfabdServer *self = g_object_new (CONFABD_TYPE_SERVER, NULL);

  self->router = g_object_ref (parts->router);
  self->sessions = g_object_ref (parts->sessions);
  self->keys = g_object_ref (parts->keys);
  self->origins = g_object_ref (parts->origins);
  self->limits = g_object_ref (parts->limits);
  self->guests = parts->guests;
  self->is_secure = parts->is_secure;
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
 * confabd_server_write_metrics:
 * @self: a server
 * @text: where to
 *
 * Writes how many requests each route had, what they were answered and how long it took.
 */
void
confabd_server_write_metrics (ConfabdServer *self, ConfabdMetricsText *text)
{
  confabd_traffic_write (self->traffic, text);
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
