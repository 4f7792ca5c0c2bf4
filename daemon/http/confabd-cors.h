/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-origins.h"
#include "confabd-request.h"

G_BEGIN_DECLS

void confabd_cors_add (ConfabdOrigins *origins, ConfabdRequest *request);
void confabd_cors_answer_options (ConfabdOrigins *origins,
                                  ConfabdRequest *request,
                                  const char *allow);

G_END_DECLS
