/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "confab-client-private.h"
#include "confab-client.h"
#include "confab-error.h"
#include "confab-server-info.h"
#include "fake-server.h"
#include "test-loop.h"

#define CALL_JSON                                                    \
  "{\"id\":\"c1\",\"code\":\"7h3k-9mzq-c0de\",\"kind\":\"now\","     \
  "\"state\":\"open\",\"creator_id\":\"u1\",\"max_participants\":6," \
  "\"created_at\":\"2024-05-01T10:00:00Z\",\"expires_at\":\"2024-05-02T10:00:00Z\"}"
#define CALL_REPLY "{\"call\":" CALL_JSON ",\"link\":\"http://h/j/7h3k-9mzq-c0de\"}"

typedef struct {
  FakeServer *server;
  ConfabClient *client;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->server = fake_server_new ();
  fixture->client = confab_client_new (fixture->server->url, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_drain ();
  g_assert_finalize_object (fixture->client);
  fake_server_free (fixture->server);
  test_drain ();
}

static ConfabCall *
join (Fixture *fixture, GCancellable *cancellable, char **link, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  confab_client_join_call_async (fixture->client, "7h3k-9mzq-c0de", NULL, cancellable,
                                 test_on_result, &result);
  test_wait_until (result != NULL);
  return confab_client_join_call_finish (fixture->client, result, link, error);
}

static void
test_address (void)
{
  const char *const bad[] = { "",          "host",           "ftp://host",       "http://",
                              "http:///x", "http://a@host",  "http://host?a=b",  "http://host#f",
                              "/path",     "javascript:x()", "http://host:99999" };
  g_autoptr (ConfabClient) client = confab_client_new ("https://h.example/confab//", NULL);

  g_assert_cmpstr (confab_client_get_server (client), ==, "https://h.example/confab");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (confab_client_new (bad[i], &error));
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST);
  }
}

