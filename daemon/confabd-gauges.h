/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-context.h"
#include "confabd-metrics-text.h"

G_BEGIN_DECLS

/* A ConfabdCollector; its data is the context. */
void confabd_gauges_write (ConfabdMetricsText *text, gpointer context);

G_END_DECLS
