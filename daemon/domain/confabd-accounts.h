/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-clock.h"
#include "confab-permission.h"
#include "confabd-sessions.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_ACCOUNTS (confabd_accounts_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdAccounts, confabd_accounts, CONFABD, ACCOUNTS, GObject)

ConfabdAccounts *confabd_accounts_new (ConfabdStore *store,
                                       ConfabClock *clock,
                                       ConfabdSessions *sessions,
                                       ConfabGuestAccess guests);

char *confabd_accounts_dup_name (const char *name, GError **error);

void confabd_accounts_sign_in_guest_async (ConfabdAccounts *self,
                                           const char *name,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
void confabd_accounts_local_user_async (ConfabdAccounts *self,
                                        const char *display_name,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
ConfabdGrant *confabd_accounts_sign_in_guest_finish (ConfabdAccounts *self,
                                                     GAsyncResult *result,
                                                     GError **error);
ConfabdGrant *confabd_accounts_local_user_finish (ConfabdAccounts *self,
                                                  GAsyncResult *result,
                                                  GError **error);

G_END_DECLS