static void
test_create (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ConfabCall) call = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *link = NULL;

  fake_server_set_reply (fixture->server, "/calls", 201, CALL_REPLY);
  confab_client_create_call_async (fixture->client, "Stand-up", 4, CONFAB_RECORDING_HOST, NULL,
                                   test_on_result, &result);
  test_wait_until (result != NULL);
  call = confab_client_create_call_finish (fixture->client, result, &link, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (confab_call_get_id (call), ==, "c1");
  g_assert_cmpstr (link, ==, "http://h/j/7h3k-9mzq-c0de");
  g_assert_cmpstr (fixture->server->last_body, ==,
                   "{\"title\":\"Stand-up\",\"max_participants\":4,\"recording_policy\":\"host\"}");
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) calls = NULL;
  g_autoptr (GError) error = NULL;

  fake_server_set_reply (fixture->server, "/calls", 200,
                         "{\"items\":[" CALL_JSON "," CALL_JSON "]}");
  confab_client_list_calls_async (fixture->client, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  calls = confab_client_list_calls_finish (fixture->client, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (calls->len, ==, 2);
}

static void
test_get_and_end (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) got = NULL;
  g_autoptr (GAsyncResult) ended = NULL;
  g_autoptr (ConfabCall) call = NULL;
  g_autoptr (GError) error = NULL;

  fake_server_set_reply (fixture->server, "/calls/c1", 200, CALL_REPLY);
  fake_server_set_reply (fixture->server, "/calls/c1/end", 200, CALL_REPLY);
  confab_client_get_call_async (fixture->client, "c1", NULL, test_on_result, &got);
  test_wait_until (got != NULL);
  call = confab_client_get_call_finish (fixture->client, got, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (confab_call_get_code (call), ==, "7h3k-9mzq-c0de");

  confab_client_end_call_async (fixture->client, "c1", NULL, test_on_result, &ended);
  test_wait_until (ended != NULL);
  g_assert_true (confab_client_end_call_finish (fixture->client, ended, &error));
  g_assert_no_error (error);
}

static void
test_problem (Fixture *fixture, gconstpointer data)
{
  const struct {
    guint status;
    const char *code;
    int expected; /* of ConfabError */
  } cases[] = {
    { 404, "no-such-call", CONFAB_ERROR_NO_SUCH_CALL },
    { 410, "call-over", CONFAB_ERROR_CALL_OVER },
    { 409, "call-full", CONFAB_ERROR_CALL_FULL },
    { 401, "not-authenticated", CONFAB_ERROR_NOT_AUTHENTICATED },
    { 429, "too-many", CONFAB_ERROR_TOO_MANY },
    { 418, "of-a-later-version", CONFAB_ERROR_FAILED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *expected = g_strdup_printf ("Said %s.", cases[i].code);
    g_autoptr (GError) error = NULL;

    fake_server_set_problem (fixture->server, "/calls/join", cases[i].status, cases[i].code);
    g_assert_null (join (fixture, NULL, NULL, &error));
    g_assert_error (error, CONFAB_ERROR, cases[i].expected);
    g_assert_cmpstr (error->message, ==, expected);
  }
}

static void
test_foreign_status (Fixture *fixture, gconstpointer data)
{
  const struct {
    guint status;
    int expected; /* of ConfabError */
  } cases[] = {
    { 401, CONFAB_ERROR_NOT_AUTHENTICATED },
    { 403, CONFAB_ERROR_NOT_ALLOWED },
    { 404, CONFAB_ERROR_FAILED },
    { 413, CONFAB_ERROR_TOO_LARGE },
    { 429, CONFAB_ERROR_TOO_MANY },
    { 502, CONFAB_ERROR_UNREACHABLE },
    { 503, CONFAB_ERROR_RESTARTING },
    { 504, CONFAB_ERROR_UNREACHABLE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    fake_server_set_reply (fixture->server, "/calls/join", cases[i].status, "<h1>Hello</h1>");
    g_assert_null (join (fixture, NULL, NULL, &error));
    g_assert_error (error, CONFAB_ERROR, cases[i].expected);
    g_assert_nonnull (strstr (error->message, fixture->server->url));
  }
}

static void
test_malformed (Fixture *fixture, gconstpointer data)
{
  const char *const bodies[] = { "",
                                 "[]",
                                 "{",
                                 "{\"call\":1,\"link\":\"l\"}",
                                 "{\"call\":" CALL_JSON "}",
                                 "{\"call\":{},\"link\":\"l\"}" };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *link = NULL;

    fake_server_set_reply (fixture->server, "/calls/join", 200, bodies[i]);
    g_assert_null (join (fixture, NULL, &link, &error));
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE);
    g_assert_null (link);
  }
}

static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  g_autofree char *body = g_strnfill (2 * 1024 * 1024, ' ');
  g_autoptr (GError) error = NULL;

  fake_server_set_reply (fixture->server, "/calls/join", 200, body);
  g_assert_null (join (fixture, NULL, NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_TOO_LARGE);
}

static void
test_not_there (void)
{
  g_autoptr (ConfabClient) client = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;

  {
    g_autoptr (FakeServer) gone = fake_server_new ();

    url = g_strdup (gone->url);
  }
  client = confab_client_new (url, NULL);
  confab_client_get_ticket_async (client, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  g_assert_null (confab_client_get_ticket_finish (client, result, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, url));
  test_drain ();
}

static void
test_deadline (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fake_server_set_hanging (fixture->server, "/calls/join");
  confab_client_set_deadline_ms (fixture->client, 100);
  g_assert_null (join (fixture, NULL, NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT);
}

static gboolean
on_cancel (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) before = NULL;
  g_autoptr (GError) during = NULL;

  fake_server_set_hanging (fixture->server, "/calls/join");
  g_timeout_add (50, on_cancel, cancellable);
  g_assert_null (join (fixture, cancellable, NULL, &during));
  g_assert_error (during, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (join (fixture, cancellable, NULL, &before));
  g_assert_error (before, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* The token must not follow a redirection to somebody else. */
static void
test_redirect (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FakeServer) thief = fake_server_new ();
  g_autofree char *location = g_strconcat (thief->url, "/api/v1/calls/join", NULL);
  g_autoptr (GError) error = NULL;

  confab_client_set_token (fixture->client, "t0ken");
  fake_server_set_redirect (fixture->server, "/calls/join", location);
  g_assert_null (join (fixture, NULL, NULL, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED);
  g_assert_null (thief->last_authorization);
  g_assert_null (thief->last_body);
}

static ConfabServerInfo *
describe_server (Fixture *fixture, const char *reply, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  fake_server_set_reply (fixture->server, "/server", 200, reply);
  confab_client_describe_server_async (fixture->client, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  return confab_client_describe_server_finish (fixture->client, result, error);
}

/* Asked by whom nobody knows, and whatever a later server adds. */
static void
test_server_info (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabServerInfo) info = NULL;

  confab_client_set_token (fixture->client, "t0ken");
  info = describe_server (fixture,
                          "{\"registration\":\"closed\",\"guests\":\"join\",\"mail\":true,"
                          "\"telegram\":false,\"later\":1}",
                          &error);
  g_assert_no_error (error);
  g_assert_cmpint (confab_server_info_get_registration (info), ==, CONFAB_REGISTRATION_CLOSED);
  g_assert_cmpint (confab_server_info_get_guests (info), ==, CONFAB_GUEST_ACCESS_JOIN);
  g_assert_true (confab_server_info_has_mail (info));
  g_assert_null (fixture->server->last_authorization);
}

static void
test_no_server_info (Fixture *fixture, gconstpointer data)
{
  const char *const replies[] = { "{}", "{\"registration\":\"open\"}",
                                  "{\"registration\":\"maybe\",\"guests\":\"join\"}",
                                  "{\"registration\":\"open\",\"guests\":\"\"}",
                                  "{\"registration\":1,\"guests\":\"join\"}" };

  for (guint i = 0; i < G_N_ELEMENTS (replies); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (describe_server (fixture, replies[i], &error));
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE);
  }
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/address", test_address);
  g_test_add_func ("/client/not-there", test_not_there);
  ADD ("/client/server-info", test_server_info);
  ADD ("/client/no-server-info", test_no_server_info);
  ADD ("/client/create", test_create);
  ADD ("/client/list", test_list);
  ADD ("/client/get-and-end", test_get_and_end);
  ADD ("/client/problem", test_problem);
  ADD ("/client/foreign-status", test_foreign_status);
  ADD ("/client/malformed", test_malformed);
  ADD ("/client/too-large", test_too_large);
  ADD ("/client/deadline", test_deadline);
  ADD ("/client/cancel", test_cancel);
  ADD ("/client/redirect", test_redirect);

  return g_test_run ();
}
