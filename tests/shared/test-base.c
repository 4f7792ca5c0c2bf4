/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <fcntl.h>

#include "confab-backoff.h"
#include "confab-clock.h"
#include "confab-compat-private.h"
#include "confab-error.h"
#include "confab-id.h"

#define ALPHABET "0123456789abcdefghjkmnpqrstvwxyz"

static void
test_ids (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *const bad[] = { "",
                              "7h3k9mzqc0de7h3k9mzqc0de7",
                              "7h3k9mzqc0de7h3k9mzqc0de7h3",
                              "7H3k9mzqc0de7h3k9mzqc0de7h",
                              "7i3k9mzqc0de7h3k9mzqc0de7h",
                              "7h3k9mzqc0de7h3k9mzqc0de7 ",
                              "ä7h3k9mzqc0de7h3k9mzqc0de" };

  for (guint i = 0; i < 1000; i++) {
    char *id = i % 2 == 0 ? confab_id_new () : confab_secret_new ();

    g_assert_true (confab_id_is_valid (id));
    g_assert_true (g_hash_table_add (seen, id));
  }
  g_assert_false (confab_id_is_valid (NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (confab_id_is_valid (bad[i]));
}

/* Each symbol at each place: a mistake in the mapping shows as one that never comes. */
static void
test_symbols_are_spread (void)
{
  guint counts[CONFAB_ID_LENGTH][32] = { { 0 } };

  for (guint i = 0; i < 2000; i++) {
    g_autofree char *id = confab_id_new ();

    for (guint j = 0; j < CONFAB_ID_LENGTH; j++)
      counts[j][strchr (ALPHABET, id[j]) - ALPHABET]++;
  }
  for (guint j = 0; j < CONFAB_ID_LENGTH; j++) {
    for (guint symbol = 0; symbol < 32; symbol++)
      g_assert_cmpuint (counts[j][symbol], >, 0);
  }
}

static void
test_codes (void)
{
  const char *const good[] = { "7h3k-9mzq-c0de", "7h3k9mzqc0de",       "7H3K-9MZQ-C0DE",
                               "7h3k 9mzq code", "  7h3k-9mzq-c0de\n", "7h-3k9m-zqc0-de",
                               "7h3k-9mzq-cOde" };
  const char *const bad[] = { "",
                              "7h3k-9mzq-c0d",
                              "7h3k-9mzq-c0de-7",
                              "7h3k-9mzq-c0du",
                              "7h3k_9mzq_c0de",
                              "7h3k–9mzq–c0de",
                              "hello world" };
  g_autofree char *ones = confab_code_normalize ("iIlL-oO00-1111");
  g_autofree char *blank = g_strnfill (1000, ' ');

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autofree char *code = confab_code_normalize (good[i]);

    g_assert_cmpstr (code, ==, "7h3k-9mzq-c0de");
  }
  g_assert_cmpstr (ones, ==, "1111-0000-1111");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (confab_code_normalize (bad[i]));
  g_assert_null (confab_code_normalize (NULL));
  g_assert_null (confab_code_normalize (blank));
  for (guint i = 0; i < 100; i++) {
    g_autofree char *code = confab_code_new ();
    g_autofree char *same = confab_code_normalize (code);

    g_assert_cmpuint (strlen (code), ==, CONFAB_CODE_LENGTH);
    g_assert_cmpstr (code, ==, same);
  }
}

static void
test_backoff (void)
{
  const guint highest_ms[] = { 500, 1000, 2000, 4000, 8000, 8000, 8000 };
  ConfabBackoff low = CONFAB_BACKOFF_INIT (500, 8000);
  ConfabBackoff high = CONFAB_BACKOFF_INIT (500, 8000);

  for (guint i = 0; i < G_N_ELEMENTS (highest_ms); i++) {
    g_assert_cmpuint (confab_backoff_next_ms (&low, 0.0), ==, highest_ms[i] / 2);
    g_assert_cmpuint (confab_backoff_next_ms (&high, 0.999999), ==, highest_ms[i] - 1);
  }
  confab_backoff_reset (&low);
  g_assert_cmpuint (confab_backoff_next_ms (&low, 0.0), ==, 250);
  low.attempt = G_MAXUINT;
  g_assert_cmpuint (confab_backoff_next_ms (&low, 0.0), ==, 4000);
  g_assert_cmpuint (low.attempt, ==, G_MAXUINT);
}

static void
test_errors (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  ConfabError code = CONFAB_ERROR_CONFLICT;

  for (guint i = 0; i < CONFAB_N_ERRORS; i++) {
    const char *name = confab_error_get_wire_name ((ConfabError) i);
    guint status = confab_error_get_http_status ((ConfabError) i);
    guint close_code = confab_error_get_close_code ((ConfabError) i);

    g_assert_true (g_regex_match_simple ("^[a-z]+(-[a-z]+)*$", name, 0, 0));
    g_assert_true (g_hash_table_add (names, (gpointer) name));
    g_assert_true (confab_error_from_wire_name (name, &code));
    g_assert_cmpuint (code, ==, i);
    g_assert_true (status >= 400 && status < 600);
    g_assert_true (close_code == 0 || close_code == 1011 || close_code / 100 == 44 ||
                   close_code == 4503);
  }
  code = CONFAB_ERROR_CONFLICT;
  g_assert_false (confab_error_from_wire_name ("of-a-later-version", &code));
  g_assert_false (confab_error_from_wire_name (NULL, &code));
  g_assert_cmpint (code, ==, CONFAB_ERROR_CONFLICT);
  g_assert_cmpstr (confab_error_get_wire_name ((ConfabError) 9999), ==, "failed");
}

static void
test_error_codes (void)
{
  g_assert_cmpstr (confab_error_get_wire_name (CONFAB_ERROR_NO_SUCH_CALL), ==, "no-such-call");
  g_assert_cmpuint (confab_error_get_http_status (CONFAB_ERROR_NO_SUCH_CALL), ==, 404);
  g_assert_cmpuint (confab_error_get_close_code (CONFAB_ERROR_NO_SUCH_CALL), ==, 4404);
  g_assert_cmpuint (confab_error_get_http_status (CONFAB_ERROR_CALL_FULL), ==, 409);
  g_assert_cmpuint (confab_error_get_close_code (CONFAB_ERROR_CALL_FULL), ==, 4403);
  g_assert_cmpuint (confab_error_get_close_code (CONFAB_ERROR_UNSUPPORTED), ==, 0);
  g_assert_cmpuint (confab_error_get_close_code (CONFAB_ERROR_TICKET_USED), ==, 4401);
  g_assert_cmpuint (confab_error_get_close_code (CONFAB_ERROR_RESTARTING), ==, 4503);
}

static void
test_dbus_errors (void)
{
  g_autoptr (GError) error = g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_CALL_OVER, "Over");
  g_autofree char *name = g_dbus_error_encode_gerror (error);
  g_autoptr (GError) back = g_dbus_error_new_for_dbus_error (name, "Over");

  g_assert_cmpstr (name, ==, CONFAB_APP_ID ".Error.CallOver");
  g_assert_error (back, CONFAB_ERROR, CONFAB_ERROR_CALL_OVER);
}

