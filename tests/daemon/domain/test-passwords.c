/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "confab-error.h"
#include "confabd-password-rules.h"
#include "confabd-passwords.h"
#include "confabd-trace.h"
#include "test-loop.h"

#define PASSWORD "correct horse"

typedef struct {
  ConfabdPasswords *passwords; /* (owned) */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->passwords = confabd_passwords_new_with_cost (&CONFABD_PASSWORD_COST_LEAST, 2);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_finalize_object (self->passwords);
}

static char *
hash (Fixture *self, const char *password)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char *made = NULL;

  confabd_passwords_hash_async (self->passwords, password, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  made = confabd_passwords_hash_finish (self->passwords, result, &error);
  g_assert_no_error (error);
  return made;
}

static gboolean
check (Fixture *self, const char *kept, const char *password, char **better)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean matches;

  confabd_passwords_check_async (self->passwords, kept, password, NULL, test_on_result, &result);
  test_wait_until (result != NULL);
  matches = confabd_passwords_check_finish (self->passwords, result, better, &error);
  g_assert_no_error (error);
  return matches;
}

static void
test_hash (Fixture *self, gconstpointer data)
{
  g_autofree char *first = hash (self, PASSWORD);
  g_autofree char *second = hash (self, PASSWORD);
  g_autofree char *better = NULL;

  g_assert_true (g_str_has_prefix (first, "$argon2id$"));
  g_assert_cmpstr (first, !=, second);
  g_assert_true (check (self, first, PASSWORD, &better));
  g_assert_null (better);
  g_assert_true (check (self, second, PASSWORD, NULL));
  g_assert_false (check (self, first, "Correct horse", NULL));
  g_assert_false (check (self, first, "", NULL));
}

/* What a request waited for is in its trace, and so is what it does next. */
static void
test_trace (Fixture *self, gconstpointer data)
{
  g_autoptr (ConfabdTrace) trace = confabd_trace_new ("r1", NULL);
  ConfabdTrace *previous = confabd_trace_enter (trace);
  g_autofree char *made = hash (self, PASSWORD);

  confabd_trace_leave (previous);
  g_assert_cmpint (confabd_trace_get_us (trace, CONFABD_TRACE_HASH), >, 0);
  g_assert_cmpint (confabd_trace_get_us (trace, CONFABD_TRACE_DATABASE), ==, 0);
}

/* All of a password counts, far beyond the 72 bytes that bcrypt looks at. */
static void
test_long (Fixture *self, gconstpointer data)
{
  g_autofree char *start = g_strnfill (1023, 'x');
  g_autofree char *password = g_strconcat (start, "a", NULL);
  g_autofree char *other = g_strconcat (start, "b", NULL);
  g_autofree char *kept = hash (self, password);

  g_assert_true (check (self, kept, password, NULL));
  g_assert_false (check (self, kept, other, NULL));
}

static void
test_bcrypt (Fixture *self, gconstpointer data)
{
  static const char *const kept[] = {
    "$2a$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e",
    "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e",
    "$2y$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e",
  };

  for (guint i = 0; i < G_N_ELEMENTS (kept); i++) {
    g_autofree char *better = NULL;
    g_autofree char *none = NULL;

    g_assert_false (check (self, kept[i], "incorrect horse", &none));
    g_assert_null (none);
    g_assert_true (check (self, kept[i], PASSWORD, &better));
    g_assert_nonnull (better);
    g_assert_true (g_str_has_prefix (better, "$argon2id$"));
    g_assert_true (check (self, better, PASSWORD, NULL));
  }
}

/* What another server made of the first 72 bytes still opens, and is of all of it afterwards. */
static void
test_bcrypt_long (Fixture *self, gconstpointer data)
{
  const char *kept = "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i";
  g_autofree char *start = g_strnfill (600, 'x');
  g_autofree char *password = g_strconcat (start, "tail", NULL);
  g_autofree char *better = NULL;

  g_assert_true (check (self, kept, password, &better));
  g_assert_true (check (self, better, password, NULL));
  g_assert_false (check (self, better, start, NULL));
}

static void
test_broken_hashes (Fixture *self, gconstpointer data)
{
  static const char *const kept[] = { "",           "!",      "$2a$",     "$2b$99$x",
                                      "$argon2id$", PASSWORD, "$1$salt$x" };

  for (guint i = 0; i < G_N_ELEMENTS (kept); i++) {
    g_assert_false (check (self, kept[i], PASSWORD, NULL));
  }
}

