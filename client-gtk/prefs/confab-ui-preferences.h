/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "confab-ui-call-control.h"
#include "confab-ui-global-shortcuts.h"
#include "confab-ui-settings.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_PREFERENCES (confab_ui_preferences_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabUiPreferences, confab_ui_preferences, CONFAB_UI, PREFERENCES, AdwPreferencesWindow)

ConfabUiPreferences *confab_ui_preferences_new (ConfabUiSettings *settings,
                                                ConfabUiCallControl *control,
                                                ConfabUiGlobalShortcuts *shortcuts);
void confab_ui_preferences_set_devices (ConfabUiPreferences *self,
                                        GListModel *microphones,
                                        GListModel *speakers);

G_END_DECLS
