/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <sys/socket.h>
#include <unistd.h>

#include "confabd-inlet-private.h"

typedef struct {
  int ours;
  int theirs;
  ConfabdInlet inlet;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
  fixture->ours = pair[0];
  fixture->theirs = pair[1];
  confabd_inlet_init (&fixture->inlet);
  confabd_inlet_begin_turn (&fixture->inlet);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  close (fixture->ours);
  if (fixture->theirs >= 0)
    close (fixture->theirs);
}

static void
say (Fixture *fixture, gsize size)
{
  g_autofree guint8 *bytes = g_malloc0 (size);

  g_assert_cmpint (send (fixture->theirs, bytes, size, 0), ==, (gssize) size);
}

static gsize
hear (Fixture *fixture, gsize size)
{
  guint8 buffer[4096];

  g_assert_cmpuint (size, <=, sizeof buffer);
  return confabd_inlet_read (&fixture->inlet, fixture->ours, buffer, size);
}

/* One that did not fill its buffer was the last of its turn. */
static void
test_short_read_is_last (Fixture *fixture, gconstpointer data)
{
  say (fixture, 300);
  g_assert_cmpuint (hear (fixture, 200), ==, 200);
  g_assert_cmpuint (hear (fixture, 200), ==, 100);
  say (fixture, 10);
  g_assert_cmpuint (hear (fixture, 200), ==, 0);
  g_assert_false (fixture->inlet.at_end);
  confabd_inlet_begin_turn (&fixture->inlet);
  g_assert_cmpuint (hear (fixture, 200), ==, 10);
}

static void
test_others_have_their_turn (Fixture *fixture, gconstpointer data)
{
  gsize length = 0;
  gsize total = 0;

  say (fixture, CONFABD_INLET_TURN_BYTES + 4096);
  while ((length = hear (fixture, 4096)) > 0)
    total += length;
  g_assert_cmpuint (total, ==, CONFABD_INLET_TURN_BYTES);
  confabd_inlet_begin_turn (&fixture->inlet);
  g_assert_cmpuint (hear (fixture, 4096), ==, 4096);
}

static void
test_end (Fixture *fixture, gconstpointer data)
{
  say (fixture, 10);
  close (fixture->theirs);
  fixture->theirs = -1;
  g_assert_cmpuint (hear (fixture, 10), ==, 10);
  g_assert_false (fixture->inlet.at_end);
  g_assert_cmpuint (hear (fixture, 10), ==, 0);
  g_assert_true (fixture->inlet.at_end);
  g_assert_false (confabd_inlet_discard (&fixture->inlet, fixture->ours));
}

static void
test_discards (Fixture *fixture, gconstpointer data)
{
  say (fixture, 5000);
  g_assert_true (confabd_inlet_discard (&fixture->inlet, fixture->ours));
  g_assert_cmpuint (hear (fixture, 10), ==, 0);
  g_assert_false (fixture->inlet.at_end);
}

#define ADD(path, function) g_test_add ("/inlet/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("short-read-is-last", test_short_read_is_last);
  ADD ("others-have-their-turn", test_others_have_their_turn);
  ADD ("end", test_end);
  ADD ("discards", test_discards);
  return g_test_run ();
}
