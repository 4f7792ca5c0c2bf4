/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-ui-account.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_MEMBER_ACCOUNT (confab_ui_member_account_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabUiMemberAccount, confab_ui_member_account, CONFAB_UI, MEMBER_ACCOUNT, GObject)

ConfabUiAccount *confab_ui_member_account_new (ConfabSession *session);
gboolean confab_ui_member_account_is_over (ConfabUiAccount *account);
ConfabSession *confab_ui_member_account_get_session (ConfabUiMemberAccount *self);

G_END_DECLS
