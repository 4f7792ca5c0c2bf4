/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-engine.h"
#include "confab-live-call.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_CONFERENCE (confab_conference_get_type ())
G_DECLARE_FINAL_TYPE (ConfabConference, confab_conference, CONFAB, CONFERENCE, GObject)

ConfabConference *confab_conference_new (ConfabLiveCall *call, ConfabAudioEngine *engine);
gboolean confab_conference_start (ConfabConference *self, GError **error);
void confab_conference_leave (ConfabConference *self);
ConfabLiveCall *confab_conference_get_call (ConfabConference *self);
ConfabAudioEngine *confab_conference_get_engine (ConfabConference *self);
void confab_conference_set_muted (ConfabConference *self, gboolean muted);
void confab_conference_record (ConfabConference *self, const char *folder);
void confab_conference_record_hearing (ConfabConference *self);

G_END_DECLS
