/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "domain-fixture.h"

typedef struct {
  DomainFixture domain;
  ConfabdExpiry *expiry; /* (owned) */
} Fixture;

static void
on_ending (ConfabdExpiry *expiry, const char *call_id, guint in_s, gpointer user_data)
{
  Fixture *self = user_data;

  g_string_append_printf (self->domain.events, "ending in %u;", in_s);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  const ConfabdExpiryLimits limits = CONFABD_EXPIRY_LIMITS_INIT;

  domain_set_up (&self->domain, data);
  self->expiry =
      confabd_expiry_new (self->domain.store, self->domain.calls, self->domain.clock, &limits);
  g_signal_connect (self->expiry, "call-ending", G_CALLBACK (on_ending), self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  test_drain ();
  g_assert_finalize_object (self->expiry);
  domain_tear_down (&self->domain, data);
}

/* Lets time pass and looks; what happened is compared and forgotten. */
static void
expect (Fixture *self, gint64 after_us, const char *events)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  domain_advance (&self->domain, after_us);
  confabd_expiry_check_async (self->expiry, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  g_assert_true (confabd_expiry_check_finish (self->expiry, result, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (self->domain.events->str, ==, events);
  g_string_truncate (self->domain.events, 0);
}

static void
test_expires (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) call = domain_create (&self->domain, "x", 0);
  g_autoptr (ConfabCall) after = NULL;

  expect (self, 24 * G_TIME_SPAN_HOUR - 1, "");
  expect (self, 1, "ended x expired;");
  expect (self, G_TIME_SPAN_DAY, "");
  after = domain_try_get (&self->domain, self->domain.ada, confab_call_get_id (call), NULL, NULL);
  g_assert_cmpint (confab_call_get_state (after), ==, CONFAB_CALL_STATE_EXPIRED);
}

static void
test_empty (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) call = domain_create (&self->domain, "x", 0);
  g_autoptr (ConfabParticipant) first = domain_enter (&self->domain, self->domain.ada, call);
  g_autoptr (ConfabParticipant) second = NULL;

  expect (self, G_TIME_SPAN_HOUR, "started x;");
  domain_leave (&self->domain, first);
  expect (self, 5 * G_TIME_SPAN_MINUTE - 1, "");
  /* Who comes back in time finds the call, and the time starts anew. */
  second = domain_enter (&self->domain, self->domain.ada, call);
  expect (self, G_TIME_SPAN_HOUR, "");
  domain_leave (&self->domain, second);
  expect (self, 5 * G_TIME_SPAN_MINUTE - 1, "");
  expect (self, 1, "ended x empty;");
}

static void
test_too_long (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) call = domain_create (&self->domain, "x", 0);
  g_autoptr (ConfabParticipant) ada = domain_enter (&self->domain, self->domain.ada, call);

  expect (self, 12 * G_TIME_SPAN_HOUR - 10 * G_TIME_SPAN_MINUTE - 1, "started x;");
  expect (self, 1, "ending in 600;");
  expect (self, G_TIME_SPAN_MINUTE, "");
  expect (self, 8 * G_TIME_SPAN_MINUTE - 1, "");
  expect (self, 1, "ending in 60;");
  expect (self, G_TIME_SPAN_MINUTE - 1, "");
  g_assert_cmpuint (confabd_calls_get_n_present (self->domain.calls), ==, 1);
  expect (self, 1, "ended x too-long;");
  g_assert_cmpuint (confabd_calls_get_n_present (self->domain.calls), ==, 0);
}

/* A machine that slept through all of it. */
static void
test_overslept (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) call = domain_create (&self->domain, "x", 0);
  g_autoptr (ConfabParticipant) ada = domain_enter (&self->domain, self->domain.ada, call);

  expect (self, 12 * G_TIME_SPAN_HOUR - 30 * G_TIME_SPAN_SECOND, "started x;ending in 60;");
  expect (self, 3 * G_TIME_SPAN_DAY, "ended x too-long;");
}

static void
test_told_then_ended (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabCall) call = domain_create (&self->domain, "x", 0);
  g_autoptr (ConfabParticipant) ada = domain_enter (&self->domain, self->domain.ada, call);
  g_autoptr (ConfabCall) ended = NULL;

  expect (self, 12 * G_TIME_SPAN_HOUR - 5 * G_TIME_SPAN_MINUTE, "started x;ending in 600;");
  ended = domain_try_end (&self->domain, self->domain.ada, confab_call_get_id (call), NULL);
  expect (self, 5 * G_TIME_SPAN_MINUTE, "ended x ended-by-host;");
}

/* The timer: real time says when to look, the clock what is due. */
static void
test_timer (Fixture *self, gconstpointer data)
{
  const ConfabdExpiryLimits limits = { 60, 0 };
  g_autoptr (ConfabCall) call = domain_create (&self->domain, "x", 0);
  g_autoptr (ConfabParticipant) ada = NULL;

  g_assert_finalize_object (self->expiry);
  self->expiry =
      confabd_expiry_new (self->domain.store, self->domain.calls, self->domain.clock, &limits);
  confabd_expiry_start (self->expiry);
  ada = domain_enter (&self->domain, self->domain.ada, call);
  domain_leave (&self->domain, ada);
  test_wait_until (g_str_has_suffix (self->domain.events->str, "ended x empty;"));
  confabd_expiry_stop (self->expiry);
  confabd_expiry_start (self->expiry);
  confabd_expiry_stop (self->expiry);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, run) g_test_add (path, Fixture, NULL, set_up, run, tear_down)
  ADD ("/expiry/expires", test_expires);
  ADD ("/expiry/empty", test_empty);
  ADD ("/expiry/too-long", test_too_long);
  ADD ("/expiry/overslept", test_overslept);
  ADD ("/expiry/told-then-ended", test_told_then_ended);
  ADD ("/expiry/timer", test_timer);
#undef ADD
  return g_test_run ();
}
