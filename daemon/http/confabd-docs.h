/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-router.h"

G_BEGIN_DECLS

void confabd_docs_add_routes (ConfabdRouter *router, GResource *resource);

G_END_DECLS
