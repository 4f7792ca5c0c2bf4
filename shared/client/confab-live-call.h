/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-link-state.h"
#include "confab-live-participant.h"
#include "confab-session.h"
#include "confab-signal.h"

G_BEGIN_DECLS

/* One stay in one call, as a GListModel of ConfabLiveParticipant (self first, then in order of
 * joining). Properties: call (ConfabCall), state (ConfabLinkState), self-id, started-at (GDateTime,
 * room start in server time), link, muted, deafened. Signals: "joined" (after each (re)join: the
 * roster is complete), "signal" (from, ConfabSignal), "participant-joined" / "participant-left"
 * (ConfabLiveParticipant), "reconnecting" (GError), "ended" (char *reason), "failed" (GError:
 * refused or lost for good). */
#define CONFAB_TYPE_LIVE_CALL (confab_live_call_get_type ())
CONFAB_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (ConfabLiveCall, confab_live_call, CONFAB, LIVE_CALL, GObject)

/* The client must be signed in and admitted to the call (create_call or join_call). */
CONFAB_AVAILABLE_IN_ALL
ConfabLiveCall *confab_live_call_new (ConfabSession *session,
                                      ConfabCall *call,
                                      const char *link,
                                      const char *device_name);
CONFAB_AVAILABLE_IN_ALL
void confab_live_call_join (ConfabLiveCall *self);
CONFAB_AVAILABLE_IN_ALL
void confab_live_call_leave (ConfabLiveCall *self);
CONFAB_AVAILABLE_IN_ALL
void confab_live_call_end (ConfabLiveCall *self);
CONFAB_AVAILABLE_IN_ALL
void confab_live_call_send_signal (ConfabLiveCall *self, const char *to, ConfabSignal *signal);
CONFAB_AVAILABLE_IN_ALL
void confab_live_call_send_quality (ConfabLiveCall *self, GPtrArray *samples);
CONFAB_AVAILABLE_IN_ALL
void confab_live_call_set_muted (ConfabLiveCall *self, gboolean muted);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_live_call_get_muted (ConfabLiveCall *self);
CONFAB_AVAILABLE_IN_ALL
void confab_live_call_set_deafened (ConfabLiveCall *self, gboolean deafened);
CONFAB_AVAILABLE_IN_ALL
void confab_live_call_set_listen_only (ConfabLiveCall *self, gboolean listen_only);
CONFAB_AVAILABLE_IN_ALL
ConfabLinkState confab_live_call_get_state (ConfabLiveCall *self);
CONFAB_AVAILABLE_IN_ALL
ConfabCall *confab_live_call_get_call (ConfabLiveCall *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_live_call_get_self_id (ConfabLiveCall *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_live_call_get_link (ConfabLiveCall *self);
CONFAB_AVAILABLE_IN_ALL
GPtrArray *confab_live_call_get_ice_servers (ConfabLiveCall *self);
/* whole seconds since the room started, by the server's clock; 0 before */
CONFAB_AVAILABLE_IN_ALL
guint confab_live_call_get_elapsed_s (ConfabLiveCall *self);
CONFAB_AVAILABLE_IN_ALL
ConfabLiveParticipant *confab_live_call_find (ConfabLiveCall *self, const char *participant_id);
CONFAB_AVAILABLE_IN_ALL
void confab_live_call_ask_recording (ConfabLiveCall *self, gboolean is_wanted);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_live_call_may_record (ConfabLiveCall *self);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_live_call_may_change (ConfabLiveCall *self);
CONFAB_AVAILABLE_IN_ALL
void confab_live_call_set_recording_policy (ConfabLiveCall *self, ConfabRecordingPolicy policy);

G_END_DECLS
