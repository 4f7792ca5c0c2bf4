/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "confab-profile.h"
#include "confabd-name-finder.h"

static const struct {
  ConfabdForeignName name;
  const char *login;  /* the first one */
  const char *second; /* when that is taken */
  const char *display;
} cases[] = {
  { { "ada", "Ada", "Lovelace", "1" }, "ada", "ada-1", "Ada Lovelace" },
  { { "@ada", NULL, NULL, "1" }, "ada", "ada-1", "@ada" },
  { { NULL, " Zoë ", " Ñandú  ß ", "2" }, "Zoe.Nandu.ss", "Zoe.Nandu.ss-2", "Zoë Ñandú ß" },
  { { "", "Иван", "Щукин", "3" }, "ivan.shchukin", "ivan.shchukin-3", "Иван Щукин" },
  { { NULL, "张", "伟", "4" }, "user-4", "user-4", "张 伟" },
  { { "x", NULL, NULL, "5" }, "user-5", "user-5", "x" },
  { { NULL, NULL, NULL, "6" }, "user-6", "user-6", "User 6" },
  { { " \t\n", "\x01\x02", "\xe2\x80\xae", "7" }, "user-7", "user-7", "User 7" },
  { { "a b  c", NULL, NULL, "8" }, "a.b.c", "a.b.c-8", "a b c" },
  { { "../../etc", NULL, NULL, "9" }, "....etc", "....etc-9", "../../etc" },
  { { "bad\xff"
      "utf8",
      NULL, NULL, "10" },
    "badutf8",
    "badutf8-10",
    "bad\xef\xbf\xbdutf8" },
  { { "abcdefghijklmnopqrstuvwxyz0123456789", NULL, NULL, "123" },
    "abcdefghijklmnopqrstuvwxyz012345",
    "abcdefghijklmnopqrstuvwxyz01-123",
    "abcdefghijklmnopqrstuvwxyz0123456789" },
};

static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *first = confabd_name_finder_make_login (&cases[i].name, 0);
    g_autofree char *second = confabd_name_finder_make_login (&cases[i].name, 1);
    g_autofree char *display = confabd_name_finder_make_display (&cases[i].name);

    g_assert_cmpstr (first, ==, cases[i].login);
    g_assert_cmpstr (second, ==, cases[i].second);
    g_assert_cmpstr (display, ==, cases[i].display);
  }
}

static char *
make_noise (void)
{
  GString *noise = g_string_new (NULL);

  for (int n = g_test_rand_int_range (0, 300); n > 0; n--) {
    if (g_test_rand_bit ()) {
      g_string_append_c (noise, (char) g_test_rand_int_range (1, 256));
    } else {
      g_string_append_unichar (noise, (gunichar) g_test_rand_int_range (1, 0xd800));
    }
  }
  return g_string_free (noise, FALSE);
}

/* Whatever another server had: a name that is valid, and two that differ in the end. */
static void
test_random (void)
{
  for (guint i = 0; i < 3000; i++) {
    g_autofree char *username = make_noise ();
    g_autofree char *first = make_noise ();
    g_autofree char *id = make_noise ();
    const ConfabdForeignName name = { username, first, g_test_rand_bit () ? username : NULL, id };
    g_autofree char *display = confabd_name_finder_make_display (&name);
    g_autofree char *third = confabd_name_finder_make_login (&name, 2);
    g_autofree char *fourth = confabd_name_finder_make_login (&name, 3);

    g_assert_true (g_utf8_validate (display, -1, NULL));
    g_assert_cmpint (g_utf8_strlen (display, -1), <=, 64);
    g_assert_cmpint (strlen (display), >, 0);
    g_assert_cmpstr (third, !=, fourth);
    for (guint attempt = 0; attempt < CONFABD_NAME_N_ATTEMPTS; attempt++) {
      g_autofree char *login = confabd_name_finder_make_login (&name, attempt);

      g_assert_true (confab_login_name_is_valid (login));
    }
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/name-finder/cases", test_cases);
  g_test_add_func ("/name-finder/random", test_random);
  return g_test_run ();
}
