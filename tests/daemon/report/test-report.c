/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "confab-error.h"
#include "confabd-dsn.h"
#include "confabd-report.h"
#include "confabd-stack.h"

typedef struct {
  const char *text;
  const char *endpoint; /* NULL: it is no DSN */
  const char *key;
} Dsn;

static const Dsn dsns[] = {
  { "https://abc@errors.example/7", "https://errors.example/api/7/envelope/", "abc" },
  { "https://abc:old@errors.example/7", "https://errors.example/api/7/envelope/", "abc" },
  { "http://abc@127.0.0.1:9000/a/b/7", "http://127.0.0.1:9000/a/b/api/7/envelope/", "abc" },
  { "https://errors.example/7", NULL, NULL },
  { "https://abc@errors.example/", NULL, NULL },
  { "https://abc@errors.example", NULL, NULL },
  { "ftp://abc@errors.example/7", NULL, NULL },
  { "abc", NULL, NULL },
};

static void
test_dsn (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (dsns); i++) {
    g_autofree char *endpoint = NULL;
    g_autofree char *key = NULL;
    g_autoptr (GError) error = NULL;
    gboolean is_good = confabd_dsn_parse (dsns[i].text, &endpoint, &key, &error);

    g_assert_cmpint (is_good, ==, dsns[i].endpoint != NULL);
    g_assert_cmpstr (endpoint, ==, dsns[i].endpoint);
    g_assert_cmpstr (key, ==, dsns[i].key);
    if (!is_good) {
      g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST);
      g_assert_null (strstr (error->message, "errors.example"));
    }
  }
}

/* What the process left is a file that anybody may have written to by then. */
static void
test_stack_left_behind (void)
{
  g_autoptr (GPtrArray) frames = confabd_stack_parse ("Crashed: SIGSEGV\n"
                                                      "/usr/bin/confabd(+0x1f2) [0x5581aa]\n"
                                                      "/lib/libc.so.6(abort+0x1f) [0x7f01]\n"
                                                      "nonsense(((\n/usr/bin/x() [0xzz]\n"
                                                      "/usr/bin/confabd(main+0xb) [0x5581bb]\n");
  g_autofree char *line = g_strdup ("/x(f+0x1) [0x1]\n");
  g_autoptr (GString) endless = g_string_new (NULL);
  g_autoptr (GPtrArray) bounded = NULL;
  const ConfabdFrame *frame = frames->pdata[1];

  g_assert_cmpuint (frames->len, ==, 3);
  g_assert_null (((ConfabdFrame *) frames->pdata[0])->function);
  g_assert_cmpstr (frame->function, ==, "abort");
  g_assert_cmpstr (frame->module, ==, "/lib/libc.so.6");
  g_assert_cmpstr (frame->address, ==, "0x7f01");
  for (guint i = 0; i < 1000; i++)
    g_string_append (endless, line);
  bounded = confabd_stack_parse (endless->str);
  g_assert_cmpuint (bounded->len, ==, CONFABD_STACK_MAX_FRAMES);
}

static void
test_redacted (void)
{
  const GLogField fields[] = {
    { "GLIB_DOMAIN", "confabd-test", -1 },
    { "MESSAGE", "A \"client\" at 192.0.2.7 with Bearer abcdefghijkl", -1 },
    { "REQUEST_ID", "01jd8k3v9x5f6g7h8j9k0m1n2p", -1 },
    { "PASSWORD", "opensesame", -1 },
    { "CODE_FILE", "x.c", -1 },
  };
  g_autoptr (GPtrArray) stack = confabd_stack_capture (0);
  g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 11, 21, 12, 0, 0);
  const ConfabdReport report = { "error", "test", fields, G_N_ELEMENTS (fields), stack };
  g_autoptr (GBytes) bytes = confabd_report_render (&report, now);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  static const char *const leaks[] = { "192.0.2.7", "abcdefghijkl", "opensesame", "x.c" };

  for (guint i = 0; i < G_N_ELEMENTS (leaks); i++)
    g_assert_null (strstr (text, leaks[i]));
  g_assert_nonnull (strstr (
      text, "\"message\":{\"formatted\":\"A \\\"client\\\" at [address] with Bearer [token]\"}"));
  g_assert_nonnull (strstr (text, "\"request_id\":\"01jd8k3v9x5f6g7h8j9k0m1n2p\""));
  g_assert_nonnull (strstr (text, "\"instruction_addr\":\"0x"));
  g_assert_cmpuint (stack->len, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/report/dsn", test_dsn);
  g_test_add_func ("/report/stack-left-behind", test_stack_left_behind);
  g_test_add_func ("/report/redacted", test_redacted);
  return g_test_run ();
}
