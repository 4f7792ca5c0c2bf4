/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-ui-account.h"
#include "confab-ui-home-page.h"

G_BEGIN_DECLS

void confab_ui_account_view_show (ConfabUiHomePage *page,
                                  ConfabUiAccount *account,
                                  ConfabVault *vault);

G_END_DECLS
