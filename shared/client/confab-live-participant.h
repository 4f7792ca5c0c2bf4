/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-participant.h"

G_BEGIN_DECLS

/* Properties: id, display-name, role, muted, deafened, listen-only, is-self (all notify) and
 * participant (the value). level-dbov (double, -127..0) and speaking (boolean) are set by whoever
 * hears the sound, connection (string: "connecting", "connected", "failed") likewise. */
#define CONFAB_TYPE_LIVE_PARTICIPANT (confab_live_participant_get_type ())
CONFAB_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (
    ConfabLiveParticipant, confab_live_participant, CONFAB, LIVE_PARTICIPANT, GObject)

CONFAB_AVAILABLE_IN_ALL
ConfabLiveParticipant *confab_live_participant_new (ConfabParticipant *participant,
                                                    gboolean is_self);
CONFAB_AVAILABLE_IN_ALL
ConfabParticipant *confab_live_participant_get_participant (ConfabLiveParticipant *self);
CONFAB_AVAILABLE_IN_ALL
void confab_live_participant_set_participant (ConfabLiveParticipant *self,
                                              ConfabParticipant *participant);
CONFAB_AVAILABLE_IN_ALL
const char *confab_live_participant_get_id (ConfabLiveParticipant *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_live_participant_get_display_name (ConfabLiveParticipant *self);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_live_participant_get_muted (ConfabLiveParticipant *self);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_live_participant_get_is_self (ConfabLiveParticipant *self);
CONFAB_AVAILABLE_IN_ALL
void confab_live_participant_set_level (ConfabLiveParticipant *self,
                                        double level_dbov,
                                        gboolean speaking);
CONFAB_AVAILABLE_IN_ALL
void confab_live_participant_set_connection (ConfabLiveParticipant *self, const char *connection);
CONFAB_AVAILABLE_IN_ALL
void confab_live_participant_set_safety_code (ConfabLiveParticipant *self, const char *safety_code);
CONFAB_AVAILABLE_IN_ALL
const char *confab_live_participant_get_safety_code (ConfabLiveParticipant *self);

G_END_DECLS
