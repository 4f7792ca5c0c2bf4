/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-router.h"

G_BEGIN_DECLS

void confabd_api_client_errors_add_routes (ConfabdRouter *router);

G_END_DECLS
