/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-attendance.h"

#define MINUTE_MS 60000

typedef struct {
  ConfabAttendance *attendance; /* (owned) */
  GString *told;                /* (owned) since it was asked for */
} Fixture;

static void
on_told (ConfabAttendanceKind kind, const char *const *names, gboolean is_first, gpointer user_data)
{
  static const char signs[] = { [CONFAB_ATTENDANCE_JOINED] = '+',
                                [CONFAB_ATTENDANCE_LEFT] = '-',
                                [CONFAB_ATTENDANCE_RETURNED] = '=' };
  Fixture *fixture = user_data;
  g_autofree char *all = g_strjoinv (",", (char **) names);

  g_string_append_printf (fixture->told, "%c%s%s ", signs[kind], all, is_first ? "!" : "");
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->told = g_string_new (NULL);
  fixture->attendance = confab_attendance_new (on_told, fixture);
  confab_attendance_restart (fixture->attendance, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  confab_attendance_free (fixture->attendance);
  g_string_free (fixture->told, TRUE);
}

static void
assert_told (Fixture *fixture, const char *expected)
{
  g_assert_cmpstr (fixture->told->str, ==, expected);
  g_string_truncate (fixture->told, 0);
}

static void
test_come_and_go (Fixture *fixture, gconstpointer data)
{
  confab_attendance_found (fixture->attendance, "a", "Ada", 0);
  assert_told (fixture, "");
  confab_attendance_came (fixture->attendance, "b", "Bob", MINUTE_MS);
  assert_told (fixture, "+Bob! ");
  confab_attendance_went (fixture->attendance, "a", "Ada", FALSE, 2 * MINUTE_MS);
  confab_attendance_went (fixture->attendance, "nobody", "Nobody", FALSE, 3 * MINUTE_MS);
  assert_told (fixture, "-Ada! ");
}

/* One bell, and a sentence that names how many. */
static void
test_burst (Fixture *fixture, gconstpointer data)
{
  confab_attendance_came (fixture->attendance, "a", "Ada", MINUTE_MS);
  confab_attendance_came (fixture->attendance, "b", "Bob", MINUTE_MS + 1000);
  confab_attendance_came (fixture->attendance, "c", "Cleo", MINUTE_MS + 3000);
  assert_told (fixture, "+Ada! +Bob,Ada +Cleo,Bob,Ada ");
  confab_attendance_went (fixture->attendance, "a", "Ada", FALSE, MINUTE_MS + 4000);
  assert_told (fixture, "-Ada ");
  confab_attendance_came (fixture->attendance, "d", "Dan", 2 * MINUTE_MS);
  assert_told (fixture, "+Dan! ");
}

/* A connection that was lost, and one that the server noticed only after the new one was there. */
static void
test_return (Fixture *fixture, gconstpointer data)
{
  confab_attendance_came (fixture->attendance, "a", "Ada", MINUTE_MS);
  assert_told (fixture, "+Ada! ");
  confab_attendance_went (fixture->attendance, "a", "Ada", TRUE, 2 * MINUTE_MS);
  confab_attendance_tick (fixture->attendance, 2 * MINUTE_MS + 10000);
  assert_told (fixture, "");
  confab_attendance_came (fixture->attendance, "a", "Ada", 2 * MINUTE_MS + 11000);
  confab_attendance_tick (fixture->attendance, 3 * MINUTE_MS);
  assert_told (fixture, "=Ada! ");
  confab_attendance_came (fixture->attendance, "a", "Ada", 4 * MINUTE_MS);
  confab_attendance_went (fixture->attendance, "a", "Ada", TRUE, 4 * MINUTE_MS + 20000);
  confab_attendance_tick (fixture->attendance, 5 * MINUTE_MS);
  assert_told (fixture, "=Ada! ");
}

static void
test_lost_for_good (Fixture *fixture, gconstpointer data)
{
  confab_attendance_came (fixture->attendance, "a", "Ada", MINUTE_MS);
  assert_told (fixture, "+Ada! ");
  confab_attendance_went (fixture->attendance, "a", "Ada", TRUE, 2 * MINUTE_MS);
  confab_attendance_tick (fixture->attendance, 2 * MINUTE_MS + 15000);
  confab_attendance_tick (fixture->attendance, 3 * MINUTE_MS);
  assert_told (fixture, "-Ada! ");
}

/* We were away: of the others only those are told who came or went meanwhile. */
static void
test_own_outage (Fixture *fixture, gconstpointer data)
{
  confab_attendance_found (fixture->attendance, "a", "Ada", 0);
  confab_attendance_found (fixture->attendance, "b", "Bob", 0);
  confab_attendance_restart (fixture->attendance, MINUTE_MS);
  confab_attendance_found (fixture->attendance, "b", "Bob", MINUTE_MS);
  confab_attendance_found (fixture->attendance, "c", "Cleo", MINUTE_MS);
  assert_told (fixture, "+Cleo! ");
  confab_attendance_tick (fixture->attendance, 2 * MINUTE_MS);
  assert_told (fixture, "-Ada! ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/attendance/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("come-and-go", test_come_and_go);
  ADD ("burst", test_burst);
  ADD ("return", test_return);
  ADD ("lost-for-good", test_lost_for_good);
  ADD ("own-outage", test_own_outage);
#undef ADD
  return g_test_run ();
}
