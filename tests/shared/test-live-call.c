/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "confab-error.h"
#include "confab-live-call-private.h"
#include "confab-wire-model.h"
#include "fake-server.h"
#include "test-loop.h"

#define PERSON(id, name)                                                 \
  "{\"id\":\"" id "\",\"user_id\":\"u-" id "\",\"display_name\":\"" name \
  "\",\"role\":\"speaker\",\"joined_at\":\"2024-05-01T10:00:01Z\",\"muted\":false}"
#define CALL                                                                              \
  "{\"id\":\"c1\",\"code\":\"7h3k-9mzq-c0de\",\"kind\":\"now\",\"state\":\"live\","       \
  "\"creator_id\":\"u1\",\"max_participants\":6,\"created_at\":\"2024-05-01T10:00:00Z\"," \
  "\"started_at\":\"2024-05-01T10:00:01Z\",\"expires_at\":\"2024-05-02T10:00:00Z\"}"
#define JOINED(self, people) JOINED_WITH (self, people, "{\"urls\":[\"stun:h\"]}")
#define JOINED_WITH(self, people, servers)                                            \
  "{\"type\":\"joined\",\"call\":" CALL ",\"link\":\"http://h/j/x\",\"self\":\"" self \
  "\",\"participants\":[" people "],\"topology\":\"mesh\","                           \
  "\"ice_servers\":[" servers "],\"room_started_at\":\"2024-05-01T10:00:01Z\"}"

static const ConfabSignalingTiming quick = {
  .attempt_ms = 20 * 1000,
  .ping_ms = 10 * 1000,
  .dead_ms = 20 * 1000,
  .give_up_ms = 20 * 1000,
  .backoff = CONFAB_BACKOFF_INIT (10, 40),
};

typedef struct {
  FakeServer *server;
  ConfabSession *session;
  ConfabLiveCall *call;
  GString *events; /* (owned) what was emitted, in order */
  GError *error;   /* (owned) (nullable) the last one emitted */
  GString *states; /* (owned) */
} Fixture;

static void
note (Fixture *fixture, const char *event, const char *about)
{
  g_string_append_printf (fixture->events, "%s%s%s;", event, about != NULL ? " " : "",
                          about != NULL ? about : "");
}

static void
on_joined (ConfabLiveCall *call, Fixture *fixture)
{
  note (fixture, "joined", NULL);
}

static void
on_person_joined (ConfabLiveCall *call, ConfabLiveParticipant *participant, Fixture *fixture)
{
  note (fixture, "came", confab_live_participant_get_id (participant));
}

static void
on_person_left (ConfabLiveCall *call, ConfabLiveParticipant *participant, Fixture *fixture)
{
  note (fixture, "went", confab_live_participant_get_id (participant));
}

static void
on_signal (ConfabLiveCall *call, const char *from, ConfabSignal *signal, Fixture *fixture)
{
  note (fixture, confab_signal_kind_to_string (confab_signal_get_kind (signal)), from);
}

static void
note_error (Fixture *fixture, const char *event, const GError *error)
{
  g_clear_error (&fixture->error);
  fixture->error = g_error_copy (error);
  note (fixture, event, NULL);
}

static void
on_reconnecting (ConfabLiveCall *call, const GError *error, Fixture *fixture)
{
  note_error (fixture, "reconnecting", error);
}

static void
on_refused (ConfabLiveCall *call, const GError *error, Fixture *fixture)
{
  note_error (fixture, "refused", error);
}

static void
on_failed (ConfabLiveCall *call, const GError *error, Fixture *fixture)
{
  note_error (fixture, "failed", error);
}

static void
on_ended (ConfabLiveCall *call, const char *reason, Fixture *fixture)
{
  note (fixture, "ended", reason);
}

static void
on_ending (ConfabLiveCall *call, guint in_s, Fixture *fixture)
{
  g_string_append_printf (fixture->events, "ending %u;", in_s);
}

static void
on_state (ConfabLiveCall *call, GParamSpec *pspec, Fixture *fixture)
{
  g_string_append_printf (fixture->states, "%s;",
                          confab_link_state_to_string (confab_live_call_get_state (call)));
}

