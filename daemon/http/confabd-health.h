/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-router.h"
#include "confabd-store.h"

G_BEGIN_DECLS

void confabd_health_add_routes (ConfabdRouter *router, ConfabdStore *store);

G_END_DECLS
