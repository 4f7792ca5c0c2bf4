/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-ui-call-control.h"

G_BEGIN_DECLS

typedef enum {
  CONFAB_UI_SHORTCUTS_OFF,
  CONFAB_UI_SHORTCUTS_ASKING,      /* the desktop, or the desktop its user */
  CONFAB_UI_SHORTCUTS_BOUND,       /* the key works */
  CONFAB_UI_SHORTCUTS_UNAVAILABLE, /* this desktop offers none, or has failed */
  CONFAB_UI_SHORTCUTS_REFUSED,     /* by its user */
} ConfabUiShortcutsState;

#define CONFAB_UI_TYPE_GLOBAL_SHORTCUTS (confab_ui_global_shortcuts_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabUiGlobalShortcuts, confab_ui_global_shortcuts, CONFAB_UI, GLOBAL_SHORTCUTS, GObject)

/* Signal: "changed" (): the state or the trigger has. */
ConfabUiGlobalShortcuts *confab_ui_global_shortcuts_new (ConfabUiCallControl *control,
                                                         GDBusConnection *connection);
void confab_ui_global_shortcuts_set_wanted (ConfabUiGlobalShortcuts *self, gboolean is_wanted);
ConfabUiShortcutsState confab_ui_global_shortcuts_get_state (ConfabUiGlobalShortcuts *self);
const char *confab_ui_global_shortcuts_get_trigger (ConfabUiGlobalShortcuts *self);

G_END_DECLS
