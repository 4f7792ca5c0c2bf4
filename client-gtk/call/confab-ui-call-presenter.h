/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-conference.h"
#include "confab-ui-call-control.h"
#include "confab-ui-call-page.h"
#include "confab-ui-settings.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_CALL_PRESENTER (confab_ui_call_presenter_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabUiCallPresenter, confab_ui_call_presenter, CONFAB_UI, CALL_PRESENTER, GObject)

ConfabUiCallPresenter *confab_ui_call_presenter_new (ConfabUiCallPage *page,
                                                     ConfabConference *conference,
                                                     ConfabUiSettings *settings,
                                                     ConfabUiCallControl *control);
GActionGroup *confab_ui_call_presenter_get_actions (ConfabUiCallPresenter *self);
ConfabLiveCall *confab_ui_call_presenter_get_call (ConfabUiCallPresenter *self);
void confab_ui_call_presenter_start (ConfabUiCallPresenter *self);
void confab_ui_call_presenter_leave (ConfabUiCallPresenter *self);

G_END_DECLS
