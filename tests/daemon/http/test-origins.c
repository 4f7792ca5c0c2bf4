/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "confabd-origins.h"

typedef struct {
  const char *origin;
  const char *host;
  gboolean is_welcome;
} Case;

/* clang-format off */
static const Case cases[] = {
  { NULL, "call.example.org", TRUE },                                    /* no browser */
  { "https://call.example.org", "127.0.0.1:8080", TRUE },                /* behind a proxy */
  { "https://friend.example", "call.example.org", TRUE },                /* configured */
  { "http://127.0.0.1:8080", "127.0.0.1:8080", TRUE },
  { "http://[::1]:8080", "[::1]:8080", TRUE },
  { "http://localhost:8080", "localhost:8080", TRUE },
  { "http://192.168.1.5:8080", "192.168.1.5:8080", TRUE },

  { "http://call.example.org", "call.example.org", FALSE },              /* another scheme */
  { "https://call.example.org:8443", "call.example.org", FALSE },
  { "https://call.example.org.evil.example", "call.example.org", FALSE },
  { "https://evil.example", "call.example.org", FALSE },
  { "http://evil.example:8080", "evil.example:8080", FALSE },            /* DNS rebinding */
  { "http://127.0.0.1:8081", "127.0.0.1:8080", FALSE },
  { "http://127.0.0.1", "127.0.0.1:8080", FALSE },
  { "http://localhost:8080", "127.0.0.1:8080", FALSE },
  { "null", "127.0.0.1:8080", FALSE },                                   /* a sandboxed frame */
  { "", "127.0.0.1:8080", FALSE },
  { "file://", "127.0.0.1:8080", FALSE },
  { "http://127.0.0.1:8080", NULL, FALSE },
};
/* clang-format on */

static const char *const foreign[] = { "https://Friend.example:443/", "http://other.example:80",
                                       NULL };

static void
test_welcome (void)
{
  ConfabdOrigins *origins = confabd_origins_new ("https://call.example.org/", foreign);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s at %s", cases[i].origin, cases[i].host);
    g_assert_cmpint (confabd_origins_is_welcome (origins, cases[i].origin, cases[i].host), ==,
                     cases[i].is_welcome);
  }
  g_assert_finalize_object (origins);
}

static void
test_foreign (void)
{
  ConfabdOrigins *origins = confabd_origins_new ("https://call.example.org", foreign);
  ConfabdOrigins *alone = confabd_origins_new ("https://call.example.org", NULL);

  g_assert_true (confabd_origins_is_foreign (origins, "https://friend.example"));
  g_assert_true (confabd_origins_is_foreign (origins, "http://other.example"));
  g_assert_false (confabd_origins_is_foreign (origins, "https://call.example.org"));
  g_assert_false (confabd_origins_is_foreign (origins, NULL));
  g_assert_false (confabd_origins_is_foreign (alone, "https://friend.example"));
  g_assert_finalize_object (origins);
  g_assert_finalize_object (alone);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/origins/welcome", test_welcome);
  g_test_add_func ("/origins/foreign", test_foreign);

  return g_test_run ();
}
