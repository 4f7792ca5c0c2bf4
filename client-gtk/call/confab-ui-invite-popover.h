/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_INVITE_POPOVER (confab_ui_invite_popover_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabUiInvitePopover, confab_ui_invite_popover, CONFAB_UI, INVITE_POPOVER, GtkPopover)

void confab_ui_invite_popover_set_link (ConfabUiInvitePopover *self, const char *link);

G_END_DECLS
