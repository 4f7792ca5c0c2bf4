/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "confab-codec.h"
#include "confabd-context.h"
#include "confabd-docs-resources.h"
#include "confabd-guest-resources.h"
#include "confabd-signing-key.h"

#define DEADLINE_S 30

/* The whole daemon in this process, asked by libsoup's client: what the integration tests do from
 * outside, where the sanitizers see it. */
typedef struct {
  ConfabdContext *context;
  SoupSession *session;
  gboolean is_stopped;
} Fixture;

typedef struct {
  SoupMessage *message; /* (owned) */
  GBytes *body;         /* (owned) */
} Answer;

static void
answer_clear (Answer *answer)
{
  g_clear_object (&answer->message);
  g_clear_pointer (&answer->body, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

static gboolean
on_deadline (gpointer user_data)
{
  g_error ("Waited for %d s in vain", DEADLINE_S);
  return G_SOURCE_REMOVE;
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  guint deadline_id = g_timeout_add_seconds (DEADLINE_S, on_deadline, NULL);

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline_id);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabdConfig) config = confabd_config_new ();
  g_autofree char *folder = g_dir_make_tmp ("confab-server-XXXXXX", NULL);
  g_autofree char *key = g_build_filename (folder, "key", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (confabd_signing_key_generate (key, NULL));
  confabd_config_set (config, "auth", "key-file", key, "test");
  confabd_config_set (config, "auth", "guests", "create", "test");
  confabd_config_set (config, "database", "url", "sqlite::memory:", "test");
  confabd_config_set (config, "limits", "guest-per-minute", "3", "test");
  confabd_config_set (config, "server", "allowed-origins", "https://friend.example", "test");
  fixture->context = confabd_context_new (config, FALSE, &error);
  g_assert_no_error (error);
  g_assert_no_errno (g_unlink (key));
  g_assert_no_errno (g_rmdir (folder));
  fixture->session = soup_session_new ();
}

static void
stop (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (fixture->is_stopped)
    return;
  fixture->is_stopped = TRUE;
  confabd_context_stop_async (fixture->context, on_result, &result);
  wait_for (&result);
  confabd_context_stop_finish (fixture->context, result, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  stop (fixture);
  soup_session_abort (fixture->session);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->session);
  g_assert_finalize_object (fixture->context);
}

static SoupMessage *
new_message (Fixture *fixture, const char *method, const char *path, const char *token)
{
  g_autofree char *url = g_strconcat (confabd_context_get_address (fixture->context), path, NULL);
  SoupMessage *message = soup_message_new (method, url);

  if (token != NULL) {
    g_autofree char *field = g_strconcat ("Bearer ", token, NULL);

    soup_message_headers_append (soup_message_get_request_headers (message), "Authorization",
                                 field);
  }
  return message;
}

static void
send_message (Fixture *fixture, SoupMessage *message, Answer *answer)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  soup_session_send_and_read_async (fixture->session, message, G_PRIORITY_DEFAULT, NULL, on_result,
                                    &result);
  wait_for (&result);
  answer->message = g_object_ref (message);
  answer->body = soup_session_send_and_read_finish (fixture->session, result, &error);
  g_assert_no_error (error);
}

static void
ask (Fixture *fixture,
     const char *method,
     const char *path,
     const char *body,
     const char *token,
     Answer *answer)
{
  g_autoptr (SoupMessage) message = new_message (fixture, method, path, token);

  if (body != NULL) {
    g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

    soup_message_set_request_body_from_bytes (message, "application/json", bytes);
  }
  send_message (fixture, message, answer);
}

static void
assert_status (Answer *answer, guint status)
{
  g_assert_cmpuint (soup_message_get_status (answer->message), ==, status);
}

static const char *
get_header (Answer *answer, const char *name)
{
  return soup_message_headers_get_one (soup_message_get_response_headers (answer->message), name);
}

