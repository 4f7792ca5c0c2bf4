/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confabd-watchdog-private.h"

#define S(seconds) (G_TIME_SPAN_SECOND * (gint64) (seconds))
#define START      S (1000)

static const ConfabdSocketLimits limits = {
  .unfinished_ms = 10000,
  .ping_interval_ms = 15000,
  .dead_after_ms = 25000,
  .close_timeout_ms = 5000,
};

static ConfabdAlarm
check (ConfabdWatchdog *dog, guint after_s)
{
  return confabd_watchdog_check (dog, START + S (after_s));
}

static void
assert_due (ConfabdWatchdog *dog, guint after_s)
{
  g_assert_cmpint (confabd_watchdog_get_due_us (dog), ==, START + S (after_s));
}

static void
test_pings_then_dead (void)
{
  ConfabdWatchdog dog;

  confabd_watchdog_init (&dog, &limits, START);
  assert_due (&dog, 15);
  g_assert_cmpint (check (&dog, 14), ==, CONFABD_ALARM_NONE);
  g_assert_cmpint (check (&dog, 15), ==, CONFABD_ALARM_PING);
  g_assert_cmpint (check (&dog, 15), ==, CONFABD_ALARM_NONE);
  assert_due (&dog, 25);
  confabd_watchdog_note_heard (&dog, START + S (16));
  assert_due (&dog, 30);
  g_assert_cmpint (check (&dog, 30), ==, CONFABD_ALARM_PING);
  assert_due (&dog, 41);
  g_assert_cmpint (check (&dog, 41), ==, CONFABD_ALARM_DEAD);
}

/* Further bytes of the same message are no excuse. */
static void
test_unfinished (void)
{
  ConfabdWatchdog dog;

  confabd_watchdog_init (&dog, &limits, START);
  confabd_watchdog_note_heard (&dog, START + S (1));
  g_assert_true (confabd_watchdog_note_unfinished (&dog, TRUE));
  confabd_watchdog_note_heard (&dog, START + S (9));
  g_assert_false (confabd_watchdog_note_unfinished (&dog, TRUE));
  assert_due (&dog, 11);
  g_assert_cmpint (check (&dog, 11), ==, CONFABD_ALARM_TOO_SLOW);
  g_assert_false (confabd_watchdog_note_unfinished (&dog, FALSE));
  g_assert_cmpint (check (&dog, 11), ==, CONFABD_ALARM_NONE);
}

static void
test_blocked (void)
{
  ConfabdWatchdog dog;

  confabd_watchdog_init (&dog, &limits, START);
  g_assert_false (confabd_watchdog_is_blocked (&dog));
  confabd_watchdog_note_blocked (&dog, FALSE, START + S (1));
  confabd_watchdog_note_blocked (&dog, FALSE, START + S (5));
  g_assert_true (confabd_watchdog_is_blocked (&dog));
  confabd_watchdog_note_heard (&dog, START + S (20));
  g_assert_cmpint (check (&dog, 26), ==, CONFABD_ALARM_TOO_SLOW);
  confabd_watchdog_note_blocked (&dog, TRUE, START + S (10));
  g_assert_cmpint (check (&dog, 26), ==, CONFABD_ALARM_PING);
  g_assert_cmpint (check (&dog, 35), ==, CONFABD_ALARM_TOO_SLOW);
  confabd_watchdog_note_written (&dog);
  g_assert_false (confabd_watchdog_is_blocked (&dog));
  g_assert_cmpint (check (&dog, 35), ==, CONFABD_ALARM_NONE);
}

/* Whatever else the peer owes is forgiven, and it is not pinged. */
static void
test_closing (void)
{
  ConfabdWatchdog dog;

  confabd_watchdog_init (&dog, &limits, START);
  confabd_watchdog_note_unfinished (&dog, TRUE);
  confabd_watchdog_note_closing (&dog, START + S (14));
  assert_due (&dog, 19);
  g_assert_cmpint (check (&dog, 18), ==, CONFABD_ALARM_NONE);
  g_assert_cmpint (check (&dog, 19), ==, CONFABD_ALARM_DEAD);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/watchdog/pings-then-dead", test_pings_then_dead);
  g_test_add_func ("/watchdog/unfinished", test_unfinished);
  g_test_add_func ("/watchdog/blocked", test_blocked);
  g_test_add_func ("/watchdog/closing", test_closing);
  return g_test_run ();
}
