/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-engine.h"
#include "confab-message.h"

G_BEGIN_DECLS

void confab_cli_stats_set_tenths (ConfabMessage *message, const char *name, double value);
void confab_cli_stats_describe (ConfabMessage *message, const ConfabAudioPeerStats *stats);

G_END_DECLS
