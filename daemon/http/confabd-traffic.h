/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-metrics-text.h"
#include "confabd-request.h"

G_BEGIN_DECLS

typedef struct _ConfabdTraffic ConfabdTraffic;

ConfabdTraffic *confabd_traffic_new (void);
void confabd_traffic_free (ConfabdTraffic *self);
void confabd_traffic_note (ConfabdTraffic *self, ConfabdRequest *request);
void confabd_traffic_write (ConfabdTraffic *self, ConfabdMetricsText *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdTraffic, confabd_traffic_free)

G_END_DECLS
