/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "confab-wire-model.h"
#include "session-fixture.h"

/* A person who is connected, and has said nothing yet. */
static void
connect_ada (Person *ada, SessionFixture *fixture)
{
  g_autoptr (ConfabUser) user = session_fixture_sign_in (fixture, "Ada");

  person_connect (ada, fixture, user);
}

static ConfabCall *
create_call (SessionFixture *fixture, guint max_participants)
{
  g_autoptr (ConfabUser) host = session_fixture_sign_in (fixture, "Host");

  return session_fixture_create (fixture, host, max_participants);
}

static const char *
get_text (ConfabMessage *message, const char *name)
{
  const char *value = NULL;

  g_assert_true (
      confab_message_get_string (message, name, CONFAB_FIELD_REQUIRED, 256, &value, NULL));
  return value;
}

static void
expect_left (Person *person, const char *participant, const char *reason)
{
  g_autoptr (ConfabMessage) left = person_expect (person, "participant-left");

  g_assert_cmpstr (get_text (left, "participant"), ==, participant);
  g_assert_cmpstr (get_text (left, "reason"), ==, reason);
}

static void
expect_joined (Person *person, const char *participant)
{
  g_autoptr (ConfabMessage) joined = person_expect (person, "participant-joined");
  g_autoptr (ConfabMessage) value = NULL;

  g_assert_true (
      confab_message_get_object (joined, "participant", CONFAB_FIELD_REQUIRED, &value, NULL));
  g_assert_cmpstr (get_text (value, "id"), ==, participant);
}

static void
test_welcome (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Person) ada = { NULL };
  g_autofree char *ticket = NULL;
  g_autoptr (ConfabMessage) welcome = NULL;
  g_autoptr (ConfabMessage) user = NULL;
  g_autoptr (GDateTime) server_time = NULL;
  g_autoptr (GDateTime) now = confab_clock_dup_now (fixture->clock);

  connect_ada (&ada, fixture);
  ticket = session_fixture_issue (fixture, ada.user);
  person_say (&ada,
              "{\"type\":\"hello\",\"version\":1,\"ticket\":\"%s\",\"device\":{\"name\":\"test\"},"
              "\"features\":[\"audio\"],\"unknown\":{}}",
              ticket);
  welcome = person_expect (&ada, "welcome");
  g_assert_true (confab_message_get_object (welcome, "user", CONFAB_FIELD_REQUIRED, &user, NULL));
  g_assert_cmpstr (get_text (user, "display_name"), ==, "Ada");
  g_assert_true (
      confab_message_get_time (welcome, "server_time", CONFAB_FIELD_REQUIRED, &server_time, NULL));
  g_assert_true (g_date_time_equal (server_time, now));
  g_assert_cmpuint (strlen (get_text (welcome, "session")), ==, 26);
}

typedef struct {
  const char *text;
  const char *code;
  const char *about;
  guint close_code;
} Refusal;

/* clang-format off */
static const Refusal first_words[] = {
  { "{\"type\":\"ping\",\"id\":1}", "not-authenticated", "ping", 4401 },
  { "{\"type\":\"join\",\"call\":\"x\"}", "not-authenticated", "join", 4401 },
  { "{\"type\":\"dance\"}", "not-authenticated", NULL, 4401 },
  { "hello", "bad-message", NULL, 4400 },
  { "{\"type\":\"hello\"}", "bad-message", "hello", 4400 },
  { "{\"type\":\"hello\",\"version\":1}", "bad-message", "hello", 4400 },
  { "{\"type\":\"hello\",\"version\":\"1\",\"ticket\":\"x\"}", "bad-message", "hello", 4400 },
  { "{\"type\":\"hello\",\"version\":1,\"ticket\":7}", "bad-message", "hello", 4400 },
  { "{\"type\":\"hello\",\"version\":1,\"ticket\":\"x\",\"device\":[]}", "bad-message", "hello", 4400 },
  { "{\"type\":\"hello\",\"version\":2,\"ticket\":\"x\"}", "unsupported", "hello", 4400 },
  { "{\"type\":\"hello\",\"version\":1,\"ticket\":\"x\"}", "not-authenticated", "hello", 4401 },
};
/* clang-format on */

static void
test_first_words (SessionFixture *fixture, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (first_words); i++) {
    g_auto (Person) ada = { NULL };

    connect_ada (&ada, fixture);
    person_say (&ada, "%s", first_words[i].text);
    person_expect_error (&ada, first_words[i].code, first_words[i].about);
    person_expect_close (&ada, first_words[i].close_code);
  }
}

