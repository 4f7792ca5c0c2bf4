/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confabd-wheel.h"

#define MS       1000
#define TICK_US  (20 * MS)
#define START_US (123456 * MS)

typedef struct {
  ConfabdWheel *wheel;
  GString *log; /* names of what has fired */
  gint64 now_us;
} Fixture;

typedef struct {
  Fixture *fixture;
  char name;
  ConfabdTimer timer;
  ConfabdTimer *also_remove;
  gint64 again_us;
} Alarm;

static void
on_alarm (gpointer user_data)
{
  Alarm *alarm = user_data;

  g_assert_false (confabd_timer_is_armed (&alarm->timer));
  g_string_append_c (alarm->fixture->log, alarm->name);
  if (alarm->also_remove != NULL)
    confabd_wheel_remove (alarm->fixture->wheel, alarm->also_remove);
  if (alarm->again_us > 0)
    confabd_wheel_add (alarm->fixture->wheel, &alarm->timer,
                       alarm->fixture->now_us + alarm->again_us);
}

static void
alarm_init (Alarm *alarm, Fixture *fixture, char name)
{
  *alarm =
      (Alarm){ .fixture = fixture, .name = name, .timer = CONFABD_TIMER_INIT (on_alarm, alarm) };
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->wheel = confabd_wheel_new (START_US);
  fixture->log = g_string_new (NULL);
  fixture->now_us = START_US;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_string_free (fixture->log, TRUE);
  confabd_wheel_free (fixture->wheel);
}

static void
turn_to (Fixture *fixture, gint64 at_us)
{
  fixture->now_us = START_US + at_us;
  confabd_wheel_turn (fixture->wheel, fixture->now_us);
}

static void
test_never_early (Fixture *fixture, gconstpointer data)
{
  for (gint64 delay_us = 0; delay_us < 300 * MS; delay_us += 7 * MS + 1) {
    Alarm alarm;

    alarm_init (&alarm, fixture, 'a');
    g_string_truncate (fixture->log, 0);
    confabd_wheel_add (fixture->wheel, &alarm.timer, fixture->now_us + delay_us);
    confabd_wheel_turn (fixture->wheel, fixture->now_us + delay_us - 1);
    g_assert_cmpstr (fixture->log->str, ==, "");
    fixture->now_us += delay_us + TICK_US;
    confabd_wheel_turn (fixture->wheel, fixture->now_us);
    g_assert_cmpstr (fixture->log->str, ==, "a");
  }
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  Alarm alarms[3];

  for (guint i = 0; i < G_N_ELEMENTS (alarms); i++)
    alarm_init (&alarms[i], fixture, (char) ('a' + i));
  confabd_wheel_add (fixture->wheel, &alarms[2].timer, START_US + 900 * MS);
  confabd_wheel_add (fixture->wheel, &alarms[0].timer, START_US + 100 * MS);
  confabd_wheel_add (fixture->wheel, &alarms[1].timer, START_US + 500 * MS);
  turn_to (fixture, 2000 * MS);
  g_assert_cmpstr (fixture->log->str, ==, "abc");
  g_assert_cmpint (confabd_wheel_get_next_us (fixture->wheel), ==, -1);
}

static void
test_moves (Fixture *fixture, gconstpointer data)
{
  Alarm alarm;

  alarm_init (&alarm, fixture, 'a');
  confabd_wheel_add (fixture->wheel, &alarm.timer, START_US + 100 * MS);
  confabd_wheel_add (fixture->wheel, &alarm.timer, START_US + 900 * MS);
  turn_to (fixture, 500 * MS);
  g_assert_cmpstr (fixture->log->str, ==, "");
  turn_to (fixture, 1000 * MS);
  g_assert_cmpstr (fixture->log->str, ==, "a");
}

static void
test_removes (Fixture *fixture, gconstpointer data)
{
  Alarm first, second;

  alarm_init (&first, fixture, 'a');
  alarm_init (&second, fixture, 'b');
  first.also_remove = &second.timer;
  confabd_wheel_remove (fixture->wheel, &first.timer);
  confabd_wheel_add (fixture->wheel, &first.timer, START_US + 100 * MS);
  confabd_wheel_add (fixture->wheel, &second.timer, START_US + 100 * MS);
  turn_to (fixture, 500 * MS);
  g_assert_cmpstr (fixture->log->str, ==, "a");
  g_assert_cmpint (confabd_wheel_get_next_us (fixture->wheel), ==, -1);
}

static void
test_again (Fixture *fixture, gconstpointer data)
{
  Alarm alarm;

  alarm_init (&alarm, fixture, 'a');
  alarm.again_us = 1;
  confabd_wheel_add (fixture->wheel, &alarm.timer, START_US);
  for (guint i = 1; i <= 5; i++) {
    turn_to (fixture, i * 3 * TICK_US);
    g_assert_cmpuint (fixture->log->len, ==, i);
  }
}

static void
test_far_away (Fixture *fixture, gconstpointer data)
{
  Alarm alarm;

  alarm_init (&alarm, fixture, 'a');
  confabd_wheel_add (fixture->wheel, &alarm.timer, START_US + 100000 * MS);
  while (fixture->log->len == 0) {
    gint64 next_us = confabd_wheel_get_next_us (fixture->wheel);

    g_assert_cmpint (next_us, >, fixture->now_us);
    fixture->now_us = next_us;
    confabd_wheel_turn (fixture->wheel, next_us);
  }
  g_assert_cmpint (fixture->now_us, >=, START_US + 100000 * MS);
  g_assert_cmpint (fixture->now_us, <=, START_US + 100000 * MS + 2 * TICK_US);
}

static void
test_against_list (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  Alarm alarms[200];
  gint64 due_us[200];

  for (guint i = 0; i < G_N_ELEMENTS (alarms); i++) {
    alarm_init (&alarms[i], fixture, 'x');
    due_us[i] = START_US + g_rand_int_range (random, 0, 120 * 1000) * (gint64) MS;
    confabd_wheel_add (fixture->wheel, &alarms[i].timer, due_us[i]);
  }
  while (fixture->log->len < G_N_ELEMENTS (alarms)) {
    fixture->now_us += g_rand_int_range (random, 1, 3000) * (gint64) MS;
    confabd_wheel_turn (fixture->wheel, fixture->now_us);
    for (guint i = 0; i < G_N_ELEMENTS (alarms); i++) {
      if (due_us[i] > fixture->now_us)
        g_assert_true (confabd_timer_is_armed (&alarms[i].timer));
      else if (due_us[i] + TICK_US <= fixture->now_us)
        g_assert_false (confabd_timer_is_armed (&alarms[i].timer));
    }
  }
}

#define add(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/wheel/never-early", test_never_early);
  add ("/wheel/order", test_order);
  add ("/wheel/arming-again-moves", test_moves);
  add ("/wheel/removed-by-another", test_removes);
  add ("/wheel/arms-itself-again", test_again);
  add ("/wheel/farther-than-one-turn", test_far_away);
  add ("/wheel/random-against-a-list", test_against_list);
  return g_test_run ();
}
