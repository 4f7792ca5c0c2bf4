/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "confab-client-private.h"
#include "confab-error.h"
#include "confab-retry-private.h"
#include "confab-signaling-private.h"
#include "fake-server.h"
#include "test-loop.h"

/* Long enough that nothing of it happens by chance. */
static const ConfabSignalingTiming quick = {
  .attempt_ms = 20 * 1000,
  .ping_ms = 20,
  .dead_ms = 20 * 1000,
  .give_up_ms = 20 * 1000,
  .backoff = CONFAB_BACKOFF_INIT (10, 40),
};

typedef struct {
  FakeServer *server;
  ConfabClient *client;
  ConfabSignaling *signaling;
  guint n_welcomes;
  guint n_messages;
  guint n_lost;
  GError *lost;   /* (owned) (nullable) the last */
  GError *failed; /* (owned) (nullable) */
} Fixture;

static void
on_welcome (ConfabSignaling *signaling, ConfabMessage *message, Fixture *fixture)
{
  fixture->n_welcomes++;
}

static void
on_message (ConfabSignaling *signaling, ConfabMessage *message, Fixture *fixture)
{
  fixture->n_messages++;
}

static void
on_lost (ConfabSignaling *signaling, const GError *error, Fixture *fixture)
{
  fixture->n_lost++;
  g_clear_error (&fixture->lost);
  fixture->lost = g_error_copy (error);
}

static void
on_failed (ConfabSignaling *signaling, const GError *error, Fixture *fixture)
{
  g_assert_null (fixture->failed);
  fixture->failed = g_error_copy (error);
}

static void
make_session (Fixture *fixture, const ConfabSignalingTiming *timing)
{
  fixture->client = confab_client_new (fixture->server->url, NULL);
  fixture->signaling = confab_signaling_new (fixture->client, "test");
  confab_signaling_set_timing (fixture->signaling, timing);
  g_signal_connect (fixture->signaling, "welcome", G_CALLBACK (on_welcome), fixture);
  g_signal_connect (fixture->signaling, "message", G_CALLBACK (on_message), fixture);
  g_signal_connect (fixture->signaling, "lost", G_CALLBACK (on_lost), fixture);
  g_signal_connect (fixture->signaling, "failed", G_CALLBACK (on_failed), fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const ConfabSignalingTiming *timing = data;

  fixture->server = fake_server_new ();
  make_session (fixture, timing != NULL ? timing : &quick);
}

static void
let_go_of_session (Fixture *fixture)
{
  confab_signaling_close (fixture->signaling);
  test_drain ();
  /* What was cancelled may be in a thread of GIO for a moment. */
  test_wait_until (G_OBJECT (fixture->signaling)->ref_count == 1);
  g_assert_finalize_object (fixture->signaling);
  test_wait_until (G_OBJECT (fixture->client)->ref_count == 1);
  g_assert_finalize_object (fixture->client);
  g_clear_error (&fixture->lost);
  g_clear_error (&fixture->failed);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  let_go_of_session (fixture);
  fake_server_free (fixture->server);
  test_drain ();
}

static void
open_session (Fixture *fixture)
{
  confab_signaling_open (fixture->signaling);
  test_wait_until (fixture->n_welcomes > 0);
}

/* Something that ends an outage. */
static void
settle (Fixture *fixture)
{
  guint n_messages = fixture->n_messages;

  fake_server_send (fixture->server, "{\"type\":\"joined\"}");
  test_wait_until (fixture->n_messages > n_messages);
}

static void
test_welcome (Fixture *fixture, gconstpointer data)
{
  ConfabMessage *hello = NULL;
  const char *ticket = NULL;
  gint64 version = 0;

  open_session (fixture);
  hello = fake_server_find (fixture->server, "hello");
  g_assert_true (
      confab_message_get_string (hello, "ticket", CONFAB_FIELD_REQUIRED, 0, &ticket, NULL));
  g_assert_cmpstr (ticket, ==, "ticket-1");
  g_assert_true (
      confab_message_get_integer (hello, "version", CONFAB_FIELD_REQUIRED, 1, 1, &version, NULL));
  g_assert_cmpuint (fixture->n_lost, ==, 0);
}

static void
test_exchange (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabMessage) state = confab_message_new ("state");
  g_autoptr (ConfabMessage) huge = confab_message_new ("state");
  g_autofree char *filling = g_strnfill (70 * 1000, 'x');

  g_assert_false (confab_signaling_send (fixture->signaling, state));
  open_session (fixture);
  g_assert_true (confab_signaling_send (fixture->signaling, state));
  test_wait_until (fake_server_find (fixture->server, "state") != NULL);
  confab_message_set_string (huge, "filling", filling);
  g_assert_false (confab_signaling_send (fixture->signaling, huge));
  settle (fixture);
}

