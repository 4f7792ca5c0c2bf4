/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-ui-account.h"
#include "confab-ui-settings.h"
#include "confab-ui-sign-in-page.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_SIGN_IN_PRESENTER (confab_ui_sign_in_presenter_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabUiSignInPresenter, confab_ui_sign_in_presenter, CONFAB_UI, SIGN_IN_PRESENTER, GObject)

ConfabUiSignInPresenter *confab_ui_sign_in_presenter_new (ConfabUiSignInPage *page,
                                                          ConfabVault *vault,
                                                          ConfabUiSettings *settings);
GActionGroup *confab_ui_sign_in_presenter_get_actions (ConfabUiSignInPresenter *self);
void confab_ui_sign_in_presenter_show (ConfabUiSignInPresenter *self,
                                       const char *server,
                                       const char *note);
gboolean confab_ui_sign_in_presenter_restore (ConfabUiSignInPresenter *self, const char *server);
void confab_ui_sign_in_presenter_cancel (ConfabUiSignInPresenter *self);

G_END_DECLS
