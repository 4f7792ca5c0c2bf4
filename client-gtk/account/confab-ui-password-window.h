/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "confab-session.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_PASSWORD_WINDOW (confab_ui_password_window_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabUiPasswordWindow, confab_ui_password_window, CONFAB_UI, PASSWORD_WINDOW, AdwWindow)

GtkWindow *confab_ui_password_window_new (ConfabSession *session, GtkWindow *parent);

G_END_DECLS
