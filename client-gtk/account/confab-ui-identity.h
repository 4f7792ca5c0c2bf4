/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-ui-account.h"
#include "confab-ui-settings.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_IDENTITY (confab_ui_identity_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiIdentity, confab_ui_identity, CONFAB_UI, IDENTITY, GObject)

ConfabUiIdentity *confab_ui_identity_new (ConfabUiAccount *own, ConfabUiSettings *settings);
ConfabUiAccount *confab_ui_identity_get_account (ConfabUiIdentity *self);
void confab_ui_identity_set_account (ConfabUiIdentity *self, ConfabUiAccount *account);
gboolean confab_ui_identity_leave_server (ConfabUiIdentity *self);
gboolean confab_ui_identity_is_over (ConfabUiIdentity *self);
const char *confab_ui_identity_explain_end (ConfabUiIdentity *self);

G_END_DECLS
