/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "confab-id.h"
#include "confab-redact.h"

typedef struct {
  const char *text;
  const char *expected;
} RedactCase;

/* clang-format off */
static const RedactCase cases[] = {
  { "", "" },
  { "Nothing to hide: 3 calls at 11:54:25, version 1.2.3", "Nothing to hide: 3 calls at 11:54:25, version 1.2.3" },
  { "Authorization: Bearer abc.def-ghi_123==", "Authorization: Bearer [token]" },
  { "refreshed by cfr_7q0zn4x2m5v8c1b3k6j9h2g5f8.", "refreshed by [token]." },
  { "{\"key\":\"cfk_8m3x1q7z0v4n6b2c9k5j8h1g3f7d0s2a4p\"}", "{\"key\":\"[token]\"}" },
  { "got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln, fine", "got [token], fine" },
  { "{\"ticket\":\"a\\\"b\",\"x\":1}", "{\"ticket\":[secret],\"x\":1}" },
  { "GET /x?token=abc&y=1", "GET /x?token=[secret]&y=1" },
  { "password: hunter2 is bad", "password: [secret] is bad" },
  { "call 7h3k-9mzq-c0de", "call [code]" },
  { "call 7H3K-9MZQ-C0DE", "call [code]" },
  { "GET /j/7h3k-9mzq-c0de HTTP/1.1", "GET /j/[link] HTTP/1.1" },
  { "GET /j/7h3k9mzqcode failed", "GET /j/[link] failed" },
  { "\"http://localhost/j/7h3k-9mzq-code\"", "\"http://localhost/j/[link]\"" },
  { "call 7h3k9mzqc0de7h3k9mzqc0de7h began", "call [id] began" },
  { "from ada.lovelace+x@mail.example.org.", "from [e-mail]." },
  { "from müller@bücher.example", "from [e-mail]" },
  { "peer 192.168.1.20:5004", "peer [address]:5004" },
  { "peer 2001:db8::1 and fe80::1 and ::1", "peer [address] and [address] and [address]" },
  { "peer [2001:db8::1]:443", "peer [[address]]:443" },
  { "peer ::ffff:10.0.0.1.", "peer [address]." },
  { "v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\na=ice-pwd:secret\r\n", "[sdp]" },
  { "{\"sdp\":\"v=0\\r\\no=- 1 2\\r\\na=x\",\"n\":1}", "{\"sdp\":\"[sdp]\",\"n\":1}" },
  { "line a=ice-pwd:abc def\nnext", "line [sdp]\nnext" },
  { "a=fingerprint:sha-256 AA:BB:CC", "[sdp]" },
  { "candidate:1 1 UDP 2122 192.0.2.1 5000 typ host", "[candidate]" },
  { "{\"candidate\":\"candidate:1 1 UDP 1 a.local 9 typ host\"}", "{\"candidate\":\"[candidate]\"}" },
};
/* clang-format on */

static void
test_text (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *redacted = confab_redact_text (cases[i].text);
    g_autofree char *again = confab_redact_text (redacted);

    g_assert_cmpstr (redacted, ==, cases[i].expected);
    g_assert_cmpstr (again, ==, redacted);
  }
}

static void
test_odd_text (void)
{
  g_autofree char *none = confab_redact_text (NULL);
  g_autofree char *invalid = confab_redact_text ("x \xff\xfe a@b.c");
  g_autofree char *filling = g_strnfill (200 * 1000, 'a');
  g_autofree char *colons = g_strnfill (200 * 1000, ':');
  g_autofree char *long_text = confab_redact_text (filling);
  g_autofree char *long_colons = confab_redact_text (colons);

  g_assert_cmpstr (none, ==, "");
  g_assert_true (g_utf8_validate (invalid, -1, NULL));
  g_assert_nonnull (strstr (invalid, "[e-mail]"));
  g_assert_nonnull (long_text);
  g_assert_nonnull (long_colons);
}

static void
test_secret (void)
{
  g_autofree char *secret = confab_secret_new ();
  g_autofree char *tag = confab_redact_secret (secret);
  g_autofree char *same = confab_redact_secret (secret);
  g_autofree char *other = confab_redact_secret ("other");
  g_autofree char *none = confab_redact_secret (NULL);

  g_assert_cmpstr (tag, ==, same);
  g_assert_cmpstr (tag, !=, other);
  g_assert_null (strstr (tag, secret));
  g_assert_cmpstr (none, ==, "[none]");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/redact/text", test_text);
  g_test_add_func ("/redact/odd-text", test_odd_text);
  g_test_add_func ("/redact/secret", test_secret);

  return g_test_run ();
}
