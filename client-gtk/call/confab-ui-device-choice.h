/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_DEVICE_CHOICE (confab_ui_device_choice_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabUiDeviceChoice, confab_ui_device_choice, CONFAB_UI, DEVICE_CHOICE, GtkWidget)

void confab_ui_device_choice_set_devices (ConfabUiDeviceChoice *self, GListModel *devices);
void confab_ui_device_choice_set_chosen (ConfabUiDeviceChoice *self, const char *id);

G_END_DECLS
