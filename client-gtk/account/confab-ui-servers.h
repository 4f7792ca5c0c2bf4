/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-ui-settings.h"

G_BEGIN_DECLS

void confab_ui_servers_remember (ConfabUiSettings *settings, const char *server, const char *login);
void confab_ui_servers_stay (ConfabUiSettings *settings, const char *server);
char *confab_ui_servers_dup_current (ConfabUiSettings *settings);
char *confab_ui_servers_dup_login (ConfabUiSettings *settings, const char *server);
GStrv confab_ui_servers_list (ConfabUiSettings *settings);
char *confab_ui_servers_complete_address (const char *typed);

G_END_DECLS
