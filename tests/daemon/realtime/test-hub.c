/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "session-fixture.h"

static void
test_hello_deadline (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabUser) user = session_fixture_sign_in (fixture, "Ada");
  g_auto (Person) silent = { NULL };
  g_auto (Person) quick = { NULL };
  g_auto (Person) later = { NULL };
  ConfabManualClock *clock = CONFAB_MANUAL_CLOCK (fixture->clock);

  person_connect (&silent, fixture, user);
  person_connect (&quick, fixture, user);
  person_hello (&quick);
  confab_manual_clock_advance (clock, 5 * G_USEC_PER_SEC);
  person_connect (&later, fixture, user);

  confab_manual_clock_advance (clock, 5 * G_USEC_PER_SEC - 1);
  confabd_hub_check_deadlines (fixture->hub);
  person_expect_nothing (&silent);
  confab_manual_clock_advance (clock, 1);
  confabd_hub_check_deadlines (fixture->hub);
  person_expect_error (&silent, "not-authenticated", NULL);
  person_expect_close (&silent, 4401);
  g_assert_true (person_is_open (&quick));
  g_assert_true (person_is_open (&later));

  confab_manual_clock_advance (clock, 60 * G_USEC_PER_SEC);
  confabd_hub_check_deadlines (fixture->hub);
  person_expect_error (&later, "not-authenticated", NULL);
  g_assert_true (person_is_open (&quick));
}

static void
test_drain (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabUser) host = session_fixture_sign_in (fixture, "Host");
  g_autoptr (ConfabCall) call = session_fixture_create (fixture, host, 10);
  g_auto (Person) ada = { NULL };
  g_auto (Person) bob = { NULL };
  g_auto (Person) newcomer = { NULL };
  g_autoptr (ConfabMessage) joined = NULL;
  g_autoptr (ConfabMessage) goodbye_ada = NULL;
  g_autoptr (ConfabMessage) goodbye_bob = NULL;

  person_enter (&ada, fixture, "Ada", call);
  person_enter (&bob, fixture, "Bob", call);
  joined = person_expect (&ada, "participant-joined");

  confabd_hub_drain (fixture->hub);
  goodbye_ada = person_expect (&ada, "draining");
  goodbye_bob = person_expect (&bob, "draining");
  person_expect_close (&ada, 4503);
  person_expect_close (&bob, 4503);
  person_connect (&newcomer, fixture, host);
  person_expect_error (&newcomer, "restarting", NULL);
  person_expect_close (&newcomer, 4503);
  while (confabd_calls_get_n_present (fixture->calls) > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (confabd_hub_get_n_legs (fixture->hub), ==, 0);
}

/* The others hear that somebody left, and nobody else is shut out. */
static void
test_shut_out (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabUser) host = session_fixture_sign_in (fixture, "Host");
  g_autoptr (ConfabCall) call = session_fixture_create (fixture, host, 10);
  g_autofree char *ticket = NULL;
  g_auto (Person) ada = { NULL };
  g_auto (Person) bob = { NULL };
  g_autoptr (ConfabMessage) joined = NULL;
  g_autoptr (ConfabMessage) left = NULL;

  person_enter (&ada, fixture, "Ada", call);
  person_enter (&bob, fixture, "Bob", call);
  joined = person_expect (&ada, "participant-joined");
  ticket = session_fixture_issue (fixture, bob.user);

  confabd_hub_shut_out (fixture->hub, confab_user_get_id (bob.user));
  person_expect_error (&bob, "not-authenticated", NULL);
  person_expect_close (&bob, 4401);
  left = person_expect (&ada, "participant-left");
  g_assert_true (person_is_open (&ada));
  g_assert_null (confabd_tickets_redeem (fixture->tickets, ticket, G_SOCKET_FAMILY_IPV4, NULL));
}

static void
count (ConfabdHub *hub, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
test_changed (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabUser) user = session_fixture_sign_in (fixture, "Ada");
  g_auto (Person) ada = { NULL };
  guint n_changes = 0;

  g_signal_connect (fixture->hub, "changed", G_CALLBACK (count), &n_changes);
  person_connect (&ada, fixture, user);
  g_assert_cmpuint (n_changes, ==, 1);
  person_hang_up (&ada, 1006, FALSE);
  g_assert_cmpuint (n_changes, ==, 2);
  g_assert_cmpuint (confabd_hub_get_n_legs (fixture->hub), ==, 0);
}

/* A room is there as long as somebody is in it, and rooms know nothing of each other. */
static void
test_rooms (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabUser) host = session_fixture_sign_in (fixture, "Host");
  g_autoptr (ConfabCall) call = session_fixture_create (fixture, host, 10);
  g_autoptr (ConfabCall) other = session_fixture_create (fixture, host, 10);
  g_auto (Person) ada = { NULL };
  g_auto (Person) bob = { NULL };

  person_enter (&ada, fixture, "Ada", call);
  person_enter (&bob, fixture, "Bob", other);
  person_expect_nothing (&ada);
  g_assert_nonnull (confabd_hub_get_room (fixture->hub, confab_call_get_id (call)));
  person_hang_up (&ada, 1000, TRUE);
  g_assert_null (confabd_hub_get_room (fixture->hub, confab_call_get_id (call)));
  g_assert_nonnull (confabd_hub_get_room (fixture->hub, confab_call_get_id (other)));
  person_expect_nothing (&bob);
}

/* The hub goes while sessions are open: they hear nothing more, and nothing is left. */
static void
test_goes_first (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (ConfabUser) host = session_fixture_sign_in (fixture, "Host");
  g_autoptr (ConfabCall) call = session_fixture_create (fixture, host, 10);
  Person ada = { NULL };
  Person joining = { NULL };

  person_enter (&ada, fixture, "Ada", call);
  person_connect (&joining, fixture, host);
  person_hello (&joining);
  person_say (&joining, "{\"type\":\"join\",\"call\":\"%s\"}", confab_call_get_id (call));
  g_clear_object (&fixture->hub);
  g_assert_false (person_is_open (&ada));
  person_clear (&ada);
  person_clear (&joining);

  fixture->hub = confabd_hub_new (&(ConfabdHubParts){ .calls = fixture->calls,
                                                      .tickets = fixture->tickets,
                                                      .clock = fixture->clock,
                                                      .quality = fixture->quality,
                                                      .turn = fixture->turn,
                                                      .base_url = "http://127.0.0.1:1",
                                                      .sockets_per_user = 2 });
  while (confabd_calls_get_n_present (fixture->calls) > 0)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) \
  g_test_add (path, SessionFixture, NULL, session_fixture_set_up, func, session_fixture_tear_down)
  ADD ("/hub/hello-deadline", test_hello_deadline);
  ADD ("/hub/drain", test_drain);
  ADD ("/hub/shut-out", test_shut_out);
  ADD ("/hub/changed", test_changed);
  ADD ("/hub/rooms", test_rooms);
  ADD ("/hub/goes-first", test_goes_first);

  return g_test_run ();
}
