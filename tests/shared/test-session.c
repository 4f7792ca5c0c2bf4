/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "confab-client-private.h"
#include "confab-error.h"
#include "confab-memory-vault.h"
#include "confab-session.h"
#include "confab-time.h"
#include "fake-server.h"
#include "test-loop.h"

#define USER                                          \
  "\"user\":{\"id\":\"u1\",\"display_name\":\"Ada\"," \
  "\"role\":\"member\",\"created_at\":\"2024-05-01T10:00:00Z\"}"
#define MANY 8 /* requests at once */

typedef struct {
  FakeServer *server;
  ConfabVault *vault;
  ConfabSession *session;
  guint n_ended;
} Fixture;

static void
on_ended (ConfabSession *session, const GError *error, Fixture *fixture)
{
  g_assert_false (confab_session_is_signed_in (session));
  g_assert_nonnull (error);
  fixture->n_ended++;
}

static void
make_session (Fixture *fixture)
{
  g_autoptr (ConfabClient) client = confab_client_new (fixture->server->url, NULL);

  fixture->session = confab_session_new (client, fixture->vault);
  g_signal_connect (fixture->session, "ended", G_CALLBACK (on_ended), fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = fake_server_new ();
  fixture->vault = confab_memory_vault_new ();
  make_session (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_drain ();
  g_assert_finalize_object (fixture->session);
  test_drain ();
  g_assert_finalize_object (fixture->vault);
  fake_server_free (fixture->server);
  test_drain ();
}

/* A grant that is good for so long; the tokens are "access-N" and "refresh-N". */
static void
grant (Fixture *fixture, const char *path, int n, double life_s)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) expires_at = g_date_time_add_seconds (now, life_s);
  g_autofree char *expires = confab_time_format (expires_at);
  g_autofree char *body =
      g_strdup_printf ("{" USER ",\"session\":\"s1\",\"token\":\"access-%d\",\"token_type\":"
                       "\"Bearer\",\"expires_at\":\"%s\",\"refresh_token\":\"refresh-%d\"}",
                       n, expires, n);

  fake_server_set_reply (fixture->server, path, 200, body);
}

static ConfabUser *
sign_in (Fixture *fixture, gboolean stay, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  confab_session_sign_in_async (fixture->session, "ada", "correct horse", "desk", stay, NULL,
                                test_on_result, &result);
  test_wait_until (result != NULL);
  return confab_session_sign_in_finish (fixture->session, result, error);
}

static void
be_signed_in (Fixture *fixture, gboolean stay)
{
  g_autoptr (ConfabUser) user = NULL;
  g_autoptr (GError) error = NULL;

  grant (fixture, "/auth/login", 1, 3600);
  user = sign_in (fixture, stay, &error);
  g_assert_no_error (error);
  test_drain ();
}

static gboolean
list_calls (Fixture *fixture, GError **error)
{
  ConfabClient *client = confab_session_get_client (fixture->session);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) calls = NULL;

  confab_client_list_calls_async (client, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  calls = confab_client_list_calls_finish (client, result, error);
  return calls != NULL;
}

static char *
look_up (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;

  confab_vault_lookup_async (fixture->vault, fixture->server->url, "ada", NULL, test_on_result,
                             &result);
  test_wait_until (result != NULL);
  return confab_vault_lookup_finish (fixture->vault, result, NULL);
}

static void
assert_kept (Fixture *fixture, const char *expected)
{
  g_autofree char *secret = look_up (fixture);

  g_assert_cmpstr (secret, ==, expected);
}

