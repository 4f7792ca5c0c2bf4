/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_TILE_LAYOUT (confab_ui_tile_layout_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabUiTileLayout, confab_ui_tile_layout, CONFAB_UI, TILE_LAYOUT, GtkLayoutManager)

guint confab_ui_tile_layout_choose_columns (
    guint n_tiles, int width, int height, int min_width, int min_height);

G_END_DECLS
