/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void confab_ui_tidy_names (GtkWidget *root);
void confab_ui_name_parts (GtkWidget *row, const char *name);
void confab_ui_show_only (GtkStack *stack, GtkWidget *page);

G_END_DECLS