static void
test_sign_in (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  be_signed_in (fixture, FALSE);
  g_assert_cmpstr (fixture->server->last_body, ==,
                   "{\"login_name\":\"ada\",\"password\":\"correct horse\","
                   "\"device_name\":\"desk\",\"trusted\":false}");
  g_assert_null (fixture->server->last_authorization);
  g_assert_true (confab_session_is_signed_in (fixture->session));
  g_assert_cmpstr (confab_session_get_login (fixture->session), ==, "ada");
  g_assert_cmpstr (confab_user_get_display_name (confab_session_get_user (fixture->session)), ==,
                   "Ada");
  assert_kept (fixture, NULL);

  fake_server_set_reply (fixture->server, "/calls", 200, "{\"items\":[]}");
  g_assert_true (list_calls (fixture, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (fixture->server->last_authorization, ==, "Bearer access-1");
}

static void
test_wrong_password (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fake_server_set_problem (fixture->server, "/auth/login", 401, "not-authenticated");
  g_assert_null (sign_in (fixture, TRUE, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED);
  g_assert_cmpuint (fake_server_count_requests (fixture->server, "/auth/login"), ==, 1);
  g_assert_cmpuint (fake_server_count_requests (fixture->server, "/auth/refresh"), ==, 0);
  g_assert_false (confab_session_is_signed_in (fixture->session));
  g_assert_cmpuint (fixture->n_ended, ==, 0);
}

static void
test_register (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ConfabUser) user = NULL;
  g_autoptr (GError) error = NULL;

  grant (fixture, "/auth/register", 1, 3600);
  confab_session_register_async (fixture->session, "ada", "correct horse", "Ada", NULL, "inv1te",
                                 NULL, TRUE, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  user = confab_session_register_finish (fixture->session, result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fixture->server->last_body, ==,
                   "{\"login_name\":\"ada\",\"password\":\"correct horse\",\"trusted\":true,"
                   "\"display_name\":\"Ada\",\"invite\":\"inv1te\"}");
  assert_kept (fixture, "refresh-1");
}

/* Refused once: a new token, and the request again; refused twice: that is the answer. */
static void
test_repeat (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) again = NULL;

  be_signed_in (fixture, TRUE);
  assert_kept (fixture, "refresh-1");
  grant (fixture, "/auth/refresh", 2, 3600);
  fake_server_set_reply (fixture->server, "/calls", 200, "{\"items\":[]}");
  fake_server_accept (fixture->server, "access-2");
  g_assert_true (list_calls (fixture, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fake_server_count_requests (fixture->server, "/calls"), ==, 2);
  g_assert_cmpuint (fake_server_count_requests (fixture->server, "/auth/refresh"), ==, 1);
  assert_kept (fixture, "refresh-2");

  fake_server_accept (fixture->server, "none");
  g_assert_false (list_calls (fixture, &again));
  g_assert_error (again, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED);
  g_assert_cmpuint (fake_server_count_requests (fixture->server, "/calls"), ==, 4);
  g_assert_cmpuint (fake_server_count_requests (fixture->server, "/auth/refresh"), ==, 2);
  g_assert_true (confab_session_is_signed_in (fixture->session));
}

static guint
count_results (GAsyncResult **results)
{
  guint n = 0;

  for (guint i = 0; i < MANY; i++)
    n += results[i] != NULL;
  return n;
}

static void
test_many_at_once (Fixture *fixture, gconstpointer data)
{
  ConfabClient *client = confab_session_get_client (fixture->session);
  GAsyncResult *results[MANY] = { NULL };

  be_signed_in (fixture, FALSE);
  grant (fixture, "/auth/refresh", 2, 3600);
  fake_server_set_reply (fixture->server, "/calls", 200, "{\"items\":[]}");
  fake_server_accept (fixture->server, "access-2");
  for (guint i = 0; i < MANY; i++)
    confab_client_list_calls_async (client, NULL, test_on_result, &results[i]);
  test_wait_until (count_results (results) == MANY);
  for (guint i = 0; i < MANY; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) calls = confab_client_list_calls_finish (client, results[i], &error);

    g_assert_no_error (error);
    g_object_unref (results[i]);
  }
  g_assert_cmpuint (fake_server_count_requests (fixture->server, "/auth/refresh"), ==, 1);
}

static void
test_before_it_is_too_old (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabUser) user = NULL;
  g_autoptr (GError) error = NULL;

  grant (fixture, "/auth/refresh", 2, 3600);
  grant (fixture, "/auth/login", 1, 0.4);
  user = sign_in (fixture, TRUE, NULL);
  test_wait_until (fake_server_count_requests (fixture->server, "/auth/refresh") == 1);
  g_assert_cmpstr (fixture->server->last_body, ==, "{\"refresh_token\":\"refresh-1\"}");
  g_assert_null (fixture->server->last_authorization);
  fake_server_accept (fixture->server, "access-2");
  fake_server_set_reply (fixture->server, "/calls", 200, "{\"items\":[]}");
  g_assert_true (list_calls (fixture, &error));
  g_assert_no_error (error);
  assert_kept (fixture, "refresh-2");
  g_assert_cmpuint (fixture->n_ended, ==, 0);
}

/* Otherwise a clock that is ahead would have us ask without end. */
static void
test_clock_that_is_ahead (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabUser) user = NULL;
  g_autoptr (GError) error = NULL;

  grant (fixture, "/auth/refresh", 2, -3600);
  grant (fixture, "/auth/login", 1, -3600);
  fake_server_set_reply (fixture->server, "/calls", 200, "{\"items\":[]}");
  user = sign_in (fixture, FALSE, NULL);
  for (guint i = 0; i < 3; i++)
    g_assert_true (list_calls (fixture, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fake_server_count_requests (fixture->server, "/auth/refresh"), ==, 0);
}

static void
test_refused_refresh (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  be_signed_in (fixture, TRUE);
  fake_server_set_problem (fixture->server, "/auth/refresh", 401, "of-a-later-version");
  fake_server_accept (fixture->server, "access-2");
  g_assert_false (list_calls (fixture, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED);
  g_assert_cmpuint (fixture->n_ended, ==, 1);
  g_assert_null (confab_session_get_user (fixture->session));
  test_drain ();
  assert_kept (fixture, NULL);
}

static void
test_offline (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) back = NULL;

  be_signed_in (fixture, TRUE);
  fake_server_set_reply (fixture->server, "/auth/refresh", 503, "<h1>Maintenance</h1>");
  fake_server_accept (fixture->server, "access-2");
  fake_server_set_reply (fixture->server, "/calls", 200, "{\"items\":[]}");
  g_assert_false (list_calls (fixture, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_RESTARTING);
  g_assert_true (confab_session_is_signed_in (fixture->session));
  g_assert_true (confab_session_is_offline (fixture->session));
  assert_kept (fixture, "refresh-1");

  grant (fixture, "/auth/refresh", 2, 3600);
  g_assert_true (list_calls (fixture, &back));
  g_assert_no_error (back);
  g_assert_false (confab_session_is_offline (fixture->session));
  g_assert_cmpuint (fixture->n_ended, ==, 0);
}

static gboolean
restore (Fixture *fixture, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  confab_session_restore_async (fixture->session, "ada", NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  return confab_session_restore_finish (fixture->session, result, error);
}

static void
test_restore (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  be_signed_in (fixture, TRUE);
  g_assert_finalize_object (fixture->session);
  make_session (fixture);
  grant (fixture, "/auth/refresh", 2, 3600);
  g_assert_true (restore (fixture, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (fixture->server->last_body, ==, "{\"refresh_token\":\"refresh-1\"}");
  g_assert_nonnull (confab_session_get_user (fixture->session));
  assert_kept (fixture, "refresh-2");
}

/* Nothing kept; kept and the server away; kept and no longer taken. */
static void
test_restore_in_vain (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) nothing = NULL;
  g_autoptr (GError) away = NULL;
  g_autoptr (GError) refused = NULL;
  g_autoptr (GError) later = NULL;

  g_assert_false (restore (fixture, &nothing));
  g_assert_error (nothing, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED);

  be_signed_in (fixture, TRUE);
  g_assert_finalize_object (fixture->session);
  make_session (fixture);
  fake_server_set_reply (fixture->server, "/auth/refresh", 502, "");
  g_assert_true (restore (fixture, &away));
  g_assert_no_error (away);
  g_assert_true (confab_session_is_offline (fixture->session));
  g_assert_null (confab_session_get_user (fixture->session));

  grant (fixture, "/auth/refresh", 2, 3600);
  fake_server_accept (fixture->server, "access-2");
  fake_server_set_reply (fixture->server, "/calls", 200, "{\"items\":[]}");
  g_assert_true (list_calls (fixture, &later));
  g_assert_no_error (later);
  g_assert_nonnull (confab_session_get_user (fixture->session));

  g_assert_finalize_object (fixture->session);
  make_session (fixture);
  fake_server_set_problem (fixture->server, "/auth/refresh", 401, "not-authenticated");
  g_assert_false (restore (fixture, &refused));
  g_assert_error (refused, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED);
  test_drain ();
  assert_kept (fixture, NULL);
}

static gboolean
sign_out (Fixture *fixture, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  confab_session_sign_out_async (fixture->session, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  return confab_session_sign_out_finish (fixture->session, result, error);
}

static void
test_sign_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) unreachable = NULL;

  be_signed_in (fixture, TRUE);
  fake_server_set_reply (fixture->server, "/auth/logout", 204, NULL);
  g_assert_true (sign_out (fixture, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (fixture->server->last_authorization, ==, "Bearer access-1");
  g_assert_false (confab_session_is_signed_in (fixture->session));
  assert_kept (fixture, NULL);

  be_signed_in (fixture, TRUE);
  fake_server_set_reply (fixture->server, "/auth/logout", 502, "");
  g_assert_false (sign_out (fixture, &unreachable));
  g_assert_error (unreachable, CONFAB_ERROR, CONFAB_ERROR_UNREACHABLE);
  g_assert_false (confab_session_is_signed_in (fixture->session));
  assert_kept (fixture, NULL);
  g_assert_cmpuint (fixture->n_ended, ==, 0);
}

/* What a slow server still says must not bring back who has gone. */
static void
test_sign_out_while_renewing (Fixture *fixture, gconstpointer data)
{
  ConfabClient *client = confab_session_get_client (fixture->session);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) calls = NULL;
  g_autoptr (GError) error = NULL;

  be_signed_in (fixture, TRUE);
  fake_server_set_hanging (fixture->server, "/auth/refresh");
  fake_server_set_reply (fixture->server, "/auth/logout", 204, NULL);
  fake_server_accept (fixture->server, "access-2");
  confab_client_list_calls_async (client, NULL, test_on_result, &result);
  test_wait_until (fake_server_count_requests (fixture->server, "/auth/refresh") == 1);
  g_assert_true (sign_out (fixture, NULL));
  test_wait_until (result != NULL);
  calls = confab_client_list_calls_finish (client, result, &error);
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED);
  g_assert_false (confab_session_is_signed_in (fixture->session));
  assert_kept (fixture, NULL);
}

static void
test_guest (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ConfabUser) user = NULL;
  g_autoptr (GError) error = NULL;

  fake_server_set_reply (fixture->server, "/auth/guest", 201, "{\"token\":\"access-1\"," USER "}");
  confab_session_sign_in_guest_async (fixture->session, "Ada", NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  user = confab_session_sign_in_guest_finish (fixture->session, result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fixture->server->last_body, ==, "{\"name\":\"Ada\"}");
  g_assert_null (confab_session_get_login (fixture->session));

  fake_server_accept (fixture->server, "access-2");
  g_assert_false (list_calls (fixture, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED);
  g_assert_cmpuint (fixture->n_ended, ==, 1);
}

static void
test_token (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fake_server_set_reply (fixture->server, "/calls", 200, "{\"items\":[]}");
  confab_session_set_token (fixture->session, "of-the-bus", NULL);
  g_assert_true (confab_session_is_signed_in (fixture->session));
  g_assert_true (list_calls (fixture, &error));
  g_assert_cmpstr (fixture->server->last_authorization, ==, "Bearer of-the-bus");
  confab_session_set_token (fixture->session, NULL, NULL);
  g_assert_false (confab_session_is_signed_in (fixture->session));
  g_assert_true (list_calls (fixture, &error));
  g_assert_null (fixture->server->last_authorization);
}

static void
test_sessions (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) listed = NULL;
  g_autoptr (GAsyncResult) revoked = NULL;
  g_autoptr (GPtrArray) infos = NULL;
  g_autoptr (GError) error = NULL;

  be_signed_in (fixture, FALSE);
  fake_server_set_reply (
      fixture->server, "/sessions", 200,
      "{\"sessions\":[{\"id\":\"s1\",\"device_name\":\"desk\",\"kind\":\"session\","
      "\"trusted\":true,\"created_at\":\"2024-05-01T10:00:00Z\",\"last_seen_at\":"
      "\"2024-05-02T10:00:00Z\",\"expires_at\":\"2024-06-01T10:00:00Z\",\"current\":true},"
      "{\"id\":\"s2\",\"device_name\":null,\"created_at\":\"2024-05-01T10:00:00Z\","
      "\"last_seen_at\":\"2024-05-02T10:00:00Z\",\"current\":false}]}");
  confab_session_list_async (fixture->session, NULL, test_on_result, &listed);
  test_wait_until (listed != NULL);
  infos = confab_session_list_finish (fixture->session, listed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (infos->len, ==, 2);
  g_assert_cmpstr (confab_session_info_get_device_name (infos->pdata[0]), ==, "desk");
  g_assert_true (confab_session_info_is_current (infos->pdata[0]));
  g_assert_true (confab_session_info_is_trusted (infos->pdata[0]));
  g_assert_null (confab_session_info_get_device_name (infos->pdata[1]));

  fake_server_set_reply (fixture->server, "/sessions/s2", 204, NULL);
  confab_session_revoke_async (fixture->session, confab_session_info_get_id (infos->pdata[1]), NULL,
                               test_on_result, &revoked);
  test_wait_until (revoked != NULL);
  g_assert_true (confab_session_revoke_finish (fixture->session, revoked, &error));
  g_assert_cmpuint (fake_server_count_requests (fixture->server, "/sessions/s2"), ==, 1);
}

static void
test_passwords (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) changed = NULL;
  g_autoptr (GAsyncResult) asked = NULL;
  g_autoptr (GError) error = NULL;

  be_signed_in (fixture, FALSE);
  fake_server_set_reply (fixture->server, "/users/me/password", 204, NULL);
  confab_session_change_password_async (fixture->session, "correct horse", "battery staple", NULL,
                                        test_on_result, &changed);
  test_wait_until (changed != NULL);
  g_assert_true (confab_session_change_password_finish (fixture->session, changed, &error));
  g_assert_cmpstr (fixture->server->last_body, ==,
                   "{\"old_password\":\"correct horse\",\"password\":\"battery staple\"}");

  fake_server_set_reply (fixture->server, "/auth/password/forgot", 202, NULL);
  confab_session_forgot_password_async (fixture->session, "ada", NULL, test_on_result, &asked);
  test_wait_until (asked != NULL);
  g_assert_true (confab_session_forgot_password_finish (fixture->session, asked, &error));
  g_assert_cmpstr (fixture->server->last_body, ==, "{\"login_name\":\"ada\"}");
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/session/sign-in", test_sign_in);
  ADD ("/session/wrong-password", test_wrong_password);
  ADD ("/session/register", test_register);
  ADD ("/session/repeat", test_repeat);
  ADD ("/session/many-at-once", test_many_at_once);
  ADD ("/session/before-it-is-too-old", test_before_it_is_too_old);
  ADD ("/session/clock-that-is-ahead", test_clock_that_is_ahead);
  ADD ("/session/refused-refresh", test_refused_refresh);
  ADD ("/session/offline", test_offline);
  ADD ("/session/restore", test_restore);
  ADD ("/session/restore-in-vain", test_restore_in_vain);
  ADD ("/session/sign-out", test_sign_out);
  ADD ("/session/sign-out-while-renewing", test_sign_out_while_renewing);
  ADD ("/session/guest", test_guest);
  ADD ("/session/token", test_token);
  ADD ("/session/sessions", test_sessions);
  ADD ("/session/passwords", test_passwords);

  return g_test_run ();
}
