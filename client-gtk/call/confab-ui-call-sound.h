/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-engine.h"
#include "confab-ui-call-page.h"
#include "confab-ui-settings.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_CALL_SOUND (confab_ui_call_sound_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiCallSound, confab_ui_call_sound, CONFAB_UI, CALL_SOUND, GObject)

ConfabUiCallSound *confab_ui_call_sound_new (ConfabUiCallPage *page,
                                             ConfabAudioEngine *engine,
                                             ConfabUiSettings *settings,
                                             GActionMap *actions);
void confab_ui_call_sound_start (ConfabUiCallSound *self);

G_END_DECLS
