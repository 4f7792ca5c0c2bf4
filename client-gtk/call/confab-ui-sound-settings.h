/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-engine.h"
#include "confab-ui-settings.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_SOUND_SETTINGS (confab_ui_sound_settings_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabUiSoundSettings, confab_ui_sound_settings, CONFAB_UI, SOUND_SETTINGS, GObject)

ConfabUiSoundSettings *confab_ui_sound_settings_new (ConfabUiSettings *settings,
                                                     ConfabAudioEngine *engine);

G_END_DECLS
