/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-accounts.h"
#include "confabd-request.h"

G_BEGIN_DECLS

gboolean confabd_auth_filter_check (ConfabdAccounts *accounts,
                                    ConfabdRequest *request,
                                    ConfabPermission permission,
                                    GError **error);

G_END_DECLS
