/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-engine.h"
#include "confab-live-call.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_ROSTER (confab_roster_get_type ())
G_DECLARE_FINAL_TYPE (ConfabRoster, confab_roster, CONFAB, ROSTER, GObject)

ConfabRoster *confab_roster_new (ConfabLiveCall *call, ConfabAudioEngine *engine);
gint64 confab_roster_get_added_mono_us (ConfabRoster *self, const char *participant_id);
void confab_roster_close (ConfabRoster *self);

G_END_DECLS
