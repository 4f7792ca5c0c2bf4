/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-conference.h"
#include "confab-ui-call-page.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_RECORDING (confab_ui_recording_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiRecording, confab_ui_recording, CONFAB_UI, RECORDING, GObject)

ConfabUiRecording *confab_ui_recording_new (ConfabUiCallPage *page,
                                            ConfabConference *conference,
                                            GActionMap *actions);

G_END_DECLS
