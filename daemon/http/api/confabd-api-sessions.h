/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-router.h"
#include "confabd-sessions.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_API_SESSIONS (confabd_api_sessions_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdApiSessions, confabd_api_sessions, CONFABD, API_SESSIONS, GObject)

ConfabdApiSessions *confabd_api_sessions_new (ConfabdSessions *sessions, ConfabdAudit *audit);
void confabd_api_sessions_add_routes (ConfabdApiSessions *self, ConfabdRouter *router);

G_END_DECLS
