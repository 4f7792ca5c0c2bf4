/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-time.h"
#include "confabd-brake.h"
#include "confabd-public-error.h"

#define HOME  "192.0.2.1"
#define OTHER "203.0.113.9"

typedef struct {
  ConfabClock *clock;
  ConfabdBrake *brake;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer max_entries)
{
  g_autoptr (GDateTime) start = confab_time_from_unix_us (0);

  fixture->clock = confab_manual_clock_new (start);
  fixture->brake = confabd_brake_new (fixture->clock, GPOINTER_TO_UINT (max_entries));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->brake);
  g_assert_finalize_object (fixture->clock);
}

static void
advance (Fixture *fixture, guint seconds)
{
  confab_manual_clock_advance (CONFAB_MANUAL_CLOCK (fixture->clock),
                               (gint64) seconds * G_USEC_PER_SEC);
}

static gboolean
may_try (Fixture *fixture, const char *name, const char *address)
{
  g_autoptr (GError) error = NULL;
  guint delay_ms = 0;
  gboolean may = confabd_brake_check (fixture->brake, name, address, &delay_ms, &error);

  if (!may)
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_TOO_MANY);
  return may;
}

static guint
get_retry_after_s (Fixture *fixture, const char *name, const char *address)
{
  g_autoptr (GError) error = NULL;
  guint delay_ms = 0;

  g_assert_false (confabd_brake_check (fixture->brake, name, address, &delay_ms, &error));
  return confabd_error_get_retry_after_s (error);
}

static guint
get_delay_ms (Fixture *fixture, const char *name, const char *address)
{
  guint delay_ms = 0;

  confabd_brake_check (fixture->brake, name, address, &delay_ms, NULL);
  return delay_ms;
}

static void
fail_from_all_over (Fixture *fixture, const char *name, guint n)
{
  for (guint i = 0; i < n; i++) {
    g_autofree char *address = g_strdup_printf ("198.51.%u.%u", i / 256, i % 256);

    confabd_brake_note_failure (fixture->brake, name, address);
  }
}

/* The pause doubles with each failure, up to a quarter of an hour. */
static void
test_grows (Fixture *fixture, gconstpointer data)
{
  static const guint pauses_s[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900 };

  for (guint i = 0; i < 3; i++) {
    g_assert_true (may_try (fixture, "ada", HOME));
    confabd_brake_note_failure (fixture->brake, "ada", HOME);
  }
  for (guint i = 0; i < G_N_ELEMENTS (pauses_s); i++) {
    g_assert_true (may_try (fixture, "ada", HOME));
    confabd_brake_note_failure (fixture->brake, "Ada", HOME);
    g_assert_cmpuint (get_retry_after_s (fixture, "ada", HOME), ==, pauses_s[i]);
    advance (fixture, pauses_s[i] - 1);
    g_assert_false (may_try (fixture, "ADA", HOME));
    advance (fixture, 1);
  }
}

static void
test_forgets (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 30; i++)
    confabd_brake_note_failure (fixture->brake, "ada", HOME);
  g_assert_false (may_try (fixture, "ada", HOME));
  advance (fixture, 3600);
  for (guint i = 0; i < 3; i++) {
    g_assert_true (may_try (fixture, "ada", HOME));
    confabd_brake_note_failure (fixture->brake, "ada", HOME);
  }
  g_assert_cmpuint (get_delay_ms (fixture, "ada", OTHER), ==, 0);
}

static void
test_one_address_many_names (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 11; i++) {
    g_autofree char *name = g_strdup_printf ("user%u", i);

    g_assert_true (may_try (fixture, name, HOME));
    confabd_brake_note_failure (fixture->brake, name, HOME);
  }
  g_assert_false (may_try (fixture, "somebody", HOME));
  /* One's own account is no way out. */
  confabd_brake_note_success (fixture->brake, "mallory", HOME);
  g_assert_false (may_try (fixture, "somebody", HOME));
  g_assert_true (may_try (fixture, "somebody", OTHER));
}

/* However many strangers fail with a name, its owner comes in, a little later. */
static void
test_owner_is_not_locked_out (Fixture *fixture, gconstpointer data)
{
  fail_from_all_over (fixture, "ada", 1000);
  g_assert_true (may_try (fixture, "ada", HOME));
  g_assert_cmpuint (get_delay_ms (fixture, "ada", HOME), ==, 5000);
  g_assert_cmpuint (get_delay_ms (fixture, "bob", HOME), ==, 0);
}

static void
test_success (Fixture *fixture, gconstpointer data)
{
  ConfabdBrakeCounts counts;

  for (guint i = 0; i < 3; i++)
    confabd_brake_note_failure (fixture->brake, "ada", HOME);
  confabd_brake_note_success (fixture->brake, "ada", HOME);
  confabd_brake_note_failure (fixture->brake, "ada", HOME);
  g_assert_true (may_try (fixture, "ada", HOME));
  confabd_brake_get_counts (fixture->brake, &counts);
  g_assert_cmpuint (counts.n_failures, ==, 4);
  g_assert_cmpuint (counts.n_successes, ==, 1);
  g_assert_cmpuint (counts.n_refused, ==, 0);
}

static void
test_bounded (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 4; i++)
    confabd_brake_note_failure (fixture->brake, "ada", HOME);
  g_assert_false (may_try (fixture, "ada", HOME));
  fail_from_all_over (fixture, "bob", 100);
  g_assert_true (may_try (fixture, "ada", HOME)); /* forgotten */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, max_entries, func) \
  g_test_add (path, Fixture, GUINT_TO_POINTER (max_entries), set_up, func, tear_down)
  ADD ("/brake/grows", 100, test_grows);
  ADD ("/brake/forgets", 100, test_forgets);
  ADD ("/brake/one-address-many-names", 100, test_one_address_many_names);
  ADD ("/brake/owner-is-not-locked-out", 10000, test_owner_is_not_locked_out);
  ADD ("/brake/success", 100, test_success);
  ADD ("/brake/bounded", 10, test_bounded);
  return g_test_run ();
}
