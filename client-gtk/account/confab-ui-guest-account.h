/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-ui-account.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_GUEST_ACCOUNT (confab_ui_guest_account_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabUiGuestAccount, confab_ui_guest_account, CONFAB_UI, GUEST_ACCOUNT, GObject)

ConfabUiAccount *confab_ui_guest_account_new (const char *server, GError **error);

G_END_DECLS
