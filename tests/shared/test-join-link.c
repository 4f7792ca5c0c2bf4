/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "confab-error.h"
#include "confab-join-link.h"

#define CODE   "7h3k-9mzq-c0de"
#define SECRET "7h3k9mzqc0de7h3k9mzqc0de7h"

typedef struct {
  const char *text;
  const char *server;
  const char *key;
} LinkCase;

/* clang-format off */
static const LinkCase good[] = {
  { "http://127.0.0.1:4000/j/" CODE, "http://127.0.0.1:4000", CODE },
  { "https://calls.example.org/j/" CODE, "https://calls.example.org", CODE },
  { "https://calls.example.org/j/" CODE "/", "https://calls.example.org", CODE },
  { "https://calls.example.org/j/" SECRET, "https://calls.example.org", SECRET },
  { "  https://calls.example.org/j/" CODE "\n", "https://calls.example.org", CODE },
  { "<https://calls.example.org/j/" CODE ">", "https://calls.example.org", CODE },
  { "(https://calls.example.org/j/" CODE ").", "https://calls.example.org", CODE },
  { "\"https://calls.example.org/j/" CODE "\",", "https://calls.example.org", CODE },
  { "https://calls.example.org/j/" CODE "!", "https://calls.example.org", CODE },
  { "Come to https://calls.example.org/j/" CODE ", please", "https://calls.example.org", CODE },
  { "Conversation at\nhttps://calls.example.org/j/" CODE, "https://calls.example.org", CODE },
  { "HTTPS://Calls.Example.ORG/j/7H3K-9MZQ-C0DE", "https://calls.example.org", CODE },
  { "https://calls.example.org:443/j/" CODE, "https://calls.example.org", CODE },
  { "http://calls.example.org:80/j/" CODE, "http://calls.example.org", CODE },
  { "https://calls.example.org:8443/j/" CODE, "https://calls.example.org:8443", CODE },
  { "https://example.org/confab/j/" CODE, "https://example.org/confab", CODE },
  { "https://example.org/j/j/" CODE, "https://example.org/j", CODE },
  { "https://calls.example.org/j/" CODE "?utm=1#top", "https://calls.example.org", CODE },
  { "https://calls.example.org/j/7h3k9mzqc0de", "https://calls.example.org", CODE },
  { "http://[::1]:4000/j/" CODE, "http://[::1]:4000", CODE },
  { "[::1]:4000/j/" CODE, "http://[::1]:4000", CODE },
  { "confab://calls.example.org/j/" CODE, "https://calls.example.org", CODE },
  { "confab://localhost:4000/j/" CODE, "http://localhost:4000", CODE },
  { "confab://127.0.0.1:4000/j/" SECRET, "http://127.0.0.1:4000", SECRET },
  { "confab:" CODE, NULL, CODE },
  { "confab://" CODE, NULL, CODE },
  { "confab://" CODE "/", NULL, CODE },
  { "calls.example.org/j/" CODE, "https://calls.example.org", CODE },
  { "calls.example.org:8443/j/" CODE "/", "https://calls.example.org:8443", CODE },
  { "127.0.0.1:4000/j/" CODE, "http://127.0.0.1:4000", CODE },
  { "localhost:4000/j/" CODE, "http://localhost:4000", CODE },
  { CODE, NULL, CODE },
  { "7H3K-9MZQ-CODE", NULL, CODE },
  { "7h3k9mzqc0de", NULL, CODE },
  { "7h3k 9mzq c0de", NULL, CODE },
  { " <" CODE ">. ", NULL, CODE },
  { SECRET, NULL, SECRET },
  { "7H3K9MZQC0DE7H3K9MZQC0DE7H", NULL, SECRET },
};

static const char *const bad[] = {
  "", " ", "hello", "https://calls.example.org", "https://calls.example.org/j/", "https://calls.example.org/j/x",
  "https://calls.example.org/k/" CODE, "ftp://calls.example.org/j/" CODE, "javascript:alert(1)",
  "file:///j/" CODE, "http:///j/" CODE, "/j/" CODE, "j/" CODE, "https://good.example@evil.example/j/" CODE,
  "https://user:pw@calls.example.org/j/" CODE, "https://calls.example.org/j/" CODE "/more",
  "https://calls.example.org/j/" CODE "x", "https://calls.example.org:99999/j/" CODE, "http://[::1/j/" CODE,
  "\xff\xfe", "confab://", "confab:", "mailto:a@b.c", "7h3k-9mzq-c0du", "https://calls.example.org/j/..%2f" CODE,
};
/* clang-format on */

static void
test_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (ConfabJoinLink) link = confab_join_link_parse (good[i].text, &error);
    gboolean is_secret = strlen (good[i].key) > 14;

    g_test_message ("“%s”", good[i].text);
    g_assert_no_error (error);
    g_assert_cmpstr (confab_join_link_get_server (link), ==, good[i].server);
    g_assert_cmpstr (confab_join_link_get_code (link), ==, is_secret ? NULL : good[i].key);
    g_assert_cmpstr (confab_join_link_get_secret (link), ==, is_secret ? good[i].key : NULL);
  }
}

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (ConfabJoinLink) link = confab_join_link_parse (bad[i], &error);
    g_autofree char *escaped = g_strescape (bad[i], NULL);

    g_test_message ("“%s”", escaped);
    g_assert_null (link);
    g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }
}

static void
test_too_long (void)
{
  g_autofree char *filling = g_strnfill (100 * 1000, 'x');
  g_autofree char *text = g_strconcat (filling, " https://h.example/j/" CODE, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (confab_join_link_parse (text, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST);
  g_assert_cmpuint (strlen (error->message), <, 500);
}

static void
test_build (void)
{
  g_autofree char *plain = confab_join_link_build ("http://h:1", CODE);
  g_autofree char *slashed = confab_join_link_build ("http://h:1//", CODE);
  g_autoptr (ConfabJoinLink) link = confab_join_link_parse (plain, NULL);
  g_autoptr (ConfabJoinLink) same = confab_join_link_ref (link);

  g_assert_cmpstr (plain, ==, "http://h:1/j/" CODE);
  g_assert_cmpstr (slashed, ==, plain);
  g_assert_cmpstr (confab_join_link_get_server (same), ==, "http://h:1");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/join-link/good", test_good);
  g_test_add_func ("/join-link/bad", test_bad);
  g_test_add_func ("/join-link/too-long", test_too_long);
  g_test_add_func ("/join-link/build", test_build);

  return g_test_run ();
}
