/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "confab-call.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_CALL_ROW (confab_ui_call_row_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiCallRow, confab_ui_call_row, CONFAB_UI, CALL_ROW, AdwActionRow)

GtkWidget *confab_ui_call_row_new (ConfabCall *call);
ConfabCall *confab_ui_call_row_get_call (ConfabUiCallRow *self);

G_END_DECLS