/* clang-format off */
static const Refusal later_words[] = {
  { "{\"type\":\"hello\",\"version\":1,\"ticket\":\"x\"}", "bad-message", "hello", 4400 },
  { "[]", "bad-message", NULL, 4400 },
  { "{\"type\":\"join\"}", "bad-message", "join", 4400 },
  { "{\"type\":\"join\",\"call\":\"x\",\"muted\":1}", "bad-message", "join", 4400 },
  { "{\"type\":\"ping\"}", "bad-message", "ping", 4400 },
  { "{\"type\":\"ping\",\"id\":-1}", "bad-message", "ping", 4400 },
  { "{\"type\":\"ack\",\"seq\":0}", "bad-message", "ack", 4400 },
  { "{\"type\":\"ack\",\"seq\":2}", "bad-message", "ack", 4400 },
  { "{\"type\":\"chat\",\"text\":\"x\"}", "unsupported", NULL, 0 },
  { "{\"type\":\"signal\",\"to\":\"x\"}", "conflict", "signal", 0 },
  { "{\"type\":\"state\",\"muted\":true}", "conflict", "state", 0 },
  { "{\"type\":\"end\"}", "conflict", "end", 0 },
  { "{\"type\":\"join\",\"call\":\"x\"}", "no-such-call", "join", 4404 },
};
/* clang-format on */

static void
test_later_words (SessionFixture *fixture, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (later_words); i++) {
    g_auto (Person) ada = { NULL };

    connect_ada (&ada, fixture);
    person_hello (&ada);
    person_say (&ada, "%s", later_words[i].text);
    person_expect_error (&ada, later_words[i].code, later_words[i].about);
    if (later_words[i].close_code != 0)
      person_expect_close (&ada, later_words[i].close_code);
    else
      g_assert_true (person_is_open (&ada));
  }
}

static void
test_binary (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Person) ada = { NULL };

  connect_ada (&ada, fixture);
  person_hello (&ada);
  person_say_binary (&ada);
  person_expect_error (&ada, "bad-message", NULL);
  person_expect_close (&ada, 4400);
}

static void
test_tickets (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Person) first = { NULL };
  g_auto (Person) second = { NULL };
  g_auto (Person) late = { NULL };
  g_autofree char *used = NULL;
  g_autofree char *old = NULL;
  g_autoptr (ConfabMessage) welcome = NULL;

  connect_ada (&first, fixture);
  person_connect (&second, fixture, first.user);
  person_connect (&late, fixture, first.user);
  used = session_fixture_issue (fixture, first.user);
  person_say (&first, "{\"type\":\"hello\",\"version\":1,\"ticket\":\"%s\"}", used);
  welcome = person_expect (&first, "welcome");
  person_say (&second, "{\"type\":\"hello\",\"version\":1,\"ticket\":\"%s\"}", used);
  person_expect_error (&second, "ticket-used", "hello");
  person_expect_close (&second, 4401);

  old = session_fixture_issue (fixture, first.user);
  confab_manual_clock_advance (CONFAB_MANUAL_CLOCK (fixture->clock), 31 * G_USEC_PER_SEC);
  person_say (&late, "{\"type\":\"hello\",\"version\":1,\"ticket\":\"%s\"}", old);
  person_expect_error (&late, "ticket-expired", "hello");
  person_expect_close (&late, 4401);
}

static void
test_ping (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Person) ada = { NULL };
  g_autoptr (ConfabMessage) pong = NULL;
  gint64 id = 0;

  connect_ada (&ada, fixture);
  person_hello (&ada);
  person_say (&ada, "{\"type\":\"ack\",\"seq\":1}");
  person_say (&ada, "{\"type\":\"ping\",\"id\":42}");
  pong = person_expect (&ada, "pong");
  g_assert_true (confab_message_get_integer (pong, "id", CONFAB_FIELD_REQUIRED, 0, 100, &id, NULL));
  g_assert_cmpint (id, ==, 42);
}