/* A peer's payload passes the server unread: it must not end our session. */
static void
test_garbage_is_dropped (Fixture *fixture, gconstpointer data)
{
  open_session (fixture);
  fake_server_send_raw (fixture->server, "[]");
  fake_server_send_raw (fixture->server, "{\"type\":1}");
  fake_server_send_raw (fixture->server, "{\"a\":1,\"a\":2,\"type\":\"x\"}");
  soup_websocket_connection_send_binary (fixture->server->connection, "{}", 2);
  settle (fixture);
  g_assert_cmpuint (fixture->n_messages, ==, 1);
  g_assert_cmpuint (fixture->n_lost, ==, 0);
}

static void
test_not_there (Fixture *fixture, gconstpointer data)
{
  g_socket_service_stop (fixture->server->service);
  g_socket_listener_close (G_SOCKET_LISTENER (fixture->server->service));
  confab_signaling_open (fixture->signaling);
  test_wait_until (fixture->failed != NULL);
  g_assert_error (fixture->failed, CONFAB_ERROR, CONFAB_ERROR_UNREACHABLE);
  g_assert_cmpuint (fixture->n_lost, ==, 0);
}

static void
test_no_websocket (Fixture *fixture, gconstpointer data)
{
  soup_server_remove_handler (fixture->server->server, "/api/v1/signaling");
  confab_signaling_open (fixture->signaling);
  test_wait_until (fixture->failed != NULL);
  g_assert_error (fixture->failed, CONFAB_ERROR, CONFAB_ERROR_FAILED);
  g_assert_nonnull (strstr (fixture->failed->message, "404"));
}

static void
test_no_ticket (Fixture *fixture, gconstpointer data)
{
  fake_server_set_problem (fixture->server, "/auth/ws-ticket", 401, "not-authenticated");
  confab_signaling_open (fixture->signaling);
  test_wait_until (fixture->failed != NULL);
  g_assert_error (fixture->failed, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED);
  g_assert_cmpuint (fixture->n_lost, ==, 0);
}

static void
test_new_ticket_once (Fixture *fixture, gconstpointer data)
{
  fixture->server->mode = FAKE_REFUSE;
  fixture->server->close_code = 4401;
  fixture->server->error_code = "ticket-expired";
  confab_signaling_open (fixture->signaling);
  test_wait_until (fixture->failed != NULL);
  g_assert_error (fixture->failed, CONFAB_ERROR, CONFAB_ERROR_TICKET_EXPIRED);
  g_assert_cmpstr (fixture->failed->message, ==, "Said ticket-expired");
  g_assert_cmpuint (fixture->server->n_tickets, ==, 2);
  g_assert_cmpuint (fixture->n_lost, ==, 1);
}

static void
test_new_ticket_helps (Fixture *fixture, gconstpointer data)
{
  fixture->server->mode = FAKE_REFUSE;
  fixture->server->close_code = 4401;
  confab_signaling_open (fixture->signaling);
  test_wait_until (fixture->n_lost == 1);
  g_assert_error (fixture->lost, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED);
  fixture->server->mode = FAKE_WELCOME;
  test_wait_until (fixture->n_welcomes == 1);
  g_assert_cmpuint (fixture->server->n_tickets, ==, 2);
}

