/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "confab-ui-call-control.h"
#include "confab-ui-settings.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_SOUND_CHECK_GROUP (confab_ui_sound_check_group_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiSoundCheckGroup,
                      confab_ui_sound_check_group,
                      CONFAB_UI,
                      SOUND_CHECK_GROUP,
                      AdwPreferencesGroup)

void confab_ui_sound_check_group_begin (ConfabUiSoundCheckGroup *self,
                                        ConfabUiSettings *settings,
                                        ConfabUiCallControl *control);
void confab_ui_sound_check_group_end (ConfabUiSoundCheckGroup *self);

G_END_DECLS