static void
test_roster (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabCall) call = create_call (fixture, 10);
  g_auto (Person) ada = { NULL };
  g_auto (Person) bob = { NULL };
  g_autoptr (ConfabUser) cleo_user = session_fixture_sign_in (fixture, "Cleo");
  g_auto (Person) cleo = { NULL };
  g_autoptr (ConfabMessage) joined = NULL;
  g_autoptr (ConfabMessage) third = NULL;
  g_autoptr (GPtrArray) participants = NULL;
  g_autoptr (ConfabParticipant) last = NULL;
  ConfabParticipantFlags flags;

  person_enter (&ada, fixture, "Ada", call);
  person_enter (&bob, fixture, "Bob", call);
  expect_joined (&ada, bob.participant);

  session_fixture_admit (fixture, cleo_user, call);
  person_connect (&cleo, fixture, cleo_user);
  person_hello (&cleo);
  person_say (&cleo, "{\"type\":\"join\",\"call\":\"%s\",\"muted\":true,\"listen_only\":true}",
              confab_call_get_id (call));
  joined = person_expect (&cleo, "joined");
  g_assert_cmpstr (get_text (joined, "topology"), ==, "mesh");
  g_assert_true (confab_message_has (joined, "room_started_at"));
  g_assert_true (g_str_has_prefix (get_text (joined, "link"), "http://127.0.0.1:1/j/"));
  g_assert_true (confab_message_get_list (joined, "participants", CONFAB_FIELD_REQUIRED, 10,
                                          &participants, NULL));
  g_assert_cmpuint (participants->len, ==, 3);
  g_assert_cmpstr (get_text (participants->pdata[0], "id"), ==, ada.participant);
  g_assert_cmpstr (get_text (participants->pdata[1], "id"), ==, bob.participant);
  g_assert_cmpstr (get_text (participants->pdata[2], "id"), ==, get_text (joined, "self"));
  last = confab_participant_from_message (participants->pdata[2], NULL);
  confab_participant_get_flags (last, &flags);
  g_assert_true (flags.is_muted && flags.is_listen_only && !flags.is_deafened);
  expect_joined (&ada, get_text (joined, "self"));
  expect_joined (&bob, get_text (joined, "self"));

  person_say (&cleo, "{\"type\":\"join\",\"call\":\"%s\"}", confab_call_get_id (call));
  person_expect_error (&cleo, "conflict", "join");
}

/* One user, two devices: two participants, and neither drives the other out. */
static void
test_second_device (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabCall) call = create_call (fixture, 10);
  g_auto (Person) desk = { NULL };
  g_auto (Person) sofa = { NULL };

  person_enter (&desk, fixture, "Ada", call);
  person_connect (&sofa, fixture, desk.user);
  person_hello (&sofa);
  person_join (&sofa, call);
  expect_joined (&desk, sofa.participant);
  g_assert_cmpstr (desk.participant, !=, sofa.participant);
  person_say (&sofa, "{\"type\":\"leave\"}");
  person_expect_close (&sofa, 1000);
  expect_left (&desk, sofa.participant, "left");
  g_assert_true (person_is_open (&desk));
}

static void
test_too_many_devices (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Person) first = { NULL };
  g_auto (Person) second = { NULL };
  g_auto (Person) third = { NULL };
  g_auto (Person) fourth = { NULL };
  g_autofree char *ticket = NULL;

  connect_ada (&first, fixture);
  person_connect (&second, fixture, first.user);
  person_connect (&third, fixture, first.user);
  person_hello (&first);
  person_hello (&second);
  ticket = session_fixture_issue (fixture, first.user);
  person_say (&third, "{\"type\":\"hello\",\"version\":1,\"ticket\":\"%s\"}", ticket);
  person_expect_error (&third, "too-many", "hello");
  person_expect_close (&third, 4429);

  person_hang_up (&first, 1006, FALSE);
  person_connect (&fourth, fixture, second.user);
  person_hello (&fourth);
}

static void
test_signal (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabCall) call = create_call (fixture, 10);
  g_auto (Person) ada = { NULL };
  g_auto (Person) bob = { NULL };
  g_auto (Person) cleo = { NULL };
  g_autofree char *got = NULL;
  g_autofree char *expected = NULL;

  person_enter (&ada, fixture, "Ada", call);
  person_enter (&bob, fixture, "Bob", call);
  person_enter (&cleo, fixture, "Cleo", call);
  expect_joined (&ada, bob.participant);
  expect_joined (&ada, cleo.participant);
  expect_joined (&bob, cleo.participant);

  person_say (&ada, " { \"type\":\"signal\",\"to\":\"%s\",\"payload\":{\"sdp\":\"v=0\\r\\n\"}} ",
              bob.participant);
  got = person_expect_text (&bob);
  expected = g_strdup_printf ("{\"seq\":4,\"from\":\"%s\", \"type\":\"signal\",\"to\":\"%s\","
                              "\"payload\":{\"sdp\":\"v=0\\r\\n\"}} ",
                              ada.participant, bob.participant);
  g_assert_cmpstr (got, ==, expected);
  person_expect_nothing (&ada);
  person_expect_nothing (&cleo);

  person_say (&ada, "{\"type\":\"signal\",\"to\":\"%s\"}", ada.participant);
  got = (g_free (got), person_expect_text (&ada));
  g_assert_nonnull (strstr (got, ada.participant));
}

