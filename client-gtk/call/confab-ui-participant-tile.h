/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "confab-audio-engine.h"
#include "confab-live-participant.h"

G_BEGIN_DECLS

#define CONFAB_UI_TYPE_PARTICIPANT_TILE (confab_ui_participant_tile_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabUiParticipantTile, confab_ui_participant_tile, CONFAB_UI, PARTICIPANT_TILE, AdwBin)

GtkWidget *confab_ui_participant_tile_new (ConfabLiveParticipant *participant);
ConfabLiveParticipant *confab_ui_participant_tile_get_participant (ConfabUiParticipantTile *self);
void confab_ui_participant_tile_set_stats (ConfabUiParticipantTile *self,
                                           const ConfabAudioPeerStats *stats);
void confab_ui_participant_tile_set_avatar_size (ConfabUiParticipantTile *self, int size);

G_END_DECLS
