/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-ui-account.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_BUS_ACCOUNT (confab_ui_bus_account_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiBusAccount, confab_ui_bus_account, CONFAB_UI, BUS_ACCOUNT, GObject)

ConfabUiAccount *confab_ui_bus_account_new (void);

G_END_DECLS