static ConfabCall *
make_call (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  return confab_call_new ("c1", "7h3k-9mzq-c0de", "u1", now, now);
}

static void
connect_signals (Fixture *fixture)
{
  g_signal_connect (fixture->call, "joined", G_CALLBACK (on_joined), fixture);
  g_signal_connect (fixture->call, "participant-joined", G_CALLBACK (on_person_joined), fixture);
  g_signal_connect (fixture->call, "participant-left", G_CALLBACK (on_person_left), fixture);
  g_signal_connect (fixture->call, "signal", G_CALLBACK (on_signal), fixture);
  g_signal_connect (fixture->call, "reconnecting", G_CALLBACK (on_reconnecting), fixture);
  g_signal_connect (fixture->call, "refused", G_CALLBACK (on_refused), fixture);
  g_signal_connect (fixture->call, "failed", G_CALLBACK (on_failed), fixture);
  g_signal_connect (fixture->call, "ended", G_CALLBACK (on_ended), fixture);
  g_signal_connect (fixture->call, "ending", G_CALLBACK (on_ending), fixture);
  g_signal_connect (fixture->call, "notify::state", G_CALLBACK (on_state), fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabCall) call = make_call ();
  g_autoptr (ConfabClient) client = NULL;

  fixture->server = fake_server_new ();
  client = confab_client_new (fixture->server->url, NULL);
  fixture->session = confab_session_new (client, NULL);
  fixture->call = confab_live_call_new (fixture->session, call, "http://h/j/old", "test");
  fixture->events = g_string_new (NULL);
  fixture->states = g_string_new (NULL);
  confab_signaling_set_timing (confab_live_call_get_signaling (fixture->call), &quick);
  connect_signals (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  confab_live_call_leave (fixture->call);
  test_drain ();
  g_assert_finalize_object (fixture->call);
  g_assert_finalize_object (fixture->session);
  fake_server_free (fixture->server);
  g_string_free (fixture->events, TRUE);
  g_string_free (fixture->states, TRUE);
  g_clear_error (&fixture->error);
  test_drain ();
}

static void
wait_for (Fixture *fixture, const char *events)
{
  test_wait_until (g_str_has_suffix (fixture->events->str, events));
}

static void
join (Fixture *fixture)
{
  confab_live_call_join (fixture->call);
  test_wait_until (fake_server_find (fixture->server, "join") != NULL);
  fake_server_send (fixture->server, JOINED ("me", PERSON ("ada", "Ada") "," PERSON (
                                                       "me", "Me") "," PERSON ("bob", "Bob")));
  wait_for (fixture, "joined;");
}

static char *
list_ids (Fixture *fixture)
{
  GString *ids = g_string_new (NULL);
  GListModel *model = G_LIST_MODEL (fixture->call);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (ConfabLiveParticipant) participant = g_list_model_get_item (model, i);

    g_string_append_printf (ids, "%s;", confab_live_participant_get_id (participant));
  }
  return g_string_free (ids, FALSE);
}

static void
assert_ids (Fixture *fixture, const char *expected)
{
  g_autofree char *ids = list_ids (fixture);

  g_assert_cmpstr (ids, ==, expected);
}

static void
test_join (Fixture *fixture, gconstpointer data)
{
  ConfabMessage *message = NULL;
  const char *id = NULL;
  gboolean muted = FALSE, listen_only = FALSE;

  confab_live_call_set_muted (fixture->call, TRUE);
  confab_live_call_set_listen_only (fixture->call, TRUE);
  join (fixture);
  message = fake_server_find (fixture->server, "join");
  g_assert_true (confab_message_get_string (message, "call", CONFAB_FIELD_REQUIRED, 0, &id, NULL));
  g_assert_true (
      confab_message_get_boolean (message, "muted", CONFAB_FIELD_REQUIRED, &muted, NULL));
  g_assert_true (confab_message_get_boolean (message, "listen_only", CONFAB_FIELD_REQUIRED,
                                             &listen_only, NULL));
  g_assert_cmpstr (id, ==, "c1");
  g_assert_true (muted);
  g_assert_true (listen_only);

  assert_ids (fixture, "me;ada;bob;");
  g_assert_cmpstr (fixture->states->str, ==, "connecting;joining;live;");
  g_assert_cmpstr (confab_live_call_get_self_id (fixture->call), ==, "me");
  g_assert_cmpstr (confab_live_call_get_link (fixture->call), ==, "http://h/j/x");
  g_assert_cmpuint (confab_live_call_get_ice_servers (fixture->call)->len, ==, 1);
  g_assert_cmpint (confab_call_get_state (confab_live_call_get_call (fixture->call)), ==,
                   CONFAB_CALL_STATE_LIVE);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (fixture->call), 3));
  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (fixture->call)) ==
                 CONFAB_TYPE_LIVE_PARTICIPANT);
}

