/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-session.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_ACCOUNT (confab_ui_account_get_type ())
G_DECLARE_INTERFACE (ConfabUiAccount, confab_ui_account, CONFAB_UI, ACCOUNT, GObject)

struct _ConfabUiAccountInterface {
  GTypeInterface parent_iface;

  void (*sign_in_async) (ConfabUiAccount *self,
                         const char *name,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
  ConfabSession *(*sign_in_finish) (ConfabUiAccount *self, GAsyncResult *result, GError **error);
  const char *(*get_server) (ConfabUiAccount *self);
};

void confab_ui_account_sign_in_async (ConfabUiAccount *self,
                                      const char *name,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
ConfabSession *confab_ui_account_sign_in_finish (ConfabUiAccount *self,
                                                 GAsyncResult *result,
                                                 GError **error);
const char *confab_ui_account_get_server (ConfabUiAccount *self);
void confab_ui_account_emit_calls_changed (ConfabUiAccount *self);

G_END_DECLS