static void
test_manual_clock (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (7200);
  g_autoptr (GDateTime) start = g_date_time_new (zone, 2024, 5, 1, 12, 0, 0);
  ConfabClock *clock = confab_manual_clock_new (start);
  g_autoptr (GDateTime) before = confab_clock_dup_now (clock);
  gint64 before_us = confab_clock_get_mono_us (clock);
  g_autoptr (GDateTime) after = NULL;

  g_assert_true (g_date_time_equal (before, start));
  g_assert_cmpint (g_date_time_get_utc_offset (before), ==, 0);
  g_assert_cmpint (before_us, >, 0);
  confab_manual_clock_advance (CONFAB_MANUAL_CLOCK (clock), 1500);
  after = confab_clock_dup_now (clock);
  g_assert_cmpint (g_date_time_difference (after, before), ==, 1500);
  g_assert_cmpint (confab_clock_get_mono_us (clock) - before_us, ==, 1500);
  g_assert_finalize_object (clock);
}

static void
test_system_clock (void)
{
  ConfabClock *clock = confab_system_clock_new ();
  g_autoptr (GDateTime) reference = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) now = confab_clock_dup_now (clock);

  g_assert_cmpint (g_date_time_get_utc_offset (now), ==, 0);
  g_assert_cmpint (ABS (g_date_time_difference (now, reference)), <, 60 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (confab_clock_get_mono_us (clock), <=, confab_clock_get_mono_us (clock));
  g_assert_finalize_object (clock);
}

static void
test_compat (void)
{
  g_autofree char *text = g_strdup ("a");
  int fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  int same_fd = fd;

  g_assert_false (confab_set_str (&text, "a"));
  g_assert_true (confab_set_str (&text, text + 1));
  g_assert_cmpstr (text, ==, "");
  g_assert_true (confab_set_str (&text, NULL));
  g_assert_null (text);

  errno = EINTR;
  confab_clear_fd (&fd);
  confab_clear_fd (&fd);
  g_assert_cmpint (errno, ==, EINTR);
  g_assert_cmpint (fd, ==, -1);
  g_assert_cmpint (fcntl (same_fd, F_GETFD), ==, -1);
  {
    confab_autofd int scoped = open ("/dev/null", O_RDONLY | O_CLOEXEC);

    same_fd = scoped;
  }
  g_assert_cmpint (fcntl (same_fd, F_GETFD), ==, -1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/id/form", test_ids);
  g_test_add_func ("/id/symbols-are-spread", test_symbols_are_spread);
  g_test_add_func ("/id/codes", test_codes);
  g_test_add_func ("/backoff/schedule", test_backoff);
  g_test_add_func ("/error/table", test_errors);
  g_test_add_func ("/error/codes", test_error_codes);
  g_test_add_func ("/error/dbus", test_dbus_errors);
  g_test_add_func ("/clock/manual", test_manual_clock);
  g_test_add_func ("/clock/system", test_system_clock);
  g_test_add_func ("/compat/all", test_compat);

  return g_test_run ();
}
