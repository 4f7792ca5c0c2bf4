/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <sys/epoll.h>
#include <unistd.h>

#include "peer.h"

typedef struct {
  ConfabdPoller *poller;
  ConfabdWatch watches[2];
  int pipes[2][2];
  guint n_calls;
  guint n_timers;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->poller = confabd_poller_new (NULL, NULL);
  g_assert_nonnull (fixture->poller);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (pipe (fixture->pipes[i]), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 2; i++) {
    confabd_poller_unwatch (fixture->poller, &fixture->watches[i]);
    close (fixture->pipes[i][0]);
    close (fixture->pipes[i][1]);
  }
  g_assert_finalize_object (fixture->poller);
}

static void
on_ready_stop_both (guint events, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_calls++;
  confabd_poller_unwatch (fixture->poller, &fixture->watches[0]);
  confabd_poller_unwatch (fixture->poller, &fixture->watches[1]);
}

static void
on_ready_read (guint events, gpointer user_data)
{
  Fixture *fixture = user_data;
  char byte;

  fixture->n_calls++;
  if ((events & EPOLLIN) != 0)
    g_assert_cmpint (read (fixture->pipes[0][0], &byte, 1), ==, 1);
}

static void
on_timer (gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_timers++;
}

static void
on_mark (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

/* Runs the loop for a while without a helper source that would wake it. */
static void
run_for (Fixture *fixture, guint delay_ms)
{
  gboolean is_over = FALSE;
  ConfabdTimer timer = CONFABD_TIMER_INIT (on_mark, &is_over);

  confabd_poller_arm (fixture->poller, &timer, delay_ms);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_ready (Fixture *fixture, gconstpointer data)
{
  g_assert_true (confabd_poller_watch (fixture->poller, &fixture->watches[0], fixture->pipes[0][0],
                                       EPOLLIN, on_ready_read, fixture, NULL));
  g_assert_cmpint (write (fixture->pipes[0][1], "ab", 2), ==, 2);
  run_until (fixture->n_calls == 2);
  confabd_poller_change (fixture->poller, &fixture->watches[0], 0);
  g_assert_cmpint (write (fixture->pipes[0][1], "c", 1), ==, 1);
  run_for (fixture, 50);
  g_assert_cmpuint (fixture->n_calls, ==, 2);
}

static void
test_unwatched_in_batch (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 2; i++) {
    g_assert_true (confabd_poller_watch (fixture->poller, &fixture->watches[i],
                                         fixture->pipes[i][0], EPOLLIN, on_ready_stop_both, fixture,
                                         NULL));
    g_assert_cmpint (write (fixture->pipes[i][1], "a", 1), ==, 1);
  }
  run_for (fixture, 50);
  g_assert_cmpuint (fixture->n_calls, ==, 1);
}

static void
test_bad_descriptor (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (confabd_poller_watch (fixture->poller, &fixture->watches[0], -1, EPOLLIN,
                                        on_ready_read, fixture, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_null (fixture->watches[0].func);
}

static void
test_timer (Fixture *fixture, gconstpointer data)
{
  ConfabdTimer timer = CONFABD_TIMER_INIT (on_timer, fixture);
  ConfabdTimer disarmed = CONFABD_TIMER_INIT (on_timer, fixture);
  gint64 start_us = g_get_monotonic_time ();

  confabd_poller_arm (fixture->poller, &timer, 60);
  confabd_poller_arm (fixture->poller, &disarmed, 10);
  confabd_poller_disarm (fixture->poller, &disarmed);
  run_until (fixture->n_timers > 0);
  g_assert_cmpint (g_get_monotonic_time () - start_us, >=, 60 * 1000);
  run_for (fixture, 50);
  g_assert_cmpuint (fixture->n_timers, ==, 1);
}

static void
test_own_context (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (ConfabdPoller) poller = confabd_poller_new (context, NULL);
  ConfabdTimer timer = CONFABD_TIMER_INIT (on_timer, fixture);

  g_assert_true (confabd_poller_get_context (poller) == context);
  confabd_poller_arm (poller, &timer, 0);
  while (fixture->n_timers == 0)
    g_main_context_iteration (context, TRUE);
  g_assert_finalize_object (g_steal_pointer (&poller));
}

#define add(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/poller/ready", test_ready);
  add ("/poller/unwatched-in-the-same-batch", test_unwatched_in_batch);
  add ("/poller/bad-descriptor", test_bad_descriptor);
  add ("/poller/timer", test_timer);
  add ("/poller/own-context", test_own_context);
  return g_test_run ();
}
