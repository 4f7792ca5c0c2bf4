/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_DEVICE_ROW (confab_ui_device_row_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiDeviceRow, confab_ui_device_row, CONFAB_UI, DEVICE_ROW, AdwComboRow)

void confab_ui_device_row_set_devices (ConfabUiDeviceRow *self, GListModel *devices);
void confab_ui_device_row_bind (ConfabUiDeviceRow *self, GSettings *store, const char *key);

G_END_DECLS
