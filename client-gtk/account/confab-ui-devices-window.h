/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "confab-session.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_DEVICES_WINDOW (confab_ui_devices_window_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabUiDevicesWindow, confab_ui_devices_window, CONFAB_UI, DEVICES_WINDOW, AdwWindow)

GtkWindow *confab_ui_devices_window_new (ConfabSession *session, GtkWindow *parent);

G_END_DECLS
