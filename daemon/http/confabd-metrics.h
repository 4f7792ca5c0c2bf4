/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-jobs.h"
#include "confabd-metrics-text.h"
#include "confabd-router.h"

G_BEGIN_DECLS

/* Writes what somebody knows of themselves. */
typedef void (*ConfabdCollector) (ConfabdMetricsText *text, gpointer user_data);

#define CONFABD_TYPE_METRICS (confabd_metrics_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdMetrics, confabd_metrics, CONFABD, METRICS, GObject)

ConfabdMetrics *confabd_metrics_new (ConfabdStore *store,
                                     ConfabdJobs *jobs,
                                     ConfabdCollector collector,
                                     gpointer user_data);
void confabd_metrics_add_routes (ConfabdMetrics *self, ConfabdRouter *router);

G_END_DECLS