/* The first answer is a refusal: the credential in hand is still good, so it asks again. */
static void
test_renews_credentials (Fixture *fixture, gconstpointer data)
{
  const char *renewed = "{\"ice_servers\":[{\"urls\":[\"turn:h\"],\"username\":\"2:u\","
                        "\"credential\":\"new\",\"lifetime_s\":3600}]}";
  ConfabIceServer *server = NULL;

  fake_server_set_problem (fixture->server, "/ice-servers", 503, "restarting");
  confab_live_call_join (fixture->call);
  test_wait_until (fake_server_find (fixture->server, "join") != NULL);
  fake_server_send (fixture->server, JOINED_WITH ("me", PERSON ("me", "Me"),
                                                  "{\"urls\":[\"turn:h\"],\"username\":\"1:u\","
                                                  "\"credential\":\"old\",\"lifetime_s\":1}"));
  wait_for (fixture, "joined;");
  server = confab_live_call_get_ice_servers (fixture->call)->pdata[0];
  g_assert_cmpstr (confab_ice_server_get_credential (server), ==, "old");
  test_wait_until (g_str_has_suffix (fixture->server->last_uri, "/ice-servers?call=c1"));
  fake_server_set_reply (fixture->server, "/ice-servers", 200, renewed);
  test_wait_until (confab_live_call_get_ice_servers (fixture->call)->pdata[0] != server);
  server = confab_live_call_get_ice_servers (fixture->call)->pdata[0];
  g_assert_cmpstr (confab_ice_server_get_credential (server), ==, "new");
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, GString *log)
{
  g_string_append_printf (log, "%u-%u+%u;", position, removed, added);
}

static void
test_roster (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) changes = g_string_new (NULL);
  g_autoptr (ConfabLiveParticipant) ada = NULL;

  join (fixture);
  g_signal_connect (fixture->call, "items-changed", G_CALLBACK (on_items_changed), changes);
  ada = g_object_ref (confab_live_call_find (fixture->call, "ada"));
  fake_server_send (fixture->server,
                    "{\"type\":\"participant-joined\",\"participant\":" PERSON ("cy", "Cy") "}");
  fake_server_send (fixture->server, "{\"type\":\"participant-updated\",\"participant\":" PERSON (
                                         "ada", "Ada L.") "}");
  fake_server_send (fixture->server, "{\"type\":\"participant-left\",\"participant\":\"bob\","
                                     "\"reason\":\"left\"}");
  fake_server_send (fixture->server, "{\"type\":\"participant-left\",\"participant\":\"nobody\","
                                     "\"reason\":\"left\"}");
  wait_for (fixture, "joined;came cy;went bob;");
  assert_ids (fixture, "me;ada;cy;");
  g_assert_cmpstr (changes->str, ==, "3-0+1;2-1+0;");
  g_assert_cmpstr (confab_live_participant_get_display_name (ada), ==, "Ada L.");
  g_assert_null (confab_live_call_find (fixture->call, "bob"));
  g_assert_null (confab_live_call_find (fixture->call, NULL));
  g_signal_handlers_disconnect_by_data (fixture->call, changes);
}

