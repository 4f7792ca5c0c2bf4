/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_APPLICATION (confab_ui_application_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabUiApplication, confab_ui_application, CONFAB_UI, APPLICATION, AdwApplication)

ConfabUiApplication *confab_ui_application_new (void);

G_END_DECLS
