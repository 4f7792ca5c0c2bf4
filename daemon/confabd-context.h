/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-accounts.h"
#include "confabd-brake.h"
#include "confabd-calls.h"
#include "confabd-config.h"
#include "confabd-gate.h"
#include "confabd-hub.h"
#include "confabd-keyring.h"
#include "confabd-mail.h"
#include "confabd-reports.h"
#include "confabd-router.h"
#include "confabd-server.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_CONTEXT (confabd_context_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdContext, confabd_context, CONFABD, CONTEXT, GObject)

ConfabdContext *confabd_context_new (ConfabdConfig *config, gboolean is_desktop, GError **error);
gboolean confabd_context_read_keyring (ConfabdContext *self,
                                       ConfabdConfig *config,
                                       ConfabdKeyring **keyring,
                                       GError **error);
void confabd_context_reload (ConfabdContext *self, ConfabdConfig *config, ConfabdKeyring *keyring);
void confabd_context_stop_async (ConfabdContext *self,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean confabd_context_stop_finish (ConfabdContext *self, GAsyncResult *result, GError **error);

const char *confabd_context_get_address (ConfabdContext *self);
const char *confabd_context_get_base_url (ConfabdContext *self);
ConfabdAccounts *confabd_context_get_accounts (ConfabdContext *self);
ConfabdCalls *confabd_context_get_calls (ConfabdContext *self);
ConfabdHub *confabd_context_get_hub (ConfabdContext *self);
ConfabdBrake *confabd_context_get_brake (ConfabdContext *self);
ConfabdGate *confabd_context_get_gate (ConfabdContext *self);
ConfabdReports *confabd_context_get_reports (ConfabdContext *self);
ConfabdRouter *confabd_context_get_router (ConfabdContext *self);
ConfabdServer *confabd_context_get_server (ConfabdContext *self);

G_END_DECLS
