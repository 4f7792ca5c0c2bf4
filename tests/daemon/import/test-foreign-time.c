/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confab-time.h"
#include "confabd-foreign-time.h"

static const struct {
  const char *text;
  const char *utc; /* NULL: no time */
} cases[] = {
  { "2026-03-29 01:30:00", "2026-03-29T01:30:00.000000Z" },
  { "2026-03-29T01:30:00", "2026-03-29T01:30:00.000000Z" },
  { "2026-03-29t01:30:00z", "2026-03-29T01:30:00.000000Z" },
  { "2026-03-29 01:30", "2026-03-29T01:30:00.000000Z" },
  { "2026-03-29  01:30:00.5", "2026-03-29T01:30:00.500000Z" },
  { "2026-03-29 01:30:00,25", "2026-03-29T01:30:00.250000Z" },
  { "2026-03-29 01:30:00.123456789", "2026-03-29T01:30:00.123456Z" },
  { "2026-03-29 01:30:00+02:00", "2026-03-28T23:30:00.000000Z" },
  { "2026-03-29 01:30:00.000001 -0530", "2026-03-29T07:00:00.000001Z" },
  { "2026-03-29T01:30:00+02", "2026-03-28T23:30:00.000000Z" },
  { "2026-03-29 01:30:00 UTC", "2026-03-29T01:30:00.000000Z" },
  { "2024-02-29 00:00:00", "2024-02-29T00:00:00.000000Z" },
  { "2023-02-29 00:00:00", NULL },
  { "2026-13-01 00:00:00", NULL },
  { "2026-03-29", NULL },
  { "2026-03-29 ", NULL },
  { "2026-03-29 25:00:00", NULL },
  { "2026-03-29 1:30:00", NULL },
  { "2026-03-29 01:30:00.", NULL },
  { "2026-03-29 01:30:00 CEST", NULL },
  { "2026-03-29 01:30:00+2", NULL },
  { "2026-03-29 01:30:00+99:00", NULL },
  { "2026/03/29 01:30:00", NULL },
  { "1774747800", NULL },
  { "yesterday", NULL },
  { "", NULL },
  { "2026-03-29 01:30:00                                            +02:00", NULL },
};

static void
test_forms (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gint64 unix_us = 42;

    g_test_message ("“%s”", cases[i].text);
    if (cases[i].utc == NULL) {
      g_assert_false (confabd_foreign_time_parse (cases[i].text, &unix_us));
      g_assert_cmpint (unix_us, ==, 42);
    } else {
      g_autoptr (GDateTime) expected = confab_time_parse (cases[i].utc, NULL);

      g_assert_true (confabd_foreign_time_parse (cases[i].text, &unix_us));
      g_assert_cmpint (unix_us, ==, confab_time_to_unix_us (expected));
    }
  }
  g_assert_false (confabd_foreign_time_parse (NULL, NULL));
}

/* Whatever is in a cell: an answer, and no byte read that is not there. */
static void
test_random (void)
{
  static const char symbols[] = "0123456789:-+.,TZ utc\xff";

  for (guint i = 0; i < 100000; i++) {
    g_autofree char *text = g_strdup ("2026-03-29 01:30:00.123456+02:00");
    gint64 unix_us = 0;

    for (int n = g_test_rand_int_range (0, 4); n > 0; n--) {
      text[g_test_rand_int_range (0, 32)] =
          symbols[g_test_rand_int_range (0, G_N_ELEMENTS (symbols))];
    }
    if (confabd_foreign_time_parse (text, &unix_us)) {
      g_assert_cmpint (unix_us, >=, G_GINT64_CONSTANT (-62135596800000000));
      g_assert_cmpint (unix_us, <=, G_GINT64_CONSTANT (253402387200000000));
    }
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/foreign-time/forms", test_forms);
  g_test_add_func ("/foreign-time/random", test_random);
  return g_test_run ();
}