static void
test_signal_astray (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabCall) call = create_call (fixture, 10);
  g_autoptr (ConfabCall) other = create_call (fixture, 10);
  g_auto (Person) ada = { NULL };
  g_auto (Person) eve = { NULL };

  person_enter (&ada, fixture, "Ada", call);
  person_enter (&eve, fixture, "Eve", other);
  person_say (&eve, "{\"type\":\"signal\",\"to\":\"%s\"}", ada.participant);
  person_expect_error (&eve, "no-such-participant", "signal");
  person_say (&eve, "{\"type\":\"signal\",\"to\":\"nobody\"}");
  person_expect_error (&eve, "no-such-participant", "signal");
  g_assert_true (person_is_open (&eve));
  person_expect_nothing (&ada);
}

static void
test_signal_forged (SessionFixture *fixture, gconstpointer data)
{
  static const char *const forged[] = {
    "{\"type\":\"signal\",\"to\":\"%s\",\"from\":\"x\"}",
    "{\"type\":\"signal\",\"to\":\"%s\",\"seq\":1}",
    "{\"type\":\"signal\",\"t\\u006f\":\"%s\"}",
    "{\"type\":\"signal\",\"tu\":\"%s\"}",
  };
  g_autoptr (ConfabCall) call = create_call (fixture, 10);
  g_auto (Person) ada = { NULL };

  person_enter (&ada, fixture, "Ada", call);
  for (gsize i = 0; i < G_N_ELEMENTS (forged); i++) {
    g_auto (Person) eve = { NULL };
    g_auto (GStrv) parts = g_strsplit (forged[i], "%s", 2);
    g_autofree char *text = g_strjoinv (ada.participant, parts);
    g_autoptr (ConfabMessage) error = NULL;

    person_enter (&eve, fixture, "Eve", call);
    expect_joined (&ada, eve.participant);
    person_say (&eve, "%s", text);
    error = person_expect (&eve, "error");
    g_assert_cmpstr (get_text (error, "code"), ==, "bad-message");
    person_expect_close (&eve, 4400);
    expect_left (&ada, eve.participant, "lost");
    person_expect_nothing (&ada);
  }
}

/* With its sender it would be larger than the receiver takes. */
static void
test_signal_too_large (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabCall) call = create_call (fixture, 10);
  g_auto (Person) ada = { NULL };
  g_auto (Person) eve = { NULL };
  g_autofree char *filling = g_strnfill (64 * 1024 - 100, 'x');

  person_enter (&ada, fixture, "Ada", call);
  person_enter (&eve, fixture, "Eve", call);
  expect_joined (&ada, eve.participant);
  person_say (&eve, "{\"type\":\"signal\",\"to\":\"%s\",\"payload\":{\"sdp\":\"%s\"}}",
              ada.participant, filling);
  person_expect_error (&eve, "too-large", "signal");
  person_expect_close (&eve, 4413);
  expect_left (&ada, eve.participant, "lost");
}

static void
expect_flags (Person *person, const char *participant, gboolean is_muted, gboolean has_hand)
{
  g_autoptr (ConfabMessage) updated = person_expect (person, "participant-updated");
  g_autoptr (ConfabMessage) value = NULL;
  g_autoptr (ConfabParticipant) who = NULL;
  ConfabParticipantFlags flags;

  g_assert_true (
      confab_message_get_object (updated, "participant", CONFAB_FIELD_REQUIRED, &value, NULL));
  who = confab_participant_from_message (value, NULL);
  confab_participant_get_flags (who, &flags);
  g_assert_cmpstr (confab_participant_get_id (who), ==, participant);
  g_assert_cmpint (flags.is_muted, ==, is_muted);
  g_assert_cmpint (flags.has_hand_raised, ==, has_hand);
}

