/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "confab-call.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_HOME_PAGE (confab_ui_home_page_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiHomePage, confab_ui_home_page, CONFAB_UI, HOME_PAGE, GtkWidget)

GtkWidget *confab_ui_home_page_new (void);
void confab_ui_home_page_set_name (ConfabUiHomePage *self, const char *name);
void confab_ui_home_page_set_server (ConfabUiHomePage *self, const char *server);
void confab_ui_home_page_set_account (ConfabUiHomePage *self, GMenuModel *menu, gboolean has_name);
void confab_ui_home_page_set_account_notice (ConfabUiHomePage *self, const char *sentence);
void confab_ui_home_page_set_calls (ConfabUiHomePage *self, GPtrArray *calls);
void confab_ui_home_page_set_busy (ConfabUiHomePage *self, gboolean is_busy);
void confab_ui_home_page_set_join_problem (ConfabUiHomePage *self, const char *sentence);
void confab_ui_home_page_set_server_problem (ConfabUiHomePage *self, const char *sentence);
void confab_ui_home_page_clear_join_text (ConfabUiHomePage *self);
void confab_ui_home_page_focus_join (ConfabUiHomePage *self);

G_END_DECLS
