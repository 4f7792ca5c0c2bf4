/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_KEY_ROW (confab_ui_key_row_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiKeyRow, confab_ui_key_row, CONFAB_UI, KEY_ROW, AdwActionRow)

void confab_ui_key_row_bind (ConfabUiKeyRow *self, GSettings *store, const char *key);
gboolean confab_ui_key_row_take (ConfabUiKeyRow *self, guint keyval);

G_END_DECLS
