/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  CONFAB_UI_SETTING_NAME,       /* what others call the user */
  CONFAB_UI_SETTING_MICROPHONE, /* id of a device */
  CONFAB_UI_SETTING_SPEAKER,    /* id of a device */
} ConfabUiSetting;

#define CONFAB_UI_N_SETTINGS (CONFAB_UI_SETTING_SPEAKER + 1)

#define CONFAB_UI_TYPE_SETTINGS (confab_ui_settings_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiSettings, confab_ui_settings, CONFAB_UI, SETTINGS, GObject)

ConfabUiSettings *confab_ui_settings_new (GFile *file);
const char *confab_ui_settings_get (ConfabUiSettings *self, ConfabUiSetting setting);
void confab_ui_settings_set (ConfabUiSettings *self, ConfabUiSetting setting, const char *value);

G_END_DECLS