static void
test_state (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabCall) call = create_call (fixture, 10);
  g_auto (Person) ada = { NULL };
  g_auto (Person) bob = { NULL };

  person_enter (&ada, fixture, "Ada", call);
  person_enter (&bob, fixture, "Bob", call);
  expect_joined (&ada, bob.participant);

  person_say (&ada, "{\"type\":\"state\",\"muted\":true}");
  expect_flags (&ada, ada.participant, TRUE, FALSE);
  expect_flags (&bob, ada.participant, TRUE, FALSE);
  person_say (&ada, "{\"type\":\"state\",\"hand\":true}");
  expect_flags (&ada, ada.participant, TRUE, TRUE);
  expect_flags (&bob, ada.participant, TRUE, TRUE);
  person_say (&ada, "{\"type\":\"state\",\"muted\":true,\"hand\":true}");
  person_say (&ada, "{\"type\":\"state\"}");
  person_expect_nothing (&bob);
  person_say (&ada, "{\"type\":\"state\",\"muted\":false,\"hand\":false}");
  expect_flags (&ada, ada.participant, FALSE, FALSE);
  expect_flags (&bob, ada.participant, FALSE, FALSE);

  person_say (&ada, "{\"type\":\"state\",\"deafened\":\"yes\"}");
  person_expect_error (&ada, "bad-message", "state");
  person_expect_close (&ada, 4400);
}

static void
expect_recording (Person *person, const char *participant, gboolean is_recording)
{
  g_autoptr (ConfabMessage) updated = person_expect (person, "participant-updated");
  g_autoptr (ConfabMessage) value = NULL;
  g_autoptr (ConfabParticipant) who = NULL;

  g_assert_true (
      confab_message_get_object (updated, "participant", CONFAB_FIELD_REQUIRED, &value, NULL));
  who = confab_participant_from_message (value, NULL);
  g_assert_cmpstr (confab_participant_get_id (who), ==, participant);
  g_assert_cmpint (confab_participant_get_recording_since (who) != NULL, ==, is_recording);
}

/* A call that its host alone may record. All are told in the same order; who may not is told so,
 * and stays. */
static void
test_recording (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabUser) user = session_fixture_sign_in (fixture, "Host");
  g_autoptr (ConfabCall) call = session_fixture_create (fixture, user, 10);
  g_auto (Person) host = { NULL };
  g_auto (Person) bob = { NULL };

  person_connect (&host, fixture, user);
  person_hello (&host);
  person_join (&host, call);
  person_enter (&bob, fixture, "Bob", call);
  expect_joined (&host, bob.participant);

  person_say (&bob, "{\"type\":\"state\",\"recording\":true}");
  person_expect_error (&bob, "not-allowed", "state");
  person_expect_nothing (&host);
  g_assert_true (person_is_open (&bob));

  person_say (&host, "{\"type\":\"state\",\"recording\":true}");
  expect_recording (&bob, host.participant, TRUE);
  expect_recording (&host, host.participant, TRUE);
  person_say (&host, "{\"type\":\"state\",\"recording\":false}");
  expect_recording (&bob, host.participant, FALSE);
  expect_recording (&host, host.participant, FALSE);
}

typedef struct {
  guint code;
  gboolean was_clean;
  const char *reason;
} Departure;

static const Departure departures[] = {
  { 1006, FALSE, "lost" }, { 1000, TRUE, "left" }, { 1001, TRUE, "left" },
  { 1000, FALSE, "lost" }, { 1002, TRUE, "lost" }, { 4408, FALSE, "too-slow" },
  { 4413, FALSE, "lost" },
};

static void
test_departures (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabCall) call = create_call (fixture, 10);
  g_auto (Person) ada = { NULL };

  person_enter (&ada, fixture, "Ada", call);
  for (gsize i = 0; i < G_N_ELEMENTS (departures); i++) {
    g_auto (Person) bob = { NULL };

    person_enter (&bob, fixture, "Bob", call);
    expect_joined (&ada, bob.participant);
    person_hang_up (&bob, departures[i].code, departures[i].was_clean);
    expect_left (&ada, bob.participant, departures[i].reason);
    g_assert_cmpuint (confabd_calls_get_n_present (fixture->calls), ==, 1);
  }
}

