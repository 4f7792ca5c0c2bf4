/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <stdarg.h>

#include "confabd-metrics-text.h"

/*
 * ConfabdMetricsText:
 *
 * Figures on their way to whoever watches, in the text of OpenMetrics 1.0: one family after the
 * other, each begun once, with its samples behind it.
 */
struct _ConfabdMetricsText {
  GString *text;    /* (owned) */
  const char *name; /* (unowned) of the family, static */
  ConfabdMetricKind kind;
};

static const struct {
  const char *name;
  const char *suffix; /* of its samples */
} kinds[] = {
  [CONFABD_METRIC_COUNTER] = { "counter", "_total" },
  [CONFABD_METRIC_GAUGE] = { "gauge", "" },
  [CONFABD_METRIC_HISTOGRAM] = { "histogram", "" },
  [CONFABD_METRIC_INFO] = { "info", "_info" },
};

static void
append_number (GString *text, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (text, g_ascii_formatd (digits, sizeof digits, "%.15g", value));
}

static void
append_escaped (GString *text, const char *value)
{
  for (const char *at = value; *at != '\0'; at++) {
    if (*at == '\n')
      g_string_append (text, "\\n");
    else if (*at == '"' || *at == '\\')
      g_string_append_printf (text, "\\%c", *at);
    else
      g_string_append_c (text, *at);
  }
}

static void
append_label (GString *labels, const char *name, const char *value)
{
  g_string_append_printf (labels, "%s%s=\"", labels->len > 0 ? "," : "", name);
  append_escaped (labels, value);
  g_string_append_c (labels, '"');
}

/* Pairs of name and value, with NULL at the end. */
static GString *
format_labels (va_list arguments)
{
  GString *labels = g_string_new (NULL);
  const char *name;

  while ((name = va_arg (arguments, const char *)) != NULL)
    append_label (labels, name, va_arg (arguments, const char *));
  return labels;
}

static void
append_sample (ConfabdMetricsText *self, const char *suffix, const char *labels, double value)
{
  g_string_append_printf (self->text, "%s%s", self->name, suffix);
  if (labels[0] != '\0')
    g_string_append_printf (self->text, "{%s}", labels);
  g_string_append_c (self->text, ' ');
  append_number (self->text, value);
  g_string_append_c (self->text, '\n');
}

/**
 * confabd_metrics_text_new:
 *
 * Returns: (transfer full): an empty text
 */
ConfabdMetricsText *
confabd_metrics_text_new (void)
{
  ConfabdMetricsText *self = g_new0 (ConfabdMetricsText, 1);

  self->text = g_string_new (NULL);
  return self;
}

/**
 * confabd_metrics_text_free:
 * @self: (transfer full): a text
 */
void
confabd_metrics_text_free (ConfabdMetricsText *self)
{
  g_string_free (self->text, TRUE);
  g_free (self);
}

/**
 * confabd_metrics_text_finish:
 * @self: a text
 *
 * Returns: (transfer full): all of it, of the type
 *   `application/openmetrics-text; version=1.0.0; charset=utf-8`
 */
GBytes *
confabd_metrics_text_finish (ConfabdMetricsText *self)
{
  g_string_append (self->text, "# EOF\n");
  return g_bytes_new (self->text->str, self->text->len);
}

/**
 * confabd_metrics_text_begin:
 * @self: a text
 * @name: of a family, static, with its unit at the end and without a suffix such as `_total`
 * @kind: what its samples are
 * @unit: (nullable): as `seconds`
 * @help: one line
 *
 * The samples that follow belong to this family.
 * Source: OpenMetrics 1.0, “MetricFamily”.
 */
void
confabd_metrics_text_begin (ConfabdMetricsText *self,
                            const char *name,
                            ConfabdMetricKind kind,
                            const char *unit,
                            const char *help)
{
  self->name = name;
  self->kind = kind;
  g_string_append_printf (self->text, "# TYPE %s %s\n", name, kinds[kind].name);
  if (unit != NULL)
    g_string_append_printf (self->text, "# UNIT %s %s\n", name, unit);
  g_string_append_printf (self->text, "# HELP %s ", name);
  append_escaped (self->text, help);
  g_string_append_c (self->text, '\n');
}

/**
 * confabd_metrics_text_add:
 * @self: a text, in a family that is no histogram
 * @value: of the sample
 * @...: pairs of a label and its value, with %NULL at the end
 */
void
confabd_metrics_text_add (ConfabdMetricsText *self, double value, ...)
{
  g_autoptr (GString) labels = NULL;
  va_list arguments;

  va_start (arguments, value);
  labels = format_labels (arguments);
  va_end (arguments);
  append_sample (self, kinds[self->kind].suffix, labels->str, value);
}

static void
append_bucket (ConfabdMetricsText *self, const char *labels, const char *bound, guint64 n)
{
  g_autoptr (GString) all = g_string_new (labels);

  append_label (all, "le", bound);
  append_sample (self, "_bucket", all->str, (double) n);
}

/**
 * confabd_metrics_text_add_histogram:
 * @self: a text, in a family of histograms
 * @histogram: what to write, in seconds
 * @...: as in confabd_metrics_text_add()
 */
void
confabd_metrics_text_add_histogram (ConfabdMetricsText *self,
                                    const ConfabdHistogram *histogram,
                                    ...)
{
  g_autoptr (GString) labels = NULL;
  guint64 n = 0;
  va_list arguments;

  va_start (arguments, histogram);
  labels = format_labels (arguments);
  va_end (arguments);
  for (guint i = 0; i < CONFABD_HISTOGRAM_N_BOUNDS; i++) {
    char bound[G_ASCII_DTOSTR_BUF_SIZE];

    n += histogram->n_by_bucket[i];
    append_bucket (self, labels->str,
                   g_ascii_formatd (bound, sizeof bound, "%.4g", confabd_histogram_bounds_s[i]), n);
  }
  n += histogram->n_by_bucket[CONFABD_HISTOGRAM_N_BOUNDS];
  append_bucket (self, labels->str, "+Inf", n);
  append_sample (self, "_count", labels->str, (double) n);
  append_sample (self, "_sum", labels->str, (double) histogram->sum_us / G_USEC_PER_SEC);
}
