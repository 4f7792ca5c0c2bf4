/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-engine.h"
#include "confab-live-call.h"

G_BEGIN_DECLS

/* One stay in one call with sound: joins a ConfabLiveCall to a ConfabAudioEngine and carries
 * everything between them (roster -> peers, negotiation, mute, levels -> participants, listen-only
 * without a microphone).
 *
 * Signals:
 *   "first-audio" (ConfabLiveParticipant *participant, guint ms_since_join)
 *   "peer-failed" (ConfabLiveParticipant *participant, GError *error)
 *   "audio-problem" (GError *error), "audio-recovered" ()
 */
#define CONFAB_TYPE_CONFERENCE (confab_conference_get_type ())
G_DECLARE_FINAL_TYPE (ConfabConference, confab_conference, CONFAB, CONFERENCE, GObject)

ConfabConference *confab_conference_new (ConfabLiveCall *call, ConfabAudioEngine *engine);
gboolean confab_conference_start (ConfabConference *self, GError **error);
/* Leaves the call and stops the sound. */
void confab_conference_leave (ConfabConference *self);
ConfabLiveCall *confab_conference_get_call (ConfabConference *self);
ConfabAudioEngine *confab_conference_get_engine (ConfabConference *self);
void confab_conference_set_muted (ConfabConference *self, gboolean muted);

G_END_DECLS
