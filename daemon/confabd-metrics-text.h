/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-histogram.h"

G_BEGIN_DECLS

typedef enum {
  CONFABD_METRIC_COUNTER,
  CONFABD_METRIC_GAUGE,
  CONFABD_METRIC_HISTOGRAM,
  CONFABD_METRIC_INFO,
} ConfabdMetricKind;

typedef struct _ConfabdMetricsText ConfabdMetricsText;

ConfabdMetricsText *confabd_metrics_text_new (void);
void confabd_metrics_text_free (ConfabdMetricsText *self);
GBytes *confabd_metrics_text_finish (ConfabdMetricsText *self);

void confabd_metrics_text_begin (ConfabdMetricsText *self,
                                 const char *name,
                                 ConfabdMetricKind kind,
                                 const char *unit,
                                 const char *help);
void confabd_metrics_text_add (ConfabdMetricsText *self, double value, ...) G_GNUC_NULL_TERMINATED;
void confabd_metrics_text_add_histogram (ConfabdMetricsText *self,
                                         const ConfabdHistogram *histogram,
                                         ...) G_GNUC_NULL_TERMINATED;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdMetricsText, confabd_metrics_text_free)

G_END_DECLS
