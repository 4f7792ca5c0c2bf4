/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-time.h"
#include "confabd-limiter.h"

typedef struct {
  ConfabClock *clock;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDateTime) start = confab_time_from_unix_us (0);

  fixture->clock = confab_manual_clock_new (start);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->clock);
}

static void
advance (Fixture *fixture, guint seconds)
{
  confab_manual_clock_advance (CONFAB_MANUAL_CLOCK (fixture->clock), seconds * G_USEC_PER_SEC);
}

static void
test_burst_then_rate (Fixture *fixture, gconstpointer data)
{
  ConfabdLimiter *limiter = confabd_limiter_new (fixture->clock, 6, 60, 10);
  ConfabdQuota quota = { 0 };

  for (guint i = 0; i < 6; i++)
    g_assert_true (confabd_limiter_take (limiter, "a", &quota));
  g_assert_false (confabd_limiter_take (limiter, "a", &quota));
  g_assert_cmpuint (quota.retry_after_s, >=, 10);
  g_assert_cmpuint (quota.retry_after_s, <=, 11);
  g_assert_true (confabd_limiter_take (limiter, "b", NULL));

  advance (fixture, 5);
  g_assert_false (confabd_limiter_take (limiter, "a", &quota));
  g_assert_cmpuint (quota.retry_after_s, <=, 6);
  advance (fixture, quota.retry_after_s);
  g_assert_true (confabd_limiter_take (limiter, "a", NULL));
  g_assert_false (confabd_limiter_take (limiter, "a", NULL));

  advance (fixture, 3600);
  for (guint i = 0; i < 6; i++)
    g_assert_true (confabd_limiter_take (limiter, "a", NULL));
  g_assert_false (confabd_limiter_take (limiter, "a", NULL));
  g_assert_finalize_object (limiter);
}

static void
test_other_amount (Fixture *fixture, gconstpointer data)
{
  ConfabdLimiter *limiter = confabd_limiter_new (fixture->clock, 6, 60, 10);

  g_assert_true (confabd_limiter_take (limiter, "a", NULL));
  confabd_limiter_set_amount (limiter, 2);
  g_assert_true (confabd_limiter_take (limiter, "a", NULL));
  g_assert_true (confabd_limiter_take (limiter, "a", NULL));
  g_assert_false (confabd_limiter_take (limiter, "a", NULL));
  confabd_limiter_set_amount (limiter, 0);
  g_assert_true (confabd_limiter_take (limiter, "a", NULL));
  g_assert_finalize_object (limiter);
}

static void
test_quota (Fixture *fixture, gconstpointer data)
{
  ConfabdLimiter *limiter = confabd_limiter_new (fixture->clock, 4, 3600, 10);
  ConfabdQuota quota = { 0 };

  g_assert_true (confabd_limiter_peek (limiter, "a", &quota));
  g_assert_cmpuint (quota.remaining, ==, 4);
  g_assert_cmpuint (quota.reset_s, ==, 0);
  g_assert_true (confabd_limiter_take (limiter, "a", &quota));
  g_assert_cmpuint (quota.amount, ==, 4);
  g_assert_cmpuint (quota.period_s, ==, 3600);
  g_assert_cmpuint (quota.remaining, ==, 3);
  g_assert_cmpuint (quota.reset_s, ==, 900);
  g_assert_cmpuint (quota.retry_after_s, ==, 0);
  for (guint i = 0; i < 3; i++)
    g_assert_true (confabd_limiter_take (limiter, "a", &quota));
  g_assert_cmpuint (quota.remaining, ==, 0);
  g_assert_cmpuint (quota.reset_s, ==, 3600);
  g_assert_cmpuint (quota.retry_after_s, ==, 900);
  advance (fixture, 899);
  g_assert_false (confabd_limiter_take (limiter, "a", &quota));
  g_assert_cmpuint (quota.retry_after_s, ==, 1);
  advance (fixture, 1);
  g_assert_true (confabd_limiter_take (limiter, "a", &quota));
  g_assert_finalize_object (limiter);
}

static void
test_peek_does_not_count (Fixture *fixture, gconstpointer data)
{
  ConfabdLimiter *limiter = confabd_limiter_new (fixture->clock, 1, 60, 10);

  for (guint i = 0; i < 5; i++)
    g_assert_true (confabd_limiter_peek (limiter, "a", NULL));
  g_assert_true (confabd_limiter_take (limiter, "a", NULL));
  g_assert_false (confabd_limiter_peek (limiter, "a", NULL));
  advance (fixture, 61);
  g_assert_true (confabd_limiter_peek (limiter, "a", NULL));
  g_assert_finalize_object (limiter);
}

static void
test_zero_is_no_limit (Fixture *fixture, gconstpointer data)
{
  ConfabdLimiter *limiter = confabd_limiter_new (fixture->clock, 0, 60, 10);

  for (guint i = 0; i < 100; i++)
    g_assert_true (confabd_limiter_peek (limiter, "a", NULL) &&
                   confabd_limiter_take (limiter, "a", NULL));
  g_assert_finalize_object (limiter);
}

/* Whoever is used stays; the one that was idle longest is forgotten. */
static void
test_table_is_bounded (Fixture *fixture, gconstpointer data)
{
  ConfabdLimiter *limiter = confabd_limiter_new (fixture->clock, 1, 60, 3);

  g_assert_true (confabd_limiter_take (limiter, "a", NULL));
  g_assert_true (confabd_limiter_take (limiter, "b", NULL));
  g_assert_true (confabd_limiter_take (limiter, "c", NULL));
  g_assert_false (confabd_limiter_take (limiter, "a", NULL));
  g_assert_true (confabd_limiter_take (limiter, "d", NULL));
  g_assert_false (confabd_limiter_take (limiter, "a", NULL));
  g_assert_false (confabd_limiter_take (limiter, "c", NULL));
  g_assert_true (confabd_limiter_take (limiter, "b", NULL));
  g_assert_finalize_object (limiter);
}

static void
assert_key (const char *address, const char *expected)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address);
  g_autofree char *key = confabd_limiter_key_for_address (inet);

  g_assert_cmpstr (key, ==, expected);
}

static void
test_address_keys (void)
{
  g_autofree char *unknown = confabd_limiter_key_for_address (NULL);

  assert_key ("192.0.2.7", "192.0.2.7");
  assert_key ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::");
  assert_key ("2001:db8:1:2:ffff::1", "2001:db8:1:2::");
  g_assert_cmpstr (unknown, ==, "unknown");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/limiter/burst-then-rate", test_burst_then_rate);
  ADD ("/limiter/other-amount", test_other_amount);
  ADD ("/limiter/quota", test_quota);
  ADD ("/limiter/peek-does-not-count", test_peek_does_not_count);
  ADD ("/limiter/zero-is-no-limit", test_zero_is_no_limit);
  ADD ("/limiter/table-is-bounded", test_table_is_bounded);
  g_test_add_func ("/limiter/address-keys", test_address_keys);

  return g_test_run ();
}