/* A string of the answer: of the object @object in it, or of its top level. */
static char *
dup_member (Answer *answer, const char *object, const char *name)
{
  g_autoptr (ConfabMessage) body = confab_codec_decode_body (answer->body, 1024 * 1024, NULL);
  g_autoptr (ConfabMessage) inner = NULL;
  const char *value = NULL;

  g_assert_nonnull (body);
  if (object != NULL)
    g_assert_true (confab_message_get_object (body, object, CONFAB_FIELD_REQUIRED, &inner, NULL));
  g_assert_true (confab_message_get_string (inner != NULL ? inner : body, name,
                                            CONFAB_FIELD_REQUIRED, 1024, &value, NULL));
  return g_strdup (value);
}

static void
assert_problem (Answer *answer, guint status, const char *code)
{
  g_autofree char *actual = dup_member (answer, NULL, "code");
  g_autofree char *request_id = dup_member (answer, NULL, "request_id");

  assert_status (answer, status);
  g_assert_cmpstr (actual, ==, code);
  g_assert_cmpstr (get_header (answer, "Content-Type"), ==, "application/problem+json");
  g_assert_cmpstr (get_header (answer, "X-Request-Id"), ==, request_id);
}

static char *
sign_in (Fixture *fixture)
{
  g_auto (Answer) answer = { NULL };

  ask (fixture, "POST", "/api/v1/auth/guest", "{\"name\":\"Ada\"}", NULL, &answer);
  assert_status (&answer, 201);
  return dup_member (&answer, NULL, "token");
}

static void
test_call (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture);
  g_autofree char *id = NULL;
  g_autofree char *path = NULL;
  g_autofree char *end = NULL;
  g_auto (Answer) created = { NULL };
  g_auto (Answer) got = { NULL };
  g_auto (Answer) listed = { NULL };
  g_auto (Answer) ended = { NULL };
  g_auto (Answer) again = { NULL };
  g_auto (Answer) servers = { NULL };

  ask (fixture, "POST", "/api/v1/calls", "{\"title\":\"Stand-up\"}", token, &created);
  assert_status (&created, 201);
  id = dup_member (&created, "call", "id");
  path = g_strconcat ("/api/v1/calls/", id, NULL);
  end = g_strconcat (path, "/end", NULL);
  ask (fixture, "GET", path, NULL, token, &got);
  assert_status (&got, 200);
  ask (fixture, "GET", "/api/v1/calls", NULL, token, &listed);
  assert_status (&listed, 200);
  ask (fixture, "POST", end, "{}", token, &ended);
  assert_status (&ended, 200);
  ask (fixture, "POST", end, NULL, token, &again);
  assert_problem (&again, 410, "call-over");
  ask (fixture, "GET", "/api/v1/ice-servers", NULL, token, &servers);
  assert_problem (&servers, 400, "bad-request");
}

static void
test_join (Fixture *fixture, gconstpointer data)
{
  g_autofree char *host = sign_in (fixture);
  g_autofree char *guest = sign_in (fixture);
  g_autofree char *secret = NULL;
  g_autofree char *body = NULL;
  g_auto (Answer) created = { NULL };
  g_auto (Answer) joined = { NULL };
  g_auto (Answer) unknown = { NULL };
  g_auto (Answer) both = { NULL };

  ask (fixture, "POST", "/api/v1/calls", NULL, host, &created);
  secret = dup_member (&created, "invite", "secret");
  body = g_strdup_printf ("{\"secret\":\"%s\"}", secret);
  ask (fixture, "POST", "/api/v1/calls/join", body, guest, &joined);
  assert_status (&joined, 200);
  ask (fixture, "POST", "/api/v1/calls/join", "{\"code\":\"0000-0000-0000\"}", guest, &unknown);
  assert_problem (&unknown, 404, "no-such-call");
  ask (fixture, "POST", "/api/v1/calls/join", "{\"code\":\"a\",\"secret\":\"b\"}", guest, &both);
  assert_problem (&both, 400, "bad-request");
}

typedef struct {
  const char *method;
  const char *path;
  const char *body;
  guint status;
  const char *code;
} Refusal;

