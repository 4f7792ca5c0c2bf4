/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_TILE_GRID (confab_ui_tile_grid_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiTileGrid, confab_ui_tile_grid, CONFAB_UI, TILE_GRID, GtkWidget)

void confab_ui_tile_grid_set_roster (ConfabUiTileGrid *self, GListModel *roster);

G_END_DECLS
