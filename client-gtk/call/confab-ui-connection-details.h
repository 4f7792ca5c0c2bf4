/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "confab-audio-engine.h"

G_BEGIN_DECLS

typedef enum {
  CONFAB_UI_GRADE_UNKNOWN,
  CONFAB_UI_GRADE_POOR,
  CONFAB_UI_GRADE_FAIR,
  CONFAB_UI_GRADE_GOOD,
} ConfabUiGrade;

ConfabUiGrade confab_ui_grade_from_stats (const ConfabAudioPeerStats *stats);

#define CONFAB_UI_TYPE_CONNECTION_DETAILS (confab_ui_connection_details_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabUiConnectionDetails, confab_ui_connection_details, CONFAB_UI, CONNECTION_DETAILS, AdwBin)

void confab_ui_connection_details_set_stats (ConfabUiConnectionDetails *self,
                                             const ConfabAudioPeerStats *stats);

G_END_DECLS
