/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "confab-ui-account.h"
#include "confab-ui-call-control.h"
#include "confab-ui-settings.h"
#include "confab-vault.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_WINDOW (confab_ui_window_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiWindow, confab_ui_window, CONFAB_UI, WINDOW, AdwApplicationWindow)

ConfabUiWindow *confab_ui_window_new (GtkApplication *application,
                                      ConfabUiAccount *account,
                                      ConfabVault *vault,
                                      ConfabUiSettings *settings,
                                      ConfabUiCallControl *control);
void confab_ui_window_open_server (ConfabUiWindow *self, const char *server, const char *link);
void confab_ui_window_join (ConfabUiWindow *self, const char *text);

G_END_DECLS
