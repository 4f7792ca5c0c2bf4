/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-ui-account.h"
#include "confab-ui-home-page.h"
#include "confab-ui-settings.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_HOME_PRESENTER (confab_ui_home_presenter_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabUiHomePresenter, confab_ui_home_presenter, CONFAB_UI, HOME_PRESENTER, GObject)

ConfabUiHomePresenter *confab_ui_home_presenter_new (ConfabUiHomePage *page,
                                                     ConfabUiAccount *account,
                                                     ConfabUiSettings *settings);
GActionGroup *confab_ui_home_presenter_get_actions (ConfabUiHomePresenter *self);
void confab_ui_home_presenter_join (ConfabUiHomePresenter *self, const char *text);
void confab_ui_home_presenter_refresh (ConfabUiHomePresenter *self);

G_END_DECLS