/* clang-format off */
static const Refusal refusals[] = {
  { "GET",    "/",                      NULL,           404, "not-found" },
  { "GET",    "/guest/none.js",         NULL,           404, "not-found" },
  { "DELETE", "/api/v1/calls",          NULL,           405, "method-not-allowed" },
  { "GET",    "/api/v1/calls",          NULL,           401, "not-authenticated" },
  { "GET",    "/api/v1/calls/x",        NULL,           401, "not-authenticated" },
  { "POST",   "/api/v1/auth/ws-ticket", "{}",           401, "not-authenticated" },
  { "POST",   "/api/v1/auth/guest",     "{",            400, "bad-request" },
  { "POST",   "/api/v1/auth/guest",     "{\"name\":7}", 400, "bad-request" },
  { "POST",   "/api/v1/auth/guest",     NULL,           400, "bad-request" },
  { "POST",   "/api/v1/auth/guest",     "{}",           429, "too-many" }, /* the fourth in a minute */
};
/* clang-format on */

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++) {
    const Refusal *refusal = &refusals[i];
    g_auto (Answer) answer = { NULL };

    ask (fixture, refusal->method, refusal->path, refusal->body, NULL, &answer);
    assert_problem (&answer, refusal->status, refusal->code);
    g_assert_cmpint (get_header (&answer, "Retry-After") != NULL, ==, refusal->status == 429);
    g_assert_cmpint (get_header (&answer, "WWW-Authenticate") != NULL, ==, refusal->status == 401);
    g_assert_cmpint (get_header (&answer, "Allow") != NULL, ==, refusal->status == 405);
    g_assert_nonnull (strstr (get_header (&answer, "Content-Security-Policy"), "default-src"));
    g_assert_null (get_header (&answer, "Server"));
  }
}

static void
test_health_and_page (Fixture *fixture, gconstpointer data)
{
  static const char *const paths[] = { "/health/live", "/health/ready", "/j/0000-0000-0000",
                                       "/guest/main.js" };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_auto (Answer) got = { NULL };
    g_auto (Answer) head = { NULL };

    ask (fixture, "GET", paths[i], NULL, NULL, &got);
    assert_status (&got, 200);
    ask (fixture, "HEAD", paths[i], NULL, NULL, &head);
    assert_status (&head, 200);
    g_assert_cmpuint (g_bytes_get_size (head.body), ==, 0);
    g_assert_cmpstr (get_header (&head, "Content-Length"), ==, get_header (&got, "Content-Length"));
  }
}

static void
test_range_and_etag (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SoupMessage) ranged = new_message (fixture, "GET", "/guest/main.js", NULL);
  g_autoptr (SoupMessage) known = new_message (fixture, "GET", "/guest/main.js", NULL);
  g_auto (Answer) whole = { NULL };
  g_auto (Answer) same = { NULL };

  soup_message_headers_append (soup_message_get_request_headers (ranged), "Range",
                               "bytes=0-0,1-1,2-2");
  send_message (fixture, ranged, &whole);
  assert_status (&whole, 200);
  g_assert_null (get_header (&whole, "Content-Range"));
  soup_message_headers_append (soup_message_get_request_headers (known), "If-None-Match",
                               get_header (&whole, "ETag"));
  send_message (fixture, known, &same);
  assert_status (&same, 304);
}

static void
test_origins (Fixture *fixture, gconstpointer data)
{
  static const char *const origins[] = { "https://friend.example", "https://evil.example" };

  for (gsize i = 0; i < G_N_ELEMENTS (origins); i++) {
    g_autoptr (SoupMessage) preflight = new_message (fixture, "OPTIONS", "/api/v1/calls", NULL);
    g_autoptr (SoupMessage) write = new_message (fixture, "POST", "/api/v1/auth/guest", NULL);
    g_autoptr (GBytes) body = g_bytes_new_static ("{\"name\":\"Ada\"}", 14);
    g_auto (Answer) allowed = { NULL };
    g_auto (Answer) written = { NULL };

    soup_message_headers_append (soup_message_get_request_headers (preflight), "Origin",
                                 origins[i]);
    send_message (fixture, preflight, &allowed);
    assert_status (&allowed, 204);
    g_assert_cmpstr (get_header (&allowed, "Access-Control-Allow-Origin"), ==,
                     i == 0 ? origins[i] : NULL);
    soup_message_headers_append (soup_message_get_request_headers (write), "Origin", origins[i]);
    soup_message_set_request_body_from_bytes (write, "application/json", body);
    send_message (fixture, write, &written);
    assert_status (&written, i == 0 ? 201 : 403);
  }
}

