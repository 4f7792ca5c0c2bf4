/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "confabd-trace.h"

#define TRACE_ID "0af7651916cd43dd8448eb211c80319c"
#define SPAN_ID  "b7ad6b7169203331"

static void
test_taken_over (void)
{
  static const char *const good[] = {
    "00-" TRACE_ID "-" SPAN_ID "-01",
    "cc-" TRACE_ID "-" SPAN_ID "-01",
    "cc-" TRACE_ID "-" SPAN_ID "-01-what-the-future-has",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (ConfabdTrace) trace = confabd_trace_new ("r1", good[i]);
    const char *parent = confabd_trace_get_traceparent (trace);

    g_assert_cmpstr (confabd_trace_get_request_id (trace), ==, "r1");
    g_assert_cmpstr (confabd_trace_get_trace_id (trace), ==, TRACE_ID);
    g_assert_cmpuint (strlen (parent), ==, 55);
    g_assert_true (g_str_has_prefix (parent, "00-" TRACE_ID "-"));
    g_assert_true (g_str_has_suffix (parent, "-01"));
    g_assert_null (strstr (parent, SPAN_ID)); /* the span is ours */
  }
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    NULL,
    "",
    "00",
    "00-" TRACE_ID "-" SPAN_ID,
    "00-" TRACE_ID "-" SPAN_ID "-0",
    "00-" TRACE_ID "-" SPAN_ID "-01-more",
    "00-" TRACE_ID "-" SPAN_ID "-01 ",
    "cc-" TRACE_ID "-" SPAN_ID "-01more",
    "ff-" TRACE_ID "-" SPAN_ID "-01",
    "00-0AF7651916CD43DD8448EB211C80319C-" SPAN_ID "-01",
    "00-00000000000000000000000000000000-" SPAN_ID "-01",
    "00-" TRACE_ID "-0000000000000000-01",
    "00-" TRACE_ID "_" SPAN_ID "-01",
    "00-" TRACE_ID "-" SPAN_ID "-zz",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (ConfabdTrace) trace = confabd_trace_new ("r1", bad[i]);
    g_autoptr (ConfabdTrace) again = confabd_trace_new ("r1", bad[i]);
    const char *trace_id = confabd_trace_get_trace_id (trace);

    g_assert_cmpuint (strspn (trace_id, "0123456789abcdef"), ==, 32);
    g_assert_cmpstr (trace_id, !=, TRACE_ID);
    g_assert_cmpstr (trace_id, !=, confabd_trace_get_trace_id (again));
    g_assert_true (g_str_has_suffix (confabd_trace_get_traceparent (trace), "-00"));
  }
}

static void
test_clocks (void)
{
  g_autoptr (ConfabdTrace) trace = confabd_trace_new ("r1", NULL);

  confabd_trace_add_us (trace, CONFABD_TRACE_DATABASE, 5);
  confabd_trace_add_us (trace, CONFABD_TRACE_DATABASE, 7);
  g_assert_cmpint (confabd_trace_get_us (trace, CONFABD_TRACE_DATABASE), ==, 12);
  g_assert_cmpint (confabd_trace_get_us (trace, CONFABD_TRACE_HASH), ==, 0);
}

static gpointer
look_for_current (gpointer data)
{
  return confabd_trace_get_current ();
}

static void
test_current (void)
{
  g_autoptr (ConfabdTrace) outer = confabd_trace_new ("outer", NULL);
  g_autoptr (ConfabdTrace) inner = confabd_trace_new ("inner", NULL);
  ConfabdTrace *before = confabd_trace_enter (outer);
  ConfabdTrace *between = confabd_trace_enter (inner);

  g_assert_null (before);
  g_assert_true (between == outer);
  g_assert_true (confabd_trace_get_current () == inner);
  g_assert_null (g_thread_join (g_thread_new ("other", look_for_current, NULL)));
  confabd_trace_leave (between);
  g_assert_true (confabd_trace_get_current () == outer);
  confabd_trace_leave (before);
  g_assert_null (confabd_trace_get_current ());
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/trace/taken-over", test_taken_over);
  g_test_add_func ("/trace/refused", test_refused);
  g_test_add_func ("/trace/clocks", test_clocks);
  g_test_add_func ("/trace/current", test_current);
  return g_test_run ();
}
