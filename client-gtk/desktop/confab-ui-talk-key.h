/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "confab-ui-call-control.h"
#include "confab-ui-settings.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_TALK_KEY (confab_ui_talk_key_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiTalkKey, confab_ui_talk_key, CONFAB_UI, TALK_KEY, GObject)

ConfabUiTalkKey *confab_ui_talk_key_new (GtkWindow *window,
                                         ConfabUiCallControl *control,
                                         ConfabUiSettings *settings);
gboolean confab_ui_talk_key_take (ConfabUiTalkKey *self,
                                  guint keyval,
                                  guint keycode,
                                  gboolean is_down);
char *confab_ui_talk_key_dup_label (const char *key_name);

G_END_DECLS