/* Whoever is gone before the store has answered is not in the call afterwards. */
static void
test_gone_while_joining (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabCall) call = create_call (fixture, 10);
  g_auto (Person) ada = { NULL };
  g_auto (Person) witness = { NULL };

  connect_ada (&ada, fixture);
  session_fixture_admit (fixture, ada.user, call);
  person_hello (&ada);
  person_say (&ada, "{\"type\":\"join\",\"call\":\"%s\"}", confab_call_get_id (call));
  person_hang_up (&ada, 1006, FALSE);

  person_enter (&witness, fixture, "Witness", call);
  while (confabd_calls_get_n_present (fixture->calls) != 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (confabd_hub_get_n_legs (fixture->hub), ==, 1);
}

static void
test_leave_while_joining (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabCall) call = create_call (fixture, 10);
  g_auto (Person) ada = { NULL };
  g_auto (Person) witness = { NULL };

  connect_ada (&ada, fixture);
  session_fixture_admit (fixture, ada.user, call);
  person_hello (&ada);
  person_say (&ada, "{\"type\":\"join\",\"call\":\"%s\"}", confab_call_get_id (call));
  person_say (&ada, "{\"type\":\"leave\"}");
  person_expect_close (&ada, 1000);
  person_enter (&witness, fixture, "Witness", call);
  while (confabd_calls_get_n_present (fixture->calls) != 1)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_full (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabCall) call = create_call (fixture, 2);
  g_auto (Person) ada = { NULL };
  g_auto (Person) bob = { NULL };
  g_auto (Person) cleo = { NULL };

  connect_ada (&cleo, fixture);
  session_fixture_admit (fixture, cleo.user, call);
  person_hello (&cleo);
  person_enter (&ada, fixture, "Ada", call);
  person_enter (&bob, fixture, "Bob", call);
  person_say (&cleo, "{\"type\":\"join\",\"call\":\"%s\"}", confab_call_get_id (call));
  person_expect_error (&cleo, "call-full", "join");
  person_expect_close (&cleo, 4403);
}

static void
test_end (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabUser) host_user = session_fixture_sign_in (fixture, "Host");
  g_autoptr (ConfabCall) call = session_fixture_create (fixture, host_user, 10);
  g_auto (Person) host = { NULL };
  g_auto (Person) ada = { NULL };
  g_autoptr (ConfabMessage) ended = NULL;

  person_connect (&host, fixture, host_user);
  person_hello (&host);
  person_join (&host, call);
  person_enter (&ada, fixture, "Ada", call);
  expect_joined (&host, ada.participant);

  /* However often it is asked for, the disk is asked once at a time. */
  person_say (&ada, "{\"type\":\"end\"}");
  person_say (&ada, "{\"type\":\"end\"}");
  person_expect_error (&ada, "not-allowed", "end");
  g_assert_true (person_is_open (&ada));

  person_say (&host, "{\"type\":\"end\"}");
  ended = person_expect (&ada, "call-ended");
  g_assert_cmpstr (get_text (ended, "call"), ==, confab_call_get_id (call));
  g_assert_cmpstr (get_text (ended, "reason"), ==, "ended-by-host");
  person_expect_close (&ada, 4410);
  g_clear_pointer (&ended, confab_message_unref);
  ended = person_expect (&host, "call-ended");
  person_expect_close (&host, 4410);
  g_assert_cmpuint (confabd_hub_get_n_legs (fixture->hub), ==, 0);
  g_assert_null (confabd_hub_get_room (fixture->hub, confab_call_get_id (call)));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) \
  g_test_add (path, SessionFixture, NULL, session_fixture_set_up, func, session_fixture_tear_down)
  ADD ("/leg/welcome", test_welcome);
  ADD ("/leg/first-words", test_first_words);
  ADD ("/leg/later-words", test_later_words);
  ADD ("/leg/binary", test_binary);
  ADD ("/leg/tickets", test_tickets);
  ADD ("/leg/ping", test_ping);
  ADD ("/leg/roster", test_roster);
  ADD ("/leg/second-device-keeps-first", test_second_device);
  ADD ("/leg/too-many-devices", test_too_many_devices);
  ADD ("/leg/signal/relayed", test_signal);
  ADD ("/leg/signal/astray", test_signal_astray);
  ADD ("/leg/signal/forged", test_signal_forged);
  ADD ("/leg/signal/too-large", test_signal_too_large);
  ADD ("/leg/state", test_state);
  ADD ("/leg/recording", test_recording);
  ADD ("/leg/departures", test_departures);
  ADD ("/leg/gone-while-joining", test_gone_while_joining);
  ADD ("/leg/leave-while-joining", test_leave_while_joining);
  ADD ("/leg/full", test_full);
  ADD ("/leg/end", test_end);

  return g_test_run ();
}