static void
test_final_codes (void)
{
  const struct {
    gushort close_code;
    const char *said;
    int expected; /* of ConfabError */
  } cases[] = {
    { 4400, NULL, CONFAB_ERROR_BAD_REQUEST },
    { 4403, NULL, CONFAB_ERROR_NOT_ALLOWED },
    { 4403, "call-full", CONFAB_ERROR_CALL_FULL },
    { 4404, NULL, CONFAB_ERROR_NOT_FOUND },
    { 4404, "no-such-call", CONFAB_ERROR_NO_SUCH_CALL },
    { 4409, NULL, CONFAB_ERROR_REPLACED },
    { 4410, NULL, CONFAB_ERROR_CALL_OVER },
    { 4410, "call-over", CONFAB_ERROR_CALL_OVER },
    { 4413, NULL, CONFAB_ERROR_TOO_LARGE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Fixture fixture = { 0 };

    set_up (&fixture, NULL);
    open_session (&fixture);
    fixture.server->error_code = cases[i].said;
    if (cases[i].said != NULL) {
      g_autofree char *json =
          g_strdup_printf ("{\"type\":\"error\",\"code\":\"%s\"}", cases[i].said);

      fake_server_send (fixture.server, json);
    }
    fake_server_close (fixture.server, cases[i].close_code);
    test_wait_until (fixture.failed != NULL);
    g_assert_error (fixture.failed, CONFAB_ERROR, cases[i].expected);
    g_assert_cmpuint (fixture.n_lost, ==, 0);
    tear_down (&fixture, NULL);
  }
}

static void
test_retried_codes (void)
{
  const struct {
    gushort close_code;
    int expected; /* of ConfabError */
  } cases[] = {
    { 4503, CONFAB_ERROR_RESTARTING },  { 4408, CONFAB_ERROR_TOO_SLOW },
    { 4429, CONFAB_ERROR_TOO_MANY },    { 1011, CONFAB_ERROR_FAILED },
    { 1000, CONFAB_ERROR_UNREACHABLE }, { 4999, CONFAB_ERROR_UNREACHABLE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Fixture fixture = { 0 };

    set_up (&fixture, NULL);
    open_session (&fixture);
    fake_server_close (fixture.server, cases[i].close_code);
    test_wait_until (fixture.n_lost == 1);
    g_assert_error (fixture.lost, CONFAB_ERROR, cases[i].expected);
    test_wait_until (fixture.n_welcomes == 2);
    g_assert_cmpuint (fixture.server->n_tickets, ==, 2);
    g_assert_null (fixture.failed);
    tear_down (&fixture, NULL);
  }
}

static void
test_cut (Fixture *fixture, gconstpointer data)
{
  open_session (fixture);
  for (guint i = 2; i < 5; i++) {
    fake_server_cut (fixture->server);
    test_wait_until (fixture->n_welcomes == i);
    settle (fixture);
  }
  g_assert_cmpuint (fixture->n_lost, ==, 3);
  g_assert_error (fixture->lost, CONFAB_ERROR, CONFAB_ERROR_UNREACHABLE);
}

/* A manual clock is the schedule: no outage is long until the test says so. */
static void
test_gives_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDateTime) start = g_date_time_new_utc (2024, 5, 1, 10, 0, 0);
  g_autoptr (ConfabClock) clock = confab_manual_clock_new (start);

  confab_signaling_set_clock (fixture->signaling, clock);
  open_session (fixture);
  g_socket_service_stop (fixture->server->service);
  g_socket_listener_close (G_SOCKET_LISTENER (fixture->server->service));
  fake_server_cut (fixture->server);
  test_wait_until (fixture->n_lost >= 5);
  g_assert_null (fixture->failed);
  confab_manual_clock_advance (CONFAB_MANUAL_CLOCK (clock), 20 * G_USEC_PER_SEC);
  test_wait_until (fixture->failed != NULL);
  g_assert_error (fixture->failed, CONFAB_ERROR, CONFAB_ERROR_UNREACHABLE);
}

/* A server that welcomes and then closes does not count as back. */
static void
test_gives_up_on_flapping (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDateTime) start = g_date_time_new_utc (2024, 5, 1, 10, 0, 0);
  g_autoptr (ConfabClock) clock = confab_manual_clock_new (start);

  confab_signaling_set_clock (fixture->signaling, clock);
  open_session (fixture);
  while (fixture->failed == NULL) {
    guint n_welcomes = fixture->n_welcomes;

    fake_server_close (fixture->server, 4503);
    test_wait_until (fixture->n_welcomes > n_welcomes || fixture->failed != NULL);
    confab_manual_clock_advance (CONFAB_MANUAL_CLOCK (clock), 7 * G_USEC_PER_SEC);
  }
  g_assert_error (fixture->failed, CONFAB_ERROR, CONFAB_ERROR_RESTARTING);
  g_assert_cmpuint (fixture->n_lost, ==, 3);
}

static const ConfabSignalingTiming impatient = {
  .attempt_ms = 100,
  .ping_ms = 20,
  .dead_ms = 200,
  .give_up_ms = 20 * 1000,
  .backoff = CONFAB_BACKOFF_INIT (10, 40),
};

static void
test_silence (Fixture *fixture, gconstpointer data)
{
  fixture->server->mode = FAKE_MUTE_WELCOME;
  open_session (fixture);
  test_wait_until (fixture->n_lost == 1);
  g_assert_error (fixture->lost, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT);
  g_assert_cmpuint (fake_server_count (fixture->server, "ping"), >, 0);
  fixture->server->mode = FAKE_WELCOME;
  test_wait_until (fixture->n_welcomes == 2);
}