static void
test_signals (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabSignal) offer = confab_signal_new_description (CONFAB_SIGNAL_OFFER, 1, "v=0");
  g_autoptr (ConfabSignal) sent = NULL;
  ConfabMessage *message = NULL;

  confab_live_call_send_signal (fixture->call, "ada", offer);
  join (fixture);
  fake_server_send (fixture->server, "{\"type\":\"signal\",\"from\":\"stranger\",\"to\":\"me\","
                                     "\"kind\":\"rebuild\",\"generation\":1,\"payload\":{}}");
  fake_server_send (fixture->server, "{\"type\":\"signal\",\"from\":\"ada\",\"to\":\"me\","
                                     "\"kind\":\"of-later\",\"generation\":1,\"payload\":{}}");
  fake_server_send (fixture->server, "{\"type\":\"signal\",\"from\":\"ada\",\"to\":\"me\","
                                     "\"kind\":\"rebuild\",\"generation\":1,\"payload\":{}}");
  wait_for (fixture, "joined;rebuild ada;");

  confab_live_call_send_signal (fixture->call, "ada", offer);
  test_wait_until (fake_server_find (fixture->server, "signal") != NULL);
  g_assert_cmpuint (fake_server_count (fixture->server, "signal"), ==, 1);
  message = fake_server_find (fixture->server, "signal");
  sent = confab_signal_from_message (message, NULL);
  g_assert_cmpstr (confab_signal_get_sdp (sent), ==, "v=0");
}

static void
on_notify (GObject *object, GParamSpec *pspec, guint *n)
{
  ++*n;
}

static void
test_flags (Fixture *fixture, gconstpointer data)
{
  ConfabLiveParticipant *self = NULL;
  guint n_call = 0, n_self = 0, n_states = 0;
  gboolean is_muted = FALSE;

  join (fixture);
  self = confab_live_call_find (fixture->call, "me");
  g_signal_connect (fixture->call, "notify::muted", G_CALLBACK (on_notify), &n_call);
  g_signal_connect (self, "notify::muted", G_CALLBACK (on_notify), &n_self);
  test_wait_until (fake_server_count (fixture->server, "state") == 1);
  n_states = fake_server_count (fixture->server, "state");

  g_object_set (fixture->call, "muted", TRUE, NULL);
  confab_live_call_set_muted (fixture->call, TRUE);
  g_object_get (fixture->call, "muted", &is_muted, NULL);
  g_assert_true (is_muted);
  g_assert_true (confab_live_participant_get_muted (self));
  g_assert_cmpuint (n_call, ==, 1);
  g_assert_cmpuint (n_self, ==, 1);
  confab_live_call_set_deafened (fixture->call, TRUE);
  confab_live_call_set_listen_only (fixture->call, TRUE);
  test_wait_until (fake_server_count (fixture->server, "state") == n_states + 3);
}

/* The list is whole whenever the call is said to be another. */
static void
on_call (ConfabLiveCall *call, GParamSpec *pspec, guint *n_calls)
{
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (call)), ==, 3);
  confab_live_call_may_record (call);
  *n_calls += 1;
}

static void
test_recording_policy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) updated = g_string_new ("{\"type\":\"call-updated\",\"call\":" CALL "}");
  guint n_calls = 0;

  g_signal_connect (fixture->call, "notify::call", G_CALLBACK (on_call), &n_calls);
  join (fixture);
  g_assert_cmpuint (n_calls, ==, 1);
  g_assert_false (confab_live_call_may_record (fixture->call));
  g_assert_false (confab_live_call_may_change (fixture->call)); /* a speaker */
  g_string_replace (updated, "\"kind\"", "\"recording_policy\":\"everyone\",\"kind\"", 1);
  fake_server_send (fixture->server, updated->str);
  test_wait_until (n_calls == 2);
  g_assert_true (confab_live_call_may_record (fixture->call));

  fake_server_set_problem (fixture->server, "/calls/c1", 403, "not-allowed");
  confab_live_call_set_recording_policy (fixture->call, CONFAB_RECORDING_NEVER);
  wait_for (fixture, "joined;refused;");
  g_assert_error (fixture->error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED);
  g_assert_true (confab_live_call_may_record (fixture->call));
}

