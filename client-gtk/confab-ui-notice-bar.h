/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_NOTICE_BAR (confab_ui_notice_bar_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiNoticeBar, confab_ui_notice_bar, CONFAB_UI, NOTICE_BAR, GtkWidget)

void confab_ui_notice_bar_set_text (ConfabUiNoticeBar *self, const char *text);
const char *confab_ui_notice_bar_get_text (ConfabUiNoticeBar *self);

G_END_DECLS
