/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "confab-audio-engine.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_TILE_GRID (confab_ui_tile_grid_get_type ())
G_DECLARE_FINAL_TYPE (ConfabUiTileGrid, confab_ui_tile_grid, CONFAB_UI, TILE_GRID, GtkWidget)

void confab_ui_tile_grid_set_roster (ConfabUiTileGrid *self, GListModel *roster);

void confab_ui_tile_grid_set_stats (ConfabUiTileGrid *self,
                                    const char *participant_id,
                                    const ConfabAudioPeerStats *stats);

G_END_DECLS