static void
test_rejoin (Fixture *fixture, gconstpointer data)
{
  join (fixture);
  confab_live_call_set_deafened (fixture->call, TRUE);
  fake_server_cut (fixture->server);
  wait_for (fixture, "joined;reconnecting;");
  assert_ids (fixture, "me;ada;bob;");
  test_wait_until (fake_server_count (fixture->server, "join") == 2);
  fake_server_send (fixture->server, JOINED ("me2", PERSON ("me2", "Me")));
  wait_for (fixture, "joined;reconnecting;joined;");
  assert_ids (fixture, "me2;");
  g_assert_cmpstr (confab_live_call_get_self_id (fixture->call), ==, "me2");
  g_assert_cmpstr (fixture->states->str, ==, "connecting;joining;live;resuming;live;");
}

static void
test_leave (Fixture *fixture, gconstpointer data)
{
  join (fixture);
  confab_live_call_leave (fixture->call);
  g_assert_cmpint (confab_live_call_get_state (fixture->call), ==, CONFAB_LINK_STATE_LEFT);
  test_wait_until (fake_server_find (fixture->server, "leave") != NULL);
  test_drain ();
  g_assert_cmpstr (fixture->events->str, ==, "joined;");
}

static void
test_end (Fixture *fixture, gconstpointer data)
{
  join (fixture);
  confab_live_call_end (fixture->call);
  test_wait_until (fake_server_find (fixture->server, "end") != NULL);
  fake_server_send (fixture->server, "{\"type\":\"error\",\"code\":\"conflict\",\"detail\":\"No.\","
                                     "\"about\":\"end\"}");
  wait_for (fixture, "joined;refused;");
  fake_server_send (fixture->server, "{\"type\":\"call-ending\",\"call\":\"c1\",\"in_s\":60}");
  fake_server_send (fixture->server,
                    "{\"type\":\"call-ended\",\"call\":\"c1\",\"reason\":\"ended-by-host\"}");
  fake_server_close (fixture->server, 4410);
  wait_for (fixture, "joined;refused;ending 60;ended ended-by-host;");
  g_assert_cmpint (confab_live_call_get_state (fixture->call), ==, CONFAB_LINK_STATE_LEFT);
}

/* By REST, while there is no session. */
static void
test_end_early (Fixture *fixture, gconstpointer data)
{
  fake_server_set_problem (fixture->server, "/calls/c1/end", 403, "not-allowed");
  confab_live_call_end (fixture->call);
  wait_for (fixture, "refused;");
  g_assert_error (fixture->error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  confab_live_call_join (fixture->call);
  test_wait_until (fake_server_find (fixture->server, "join") != NULL);
  fake_server_send (fixture->server, "{\"type\":\"error\",\"code\":\"call-full\","
                                     "\"detail\":\"The call is full.\",\"about\":\"join\"}");
  fake_server_close (fixture->server, 4403);
  wait_for (fixture, "failed;");
  g_assert_cmpstr (fixture->events->str, ==, "failed;");
  g_assert_error (fixture->error, CONFAB_ERROR, CONFAB_ERROR_CALL_FULL);
  g_assert_cmpstr (fixture->error->message, ==, "The call is full.");
  g_assert_cmpstr (fixture->states->str, ==, "connecting;joining;left;");
}

/* An error that leaves the session open would otherwise leave us waiting. */
static void
test_refused_softly (Fixture *fixture, gconstpointer data)
{
  confab_live_call_join (fixture->call);
  test_wait_until (fake_server_find (fixture->server, "join") != NULL);
  fake_server_send (fixture->server,
                    "{\"type\":\"error\",\"code\":\"conflict\",\"about\":\"join\"}");
  wait_for (fixture, "failed;");
  g_assert_error (fixture->error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT);
}

static void
test_not_there (Fixture *fixture, gconstpointer data)
{
  g_socket_service_stop (fixture->server->service);
  g_socket_listener_close (G_SOCKET_LISTENER (fixture->server->service));
  confab_live_call_join (fixture->call);
  wait_for (fixture, "failed;");
  g_assert_error (fixture->error, CONFAB_ERROR, CONFAB_ERROR_UNREACHABLE);
  g_assert_cmpstr (fixture->states->str, ==, "connecting;left;");
}

static void
test_malformed (Fixture *fixture, gconstpointer data)
{
  confab_live_call_join (fixture->call);
  test_wait_until (fake_server_find (fixture->server, "join") != NULL);
  fake_server_send (fixture->server, JOINED ("me", PERSON ("ada", "Ada")));
  wait_for (fixture, "failed;");
  g_assert_error (fixture->error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE);
}

/* A server that welcomes and then does nothing about it. */
static void
test_join_deadline (Fixture *fixture, gconstpointer data)
{
  confab_live_call_set_join_deadline_ms (fixture->call, 50);
  confab_live_call_join (fixture->call);
  wait_for (fixture, "reconnecting;");
  g_assert_error (fixture->error, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT);
  test_wait_until (fake_server_count (fixture->server, "join") >= 2);
}

static void
test_elapsed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDateTime) start = g_date_time_new_utc (2024, 5, 1, 10, 1, 0.5);
  g_autoptr (ConfabClock) clock = confab_manual_clock_new (start);
  ConfabSignaling *signaling = confab_live_call_get_signaling (fixture->call);
  guint offset_s = 0;

  confab_live_call_set_clock (fixture->call, clock);
  g_assert_cmpuint (confab_live_call_get_elapsed_s (fixture->call), ==, 0);
  join (fixture);
  /* 59.5 seconds by our clock, and the server's is ahead of it by some microseconds. */
  offset_s = (guint) (confab_signaling_get_clock_offset_us (signaling) / G_USEC_PER_SEC);
  g_assert_cmpuint (confab_live_call_get_elapsed_s (fixture->call), ==, 59 + offset_s);
  confab_manual_clock_advance (CONFAB_MANUAL_CLOCK (clock), 2 * G_USEC_PER_SEC);
  g_assert_cmpuint (confab_live_call_get_elapsed_s (fixture->call), ==, 61 + offset_s);
}

