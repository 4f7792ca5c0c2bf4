/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-jobs.h"
#include "confabd-router.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_HEALTH (confabd_health_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdHealth, confabd_health, CONFABD, HEALTH, GObject)

ConfabdHealth *confabd_health_new (ConfabdStore *store, ConfabdJobs *jobs);
void confabd_health_add_routes (ConfabdHealth *self, ConfabdRouter *router);

G_END_DECLS
