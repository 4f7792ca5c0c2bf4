/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gio/gio.h>
#include <string.h>

#include "confabd-log-format.h"
#include "confabd-log.h"
#include "confabd-trace.h"

#define SECRET_TOKEN "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlb2Zub2JvZHk"

static char *
format (GLogLevelFlags level, const char *message, const char *key, const char *value)
{
  const GLogField fields[] = {
    { "GLIB_DOMAIN", "confabd-test", -1 },
    { "CODE_FILE", "test-log.c", -1 },
    { "PRIORITY", "5", -1 },
    { "MESSAGE", message, -1 },
    { "BYTES", "\xff\xff", 2 },
    { key, value, -1 },
  };
  g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 11, 21, 12, 0, 1.5);

  return confabd_log_format_text (level, fields, key != NULL ? 6 : 5, now);
}

static void
test_line (void)
{
  g_autofree char *plain = format (G_LOG_LEVEL_WARNING, "Grüße", NULL, NULL);
  g_autofree char *with_field = format (G_LOG_LEVEL_INFO, "A call", "CALL", "stand-up");

  g_assert_cmpstr (plain, ==, "2026-11-21T12:00:01.500000Z warning confabd-test: Grüße");
  g_assert_cmpstr (with_field, ==,
                   "2026-11-21T12:00:01.500000Z info confabd-test: A call (CALL=stand-up)");
}

static void
test_redacted (void)
{
  static const char *const secrets[] = {
    SECRET_TOKEN,
    "Authorization: Bearer abcdefghijkl",
    "v=0\r\no=- 1 2 IN IP4 192.0.2.7\r\na=ice-pwd:hush-hush",
    "candidate:1 1 UDP 2122252543 192.0.2.7 50000 typ host",
    "a client at 192.0.2.7 and one at 2001:db8::7",
    "{\"ticket\":\"hush-hush\"}",
  };
  static const char *const leaks[] = { "eyJ", "abcdefghijkl", "192.0.2.7", "2001:db8", "hush" };

  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++) {
    g_autofree char *in_message = format (G_LOG_LEVEL_MESSAGE, secrets[i], NULL, NULL);
    g_autofree char *in_field = format (G_LOG_LEVEL_MESSAGE, "x", "FIELD", secrets[i]);

    for (guint j = 0; j < G_N_ELEMENTS (leaks); j++) {
      g_assert_null (strstr (in_message, leaks[j]));
      g_assert_null (strstr (in_field, leaks[j]));
    }
  }
}

/* Nobody writes a second line into the log. */
static void
test_one_line (void)
{
  g_autofree char *line =
      format (G_LOG_LEVEL_MESSAGE, "a name\n2026 critical\r\x1b[31m", "NAME", "x\ny");

  g_assert_null (strpbrk (line, "\r\n\x1b"));
}

static char *
format_json (const char *message, const char *key, const char *value)
{
  const GLogField fields[] = {
    { "GLIB_DOMAIN", "confabd-test", -1 },
    { "PRIORITY", "5", -1 },
    { "MESSAGE", message, -1 },
    { key, value, -1 },
  };
  g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 11, 21, 12, 0, 1.5);

  return confabd_log_format_json (G_LOG_LEVEL_WARNING, fields, G_N_ELEMENTS (fields), now);
}

static void
test_json (void)
{
  g_autofree char *line = format_json ("A \"call\"\n\xff", "CALL_TITLE", "at 192.0.2.7\x01");

  g_assert_cmpstr (line, ==,
                   "{\"time\":\"2026-11-21T12:00:01.500000Z\",\"level\":\"warning\","
                   "\"domain\":\"confabd-test\",\"message\":\"A \\\"call\\\"\\u000a\xef\xbf\xbd\","
                   "\"call_title\":\"at [address]\\u0001\"}");
}

/* A name says what a value is, also when nothing in the value does. */
static void
test_fields (void)
{
  static const char *const secrets[] = { "PASSWORD", "REFRESH_TOKEN", "COOKIE",       "USER_EMAIL",
                                         "API_KEY",  "CLIENT_SECRET", "AUTHORIZATION" };
  g_autofree char *id = format_json ("x", "REQUEST_ID", "01jd8k3v9x5f6g7h8j9k0m1n2p");

  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++) {
    g_autofree char *json = format_json ("x", secrets[i], "opensesame");
    g_autofree char *text = format (G_LOG_LEVEL_MESSAGE, "x", secrets[i], "opensesame");

    g_assert_null (strstr (json, "opensesame"));
    g_assert_null (strstr (text, "opensesame"));
  }
  g_assert_nonnull (strstr (id, "\"request_id\":\"01jd8k3v9x5f6g7h8j9k0m1n2p\""));
}

static void
on_told (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  g_ptr_array_add (user_data, g_strdup (confabd_log_find_text (fields, n_fields, "MESSAGE")));
}

static void
test_listener (void)
{
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);

  if (g_test_subprocess ()) {
    g_log_set_always_fatal (G_LOG_FATAL_MASK);
    confabd_log_install ();
    confabd_log_set_listener (on_told, told);
    g_message ("quiet");
    g_warning ("loud");
    confabd_log_set_listener (NULL, NULL);
    g_warning ("to nobody");
    g_assert_cmpuint (told->len, ==, 1);
    g_assert_cmpstr (told->pdata[0], ==, "loud");
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

static void
test_process (void)
{
  g_autoptr (ConfabdTrace) trace =
      confabd_trace_new ("r1", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  ConfabdTrace *previous = NULL;

  if (g_test_subprocess ()) {
    confabd_log_install ();
    g_message ("told to %s", "192.0.2.7");
    g_info ("not told");
    confabd_log_set_level (G_LOG_LEVEL_INFO);
    g_info ("told with %s", SECRET_TOKEN);
    g_debug ("not told");
    g_log_structured ("confabd-x", G_LOG_LEVEL_MESSAGE, "CALL", "stand-up", "MESSAGE", "third");
    previous = confabd_trace_enter (trace);
    g_message ("fourth");
    confabd_log_set_format (CONFABD_LOG_JSON);
    g_message ("fifth");
    confabd_trace_leave (previous);
    g_message ("sixth");
    confabd_log_set_format (CONFABD_LOG_JOURNALD); /* there is none: a line is not lost for that */
    g_message ("seventh");
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*Z message *: told to [address]\n"
                             "*Z info *: told with [token]\n"
                             "*Z message confabd-x: third (CALL=stand-up)\n"
                             "*: fourth (REQUEST_ID=r1 TRACE_ID=0af7651916cd43dd8448eb211c80319c)\n"
                             "*\"message\":\"fifth\",\"request_id\":\"r1\","
                             "\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\"}\n"
                             "*\"message\":\"sixth\"}\n"
                             "*message *: seventh\n");
  g_test_trap_assert_stderr_unmatched ("*not told*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/log/line", test_line);
  g_test_add_func ("/log/redacted", test_redacted);
  g_test_add_func ("/log/one-line", test_one_line);
  g_test_add_func ("/log/json", test_json);
  g_test_add_func ("/log/fields", test_fields);
  g_test_add_func ("/log/listener", test_listener);
  g_test_add_func ("/log/process", test_process);
  return g_test_run ();
}
