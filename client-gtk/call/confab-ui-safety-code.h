/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_SAFETY_CODE (confab_ui_safety_code_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiSafetyCode, confab_ui_safety_code, CONFAB_UI, SAFETY_CODE, AdwBin)

void confab_ui_safety_code_set_code (ConfabUiSafetyCode *self, const char *name, const char *code);

G_END_DECLS
