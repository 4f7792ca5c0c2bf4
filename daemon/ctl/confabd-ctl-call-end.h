/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-call.h"
#include "confab-user.h"
#include "confabd-config.h"

G_BEGIN_DECLS

gboolean confabd_ctl_end_call (ConfabdConfig *config,
                               ConfabCall *call,
                               ConfabUser *creator,
                               GError **error);

G_END_DECLS
