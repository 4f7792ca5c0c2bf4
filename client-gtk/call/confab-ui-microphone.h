/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-conference.h"
#include "confab-ui-call-control.h"
#include "confab-ui-call-page.h"
#include "confab-ui-settings.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_MICROPHONE (confab_ui_microphone_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiMicrophone, confab_ui_microphone, CONFAB_UI, MICROPHONE, GObject)

ConfabUiMicrophone *confab_ui_microphone_new (ConfabUiCallPage *page,
                                              ConfabConference *conference,
                                              ConfabUiSettings *settings,
                                              ConfabUiCallControl *control,
                                              GActionMap *actions);

G_END_DECLS
