/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-request.h"
#include "confabd-sessions.h"

G_BEGIN_DECLS

void confabd_sign_in_reply_send (ConfabdRequest *request, guint status, ConfabdGrant *grant);
ConfabMessage *confabd_sign_in_reply_from_session (const ConfabdSession *session);

G_END_DECLS
