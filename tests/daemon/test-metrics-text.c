/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "confabd-metrics-text.h"

static void
assert_text (ConfabdMetricsText *text, const char *expected)
{
  g_autoptr (GBytes) bytes = confabd_metrics_text_finish (text);
  gsize size = 0;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autofree char *actual = g_strndup (data, size);

  g_assert_cmpstr (actual, ==, expected);
}

static void
test_families (void)
{
  g_autoptr (ConfabdMetricsText) text = confabd_metrics_text_new ();

  confabd_metrics_text_begin (text, "a_seconds", CONFABD_METRIC_COUNTER, "seconds", "All.");
  confabd_metrics_text_add (text, 1.5, NULL);
  confabd_metrics_text_begin (text, "b", CONFABD_METRIC_GAUGE, NULL, "Two\nlines.");
  confabd_metrics_text_add (text, 3, "route", "/a\"b\\\n", "code", "200", NULL);
  confabd_metrics_text_begin (text, "c", CONFABD_METRIC_INFO, NULL, "It.");
  confabd_metrics_text_add (text, 1, "version", "1", NULL);
  assert_text (text, "# TYPE a_seconds counter\n# UNIT a_seconds seconds\n# HELP a_seconds All.\n"
                     "a_seconds_total 1.5\n"
                     "# TYPE b gauge\n# HELP b Two\\nlines.\n"
                     "b{route=\"/a\\\"b\\\\\\n\",code=\"200\"} 3\n"
                     "# TYPE c info\n# HELP c It.\n"
                     "c_info{version=\"1\"} 1\n"
                     "# EOF\n");
}

static void
test_histogram (void)
{
  g_autoptr (ConfabdMetricsText) text = confabd_metrics_text_new ();
  ConfabdHistogram histogram = { 0 };

  confabd_histogram_add (&histogram, 1000); /* a bound belongs to its bucket */
  confabd_histogram_add (&histogram, 40 * 1000);
  confabd_histogram_add (&histogram, 60 * G_USEC_PER_SEC);
  confabd_metrics_text_begin (text, "d_seconds", CONFABD_METRIC_HISTOGRAM, "seconds", "It.");
  confabd_metrics_text_add_histogram (text, &histogram, "x", "y", NULL);
  assert_text (text, "# TYPE d_seconds histogram\n# UNIT d_seconds seconds\n# HELP d_seconds It.\n"
                     "d_seconds_bucket{x=\"y\",le=\"0.001\"} 1\n"
                     "d_seconds_bucket{x=\"y\",le=\"0.0025\"} 1\n"
                     "d_seconds_bucket{x=\"y\",le=\"0.005\"} 1\n"
                     "d_seconds_bucket{x=\"y\",le=\"0.01\"} 1\n"
                     "d_seconds_bucket{x=\"y\",le=\"0.025\"} 1\n"
                     "d_seconds_bucket{x=\"y\",le=\"0.05\"} 2\n"
                     "d_seconds_bucket{x=\"y\",le=\"0.1\"} 2\n"
                     "d_seconds_bucket{x=\"y\",le=\"0.25\"} 2\n"
                     "d_seconds_bucket{x=\"y\",le=\"0.5\"} 2\n"
                     "d_seconds_bucket{x=\"y\",le=\"1\"} 2\n"
                     "d_seconds_bucket{x=\"y\",le=\"2.5\"} 2\n"
                     "d_seconds_bucket{x=\"y\",le=\"10\"} 2\n"
                     "d_seconds_bucket{x=\"y\",le=\"+Inf\"} 3\n"
                     "d_seconds_count{x=\"y\"} 3\n"
                     "d_seconds_sum{x=\"y\"} 60.041\n"
                     "# EOF\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/metrics-text/families", test_families);
  g_test_add_func ("/metrics-text/histogram", test_histogram);
  return g_test_run ();
}