static void
test_live_participant (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_utc (2024, 5, 1, 10, 0, 0);
  g_autoptr (ConfabParticipant) value =
      confab_participant_new ("p", NULL, "Ada", CONFAB_ROLE_SPEAKER, now);
  ConfabParticipantFlags flags = { .is_muted = TRUE };
  g_autoptr (ConfabParticipant) muted = confab_participant_with_flags (value, &flags, now);
  ConfabLiveParticipant *live = confab_live_participant_new (value, FALSE);
  guint n_notified = 0;
  double level_dbov = 0.0;
  gboolean speaking = FALSE;
  g_autofree char *connection = NULL;

  g_signal_connect (live, "notify", G_CALLBACK (on_notify), &n_notified);
  confab_live_participant_set_participant (live, value);
  confab_live_participant_set_level (live, -127.0, FALSE);
  confab_live_participant_set_connection (live, "connecting");
  g_assert_cmpuint (n_notified, ==, 0);
  confab_live_participant_set_participant (live, muted);
  g_assert_cmpuint (n_notified, ==, 2);
  confab_live_participant_set_level (live, 3.0, TRUE);
  confab_live_participant_set_connection (live, "connected");
  g_assert_cmpuint (n_notified, ==, 5);
  g_object_get (live, "level-dbov", &level_dbov, "speaking", &speaking, "connection", &connection,
                NULL);
  g_assert_cmpfloat (level_dbov, ==, 0.0);
  g_assert_true (speaking);
  g_assert_cmpstr (connection, ==, "connected");
  g_assert_finalize_object (live);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/live-call/join", test_join);
  ADD ("/live-call/renews-credentials", test_renews_credentials);
  ADD ("/live-call/roster", test_roster);
  ADD ("/live-call/signals", test_signals);
  ADD ("/live-call/flags", test_flags);
  ADD ("/live-call/recording-policy", test_recording_policy);
  ADD ("/live-call/rejoin", test_rejoin);
  ADD ("/live-call/leave", test_leave);
  ADD ("/live-call/end", test_end);
  ADD ("/live-call/end-early", test_end_early);
  ADD ("/live-call/refused", test_refused);
  ADD ("/live-call/refused-softly", test_refused_softly);
  ADD ("/live-call/not-there", test_not_there);
  ADD ("/live-call/malformed", test_malformed);
  ADD ("/live-call/join-deadline", test_join_deadline);
  ADD ("/live-call/elapsed", test_elapsed);
  g_test_add_func ("/live-participant/notify", test_live_participant);

  return g_test_run ();
}
