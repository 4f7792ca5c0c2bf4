/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-keys.h"
#include "confabd-request.h"
#include "confabd-sessions.h"

G_BEGIN_DECLS

char *confabd_auth_filter_dup_key (ConfabdRequest *request);
gboolean confabd_auth_filter_check (ConfabdSessions *sessions,
                                    ConfabdRequest *request,
                                    ConfabPermission permission,
                                    ConfabGuestAccess guests,
                                    GError **error);

G_END_DECLS