/* A refusal takes one hash of work, whether the name is known or not; time would only say so
 * roughly. */
static void
test_unknown_name (Fixture *self, gconstpointer data)
{
  g_autofree char *kept = hash (self, PASSWORD);
  guint before = confabd_passwords_get_n_checks (self->passwords);

  g_assert_false (check (self, kept, "wrong horse", NULL));
  g_assert_cmpuint (confabd_passwords_get_n_checks (self->passwords), ==, before + 1);
  g_assert_false (check (self, NULL, "wrong horse", NULL));
  g_assert_cmpuint (confabd_passwords_get_n_checks (self->passwords), ==, before + 2);
  /* Not even the one that the decoy is made of opens a door. */
  g_assert_false (check (self, NULL, "nobody’s password", NULL));
}

#define BCRYPT_8  "$2b$08$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"
#define BCRYPT_10 "$2b$10$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"
#define N_TRIES   9

static int
compare_times (gconstpointer a, gconstpointer b)
{
  const gint64 first = *(const gint64 *) a;
  const gint64 second = *(const gint64 *) b;

  return (first > second) - (first < second);
}

/* Of each kind in turn, so that what else the machine does meets them all; the middle one counts.
 */
static void
measure_refusals (Fixture *self, const char *const *kept, guint n_kept, gint64 *median_us)
{
  g_autofree gint64 *times = g_new0 (gint64, n_kept * N_TRIES);

  for (guint i = 0; i < N_TRIES * n_kept; i++) {
    gint64 start_us = g_get_monotonic_time ();

    g_assert_false (check (self, kept[i % n_kept], "wrong", NULL));
    times[(i % n_kept) * N_TRIES + i / n_kept] = g_get_monotonic_time () - start_us;
  }
  for (guint i = 0; i < n_kept; i++) {
    qsort (times + i * N_TRIES, N_TRIES, sizeof *times, compare_times);
    median_us[i] = times[i * N_TRIES + N_TRIES / 2];
  }
}

/* An unknown name, one of here, and two of other servers, whose hash costs four times as much as
 * the other's: nobody tells them apart by the clock. */
static void
test_times (Fixture *self, gconstpointer data)
{
  g_autofree char *own = hash (self, PASSWORD);
  const char *const kept[] = { NULL, own, BCRYPT_8, BCRYPT_10, "!" };
  gint64 median_us[G_N_ELEMENTS (kept)];

  confabd_passwords_expect (self->passwords, BCRYPT_10);
  measure_refusals (self, kept, G_N_ELEMENTS (kept), median_us);
  for (guint i = 1; i < G_N_ELEMENTS (kept); i++) {
    g_test_message ("%" G_GINT64_FORMAT " µs and %" G_GINT64_FORMAT " µs", median_us[0],
                    median_us[i]);
    g_assert_cmpint (median_us[i], >, median_us[0] / 2);
    g_assert_cmpint (median_us[i], <, median_us[0] * 2);
  }
}

static void
test_outdated (void)
{
  const ConfabdPasswordCost least = CONFABD_PASSWORD_COST_LEAST;
  const ConfabdPasswordCost same = { 2, 8 };
  const ConfabdPasswordCost more = { 3, 8 };
  g_autofree char *kept = confabd_password_hash_make (PASSWORD, &least);

  g_assert_false (confabd_password_hash_is_outdated (kept, &least));
  g_assert_false (confabd_password_hash_is_outdated (kept, &same));
  g_assert_true (confabd_password_hash_is_outdated (kept, &more));
}

static void
test_calibrate (void)
{
  ConfabdPasswordCost cost = confabd_password_cost_calibrate ();

  g_assert_cmpuint (cost.passes, >=, 2);
  g_assert_cmpuint (cost.passes, <=, 8);
  g_assert_cmpuint (cost.memory_kib, >=, 19 * 1024);
  g_assert_cmpuint (cost.memory_kib, <=, 64 * 1024);
}