static void
test_quota (Fixture *fixture, gconstpointer data)
{
  g_auto (Answer) first = { NULL };
  g_auto (Answer) unlimited = { NULL };
  g_auto (Answer) unknown = { NULL };

  ask (fixture, "POST", "/api/v1/auth/guest", "{\"name\":\"Ada\"}", NULL, &first);
  g_assert_cmpstr (get_header (&first, "RateLimit-Limit"), ==, "3");
  g_assert_cmpstr (get_header (&first, "RateLimit-Policy"), ==, "3;w=60");
  g_assert_cmpstr (get_header (&first, "RateLimit-Remaining"), ==, "2");
  g_assert_cmpstr (get_header (&first, "RateLimit-Reset"), ==, "20");
  ask (fixture, "GET", "/health/live", NULL, NULL, &unlimited);
  g_assert_null (get_header (&unlimited, "RateLimit-Limit"));
  ask (fixture, "GET", "/api/v1/calls", NULL, "not-a-token", &unknown);
  assert_problem (&unknown, 401, "not-authenticated");
  g_assert_cmpstr (get_header (&unknown, "RateLimit-Policy"), ==, "100;w=60");
  g_assert_cmpstr (get_header (&unknown, "RateLimit-Remaining"), ==, "98");
}

/* Somebody who was refused does not learn what took the time. */
static void
test_timing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture);
  g_auto (Answer) listed = { NULL };
  g_auto (Answer) refused = { NULL };

  ask (fixture, "GET", "/api/v1/calls", NULL, token, &listed);
  g_assert_true (g_regex_match_simple ("^total;dur=\\d+\\.\\d{3}, db;dur=\\d+\\.\\d{3}$",
                                       get_header (&listed, "Server-Timing"), 0, 0));
  ask (fixture, "GET", "/api/v1/calls", NULL, NULL, &refused);
  g_assert_true (g_regex_match_simple ("^total;dur=\\d+\\.\\d{3}$",
                                       get_header (&refused, "Server-Timing"), 0, 0));
}

/* Whoever goes before the answer leaves nothing behind. */
static void
test_gone_before_the_answer (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 20; i++) {
    g_autoptr (SoupMessage) message = new_message (fixture, "GET", "/health/ready", NULL);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GAsyncResult) result = NULL;

    soup_session_send_and_read_async (fixture->session, message, G_PRIORITY_DEFAULT, cancellable,
                                      on_result, &result);
    for (guint turn = 0; turn < i; turn++)
      g_main_context_iteration (NULL, FALSE);
    g_cancellable_cancel (cancellable);
    wait_for (&result);
    g_bytes_unref (soup_session_send_and_read_finish (fixture->session, result, NULL));
  }
}

typedef struct {
  GQueue texts;
  gushort close_code;
} Ear;

static void
on_text (SoupWebsocketConnection *socket, int type, GBytes *text, Ear *ear)
{
  g_queue_push_tail (&ear->texts,
                     g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text)));
}

static void
on_closed (SoupWebsocketConnection *socket, Ear *ear)
{
  ear->close_code = soup_websocket_connection_get_close_code (socket);
}

static void
expect_text (Ear *ear, const char *part)
{
  guint deadline_id = g_timeout_add_seconds (DEADLINE_S, on_deadline, NULL);
  g_autofree char *text = NULL;

  while (g_queue_is_empty (&ear->texts))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline_id);
  text = g_queue_pop_head (&ear->texts);
  g_test_message ("%s", text);
  g_assert_nonnull (strstr (text, part));
}

static void
expect_close (Ear *ear, gushort code)
{
  guint deadline_id = g_timeout_add_seconds (DEADLINE_S, on_deadline, NULL);

  while (ear->close_code == 0)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline_id);
  g_assert_cmpuint (ear->close_code, ==, code);
  g_assert_true (g_queue_is_empty (&ear->texts));
}

