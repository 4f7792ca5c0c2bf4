/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "confab-ui-account.h"

G_BEGIN_DECLS

GActionGroup *confab_ui_account_actions_new (GtkWindow *window, ConfabUiAccount *account);
GMenuModel *confab_ui_account_actions_make_menu (ConfabUiAccount *account);

G_END_DECLS