/* Two threads, two places to wait: of many at once some are sent away, the others served. */
static void
test_crowd (void)
{
  const ConfabdPasswordCost slow = { 4, 64 * 1024 };
  ConfabdPasswords *passwords = confabd_passwords_new_with_cost (&slow, 2);
  GAsyncResult *results[12] = { NULL };
  guint n_served = 0;

  for (guint i = 0; i < G_N_ELEMENTS (results); i++) {
    confabd_passwords_check_async (passwords, NULL, PASSWORD, NULL, test_on_result, &results[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (results); i++) {
    g_autoptr (GError) error = NULL;

    test_wait_until (results[i] != NULL);
    g_assert_false (confabd_passwords_check_finish (passwords, results[i], NULL, &error));
    if (error == NULL) {
      n_served++;
    } else {
      g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_UNAVAILABLE);
    }
    g_clear_object (&results[i]);
  }
  g_assert_cmpuint (n_served, >=, 2);
  g_assert_cmpuint (n_served, <, G_N_ELEMENTS (results));
  g_assert_cmpuint (n_served, ==, confabd_passwords_get_n_checks (passwords));
  g_assert_finalize_object (passwords);
}

/* Rules */

static void
assert_refused (const char *password, const char *login_name)
{
  g_autoptr (GError) error = NULL;

  if (confabd_password_check (password, login_name, &error)) {
    g_error ("“%s” would do", password);
  }
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_WEAK_PASSWORD);
}

static void
assert_accepted (const char *password, const char *login_name)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (confabd_password_check (password, login_name, &error));
  g_assert_no_error (error);
}

static void
test_rules (void)
{
  g_autofree char *longest = g_strnfill (1024, 'x');
  g_autofree char *too_long = g_strnfill (1025, 'x');
  g_autofree char *absurd = g_strnfill (1000000, 'x');
  g_autoptr (GString) scripts = g_string_new (NULL);

  for (guint i = 0; i < 1024; i++) {
    g_string_append (scripts, "🎺");
  }
  assert_refused ("", NULL);
  assert_refused ("brillig", NULL);
  assert_refused (too_long, NULL);
  assert_refused (absurd, NULL);
  assert_refused ("\xff\xfe not UTF-8", NULL);
  assert_refused ("Ada.Lovelace", "ada.lovelace");
  assert_accepted ("’twas brillig", "ada");
  assert_accepted ("Ada.Lovelace", "ada");
  assert_accepted (longest, "ada");
  assert_accepted (scripts->str, NULL);
}

/* The first, the last, one from the middle, in any case; and what stands between two lines. */
static void
test_common (void)
{
  static const char *const common[] = { "!qaz2wsx", "password", "PassWord1", "iloveyou",
                                        "jennifer", "12345678", "qwertyuiop" };
  static const char *const rare[] = { "passwor", "passwordpassworda", "password\n", "",
                                      "\n",      "zzzzzzzzzzzzzzz~",  "!!!!!!!!" };

  for (guint i = 0; i < G_N_ELEMENTS (common); i++) {
    g_assert_true (confabd_password_is_common (common[i]));
    assert_refused (common[i], NULL);
  }
  for (guint i = 0; i < G_N_ELEMENTS (rare); i++) {
    g_assert_false (confabd_password_is_common (rare[i]));
  }
}

/* What is shipped is found, all of it: the list is as the search wants it. */
static void
test_whole_list (void)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents (COMMON_PASSWORDS, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; *lines[i] != '\0'; i++) {
    g_assert_true (confabd_password_is_common (lines[i]));
    n++;
  }
  g_assert_cmpuint (n, >=, 10000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, run) g_test_add (path, Fixture, NULL, set_up, run, tear_down)
  ADD ("/passwords/hash", test_hash);
  ADD ("/passwords/trace", test_trace);
  ADD ("/passwords/long", test_long);
  ADD ("/passwords/bcrypt", test_bcrypt);
  ADD ("/passwords/bcrypt/long", test_bcrypt_long);
  ADD ("/passwords/broken-hashes", test_broken_hashes);
  ADD ("/passwords/unknown-name", test_unknown_name);
  ADD ("/passwords/times", test_times);
#undef ADD
  g_test_add_func ("/passwords/outdated", test_outdated);
  g_test_add_func ("/passwords/calibrate", test_calibrate);
  g_test_add_func ("/passwords/crowd", test_crowd);
  g_test_add_func ("/passwords/rules", test_rules);
  g_test_add_func ("/passwords/common", test_common);
  g_test_add_func ("/passwords/common/whole-list", test_whole_list);
  return g_test_run ();
}