static SoupWebsocketConnection *
open_socket (Fixture *fixture, const char *origin, Ear *ear)
{
  g_autoptr (SoupMessage) message = new_message (fixture, "GET", "/api/v1/signaling", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  SoupWebsocketConnection *socket;

  soup_session_websocket_connect_async (fixture->session, message, origin,
                                        (char *[]){ (char *) "confab.v1", NULL },
                                        G_PRIORITY_DEFAULT, NULL, on_result, &result);
  wait_for (&result);
  socket = soup_session_websocket_connect_finish (fixture->session, result, &error);
  g_assert_no_error (error);
  g_queue_init (&ear->texts);
  g_signal_connect (socket, "message", G_CALLBACK (on_text), ear);
  g_signal_connect (socket, "closed", G_CALLBACK (on_closed), ear);
  return socket;
}

static void
say_hello (Fixture *fixture, SoupWebsocketConnection *socket, const char *token)
{
  g_auto (Answer) answer = { NULL };
  g_autofree char *ticket = NULL;
  g_autofree char *hello = NULL;

  ask (fixture, "POST", "/api/v1/auth/ws-ticket", "{}", token, &answer);
  ticket = dup_member (&answer, NULL, "ticket");
  hello = g_strdup_printf ("{\"type\":\"hello\",\"version\":1,\"ticket\":\"%s\"}", ticket);
  soup_websocket_connection_send_text (socket, hello);
}

static void
test_session (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture);
  g_auto (Answer) created = { NULL };
  g_autofree char *id = NULL;
  g_autofree char *join = NULL;
  g_autoptr (SoupWebsocketConnection) socket = NULL;
  Ear ear = { 0 };

  ask (fixture, "POST", "/api/v1/calls", NULL, token, &created);
  id = dup_member (&created, "call", "id");
  socket = open_socket (fixture, NULL, &ear);
  say_hello (fixture, socket, token);
  expect_text (&ear, "\"type\":\"welcome\"");
  join = g_strdup_printf ("{\"type\":\"join\",\"call\":\"%s\"}", id);
  soup_websocket_connection_send_text (socket, join);
  expect_text (&ear, "\"type\":\"joined\"");
  soup_websocket_connection_send_text (socket, "{\"type\":\"ping\",\"id\":1}");
  expect_text (&ear, "{\"seq\":3,\"type\":\"pong\"");
  g_assert_cmpuint (confabd_calls_get_n_present (confabd_context_get_calls (fixture->context)), ==,
                    1);
  stop (fixture);
  expect_text (&ear, "\"type\":\"draining\"");
  expect_close (&ear, 4503);
  g_assert_cmpuint (confabd_calls_get_n_present (confabd_context_get_calls (fixture->context)), ==,
                    0);
}

static void
test_session_too_large (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture);
  g_autofree char *large = g_strnfill (64 * 1024 + 1, ' ');
  g_autoptr (SoupWebsocketConnection) socket = NULL;
  Ear ear = { 0 };

  socket = open_socket (fixture, NULL, &ear);
  say_hello (fixture, socket, token);
  expect_text (&ear, "\"type\":\"welcome\"");
  soup_websocket_connection_send_text (socket, large);
  expect_text (&ear, "\"code\":\"too-large\"");
  expect_close (&ear, 4413);
}

static void
test_session_bad_origin (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SoupWebsocketConnection) socket = NULL;
  Ear ear = { 0 };

  socket = open_socket (fixture, "https://evil.example", &ear);
  expect_text (&ear, "\"code\":\"bad-origin\"");
  expect_close (&ear, 4403);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  confabd_docs_register_resource ();
  confabd_guest_register_resource ();

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/server/call", test_call);
  ADD ("/server/join", test_join);
  ADD ("/server/refusals", test_refusals);
  ADD ("/server/health-and-page", test_health_and_page);
  ADD ("/server/range-and-etag", test_range_and_etag);
  ADD ("/server/origins", test_origins);
  ADD ("/server/quota", test_quota);
  ADD ("/server/timing", test_timing);
  ADD ("/server/gone-before-the-answer", test_gone_before_the_answer);
  ADD ("/server/session/draining", test_session);
  ADD ("/server/session/too-large", test_session_too_large);
  ADD ("/server/session/bad-origin", test_session_bad_origin);

  return g_test_run ();
}