static void
test_no_welcome (Fixture *fixture, gconstpointer data)
{
  fixture->server->mode = FAKE_SILENT;
  confab_signaling_open (fixture->signaling);
  test_wait_until (fixture->failed != NULL);
  g_assert_error (fixture->failed, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT);
}

static void
test_clock_offset (Fixture *fixture, gconstpointer data)
{
  const gint64 ahead_us = 90 * G_USEC_PER_SEC;
  const gint64 tolerance_us = 10 * G_USEC_PER_SEC;

  g_assert_cmpint (confab_signaling_get_clock_offset_us (fixture->signaling), ==, 0);
  fixture->server->clock_ahead_us = ahead_us;
  open_session (fixture);
  g_assert_cmpint (ABS (confab_signaling_get_clock_offset_us (fixture->signaling) - ahead_us), <,
                   tolerance_us);
  fixture->server->clock_ahead_us = -ahead_us;
  test_wait_until (ABS (confab_signaling_get_clock_offset_us (fixture->signaling) + ahead_us) <
                   tolerance_us);
}

/* What was sent before the close still goes out. */
static void
test_close_flushes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabMessage) leave = confab_message_new ("leave");

  open_session (fixture);
  g_assert_true (confab_signaling_send (fixture->signaling, leave));
  confab_signaling_close (fixture->signaling);
  g_assert_false (confab_signaling_send (fixture->signaling, leave));
  test_wait_until (fake_server_find (fixture->server, "leave") != NULL);
  test_wait_until (soup_websocket_connection_get_state (fixture->server->connection) ==
                   SOUP_WEBSOCKET_STATE_CLOSED);
  g_assert_cmpuint (fixture->n_lost, ==, 0);
  g_assert_null (fixture->failed);
}

/* In each phase of an attempt. */
static void
test_close_early (void)
{
  for (guint n_iterations = 0; n_iterations < 40; n_iterations += 3) {
    Fixture fixture = { 0 };

    set_up (&fixture, NULL);
    confab_signaling_open (fixture.signaling);
    for (guint i = 0; i < n_iterations; i++)
      g_main_context_iteration (NULL, FALSE);
    tear_down (&fixture, NULL);
  }
}

static void
test_retry_table (void)
{
  for (guint code = 0; code < CONFAB_N_ERRORS; code++) {
    g_autoptr (GError) error = g_error_new_literal (CONFAB_ERROR, (gint) code, "x");
    guint close_code = confab_error_get_close_code ((ConfabError) code);

    g_assert_cmpuint (confab_retry_for_error (error), <=, CONFAB_RETRY_LATER);
    g_assert_nonnull (confab_retry_describe ((ConfabError) code));
    if (close_code != 0)
      g_assert_cmpuint (
          confab_error_get_close_code (confab_retry_error_from_close_code (close_code)), ==,
          close_code);
  }
  g_assert_cmpuint (confab_retry_error_from_close_code (0), ==, CONFAB_ERROR_UNREACHABLE);
  g_assert_cmpuint (confab_retry_error_from_close_code (1006), ==, CONFAB_ERROR_UNREACHABLE);
}

#define ADD(path, timing, function) g_test_add (path, Fixture, timing, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/signaling/welcome", NULL, test_welcome);
  ADD ("/signaling/exchange", NULL, test_exchange);
  ADD ("/signaling/garbage-is-dropped", NULL, test_garbage_is_dropped);
  ADD ("/signaling/not-there", NULL, test_not_there);
  ADD ("/signaling/no-websocket", NULL, test_no_websocket);
  ADD ("/signaling/no-ticket", NULL, test_no_ticket);
  ADD ("/signaling/new-ticket-once", NULL, test_new_ticket_once);
  ADD ("/signaling/new-ticket-helps", NULL, test_new_ticket_helps);
  g_test_add_func ("/signaling/final-codes", test_final_codes);
  g_test_add_func ("/signaling/retried-codes", test_retried_codes);
  ADD ("/signaling/cut", NULL, test_cut);
  ADD ("/signaling/gives-up", NULL, test_gives_up);
  ADD ("/signaling/gives-up-on-flapping", NULL, test_gives_up_on_flapping);
  ADD ("/signaling/silence", &impatient, test_silence);
  ADD ("/signaling/no-welcome", &impatient, test_no_welcome);
  ADD ("/signaling/clock-offset", NULL, test_clock_offset);
  ADD ("/signaling/close-flushes", NULL, test_close_flushes);
  g_test_add_func ("/signaling/close-early", test_close_early);
  g_test_add_func ("/signaling/retry-table", test_retry_table);

  return g_test_run ();
}
