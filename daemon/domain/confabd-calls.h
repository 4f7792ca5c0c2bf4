/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-call.h"
#include "confab-clock.h"
#include "confab-invite.h"
#include "confab-participant.h"
#include "confab-user.h"
#include "confabd-principal.h"
#include "confabd-store.h"

G_BEGIN_DECLS

/**
 * ConfabdCallLimits:
 * @max_participants: the most that a call may be made for, and its size when nobody says
 * @open_per_user: how many calls of one creator may be open at a time
 * @expiry_s: how long after its making a call that nobody entered expires
 */
typedef struct {
  guint max_participants;
  guint open_per_user;
  guint expiry_s;
} ConfabdCallLimits;

#define CONFABD_CALL_LIMITS_INIT \
  {                              \
    100, 5, 24 * 60 * 60         \
  }

#define CONFABD_TYPE_CALLS (confabd_calls_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdCalls, confabd_calls, CONFABD, CALLS, GObject)

/* Signals: "call-created" (ConfabCall *): somebody made it and has its link.
 *          "call-started" (ConfabCall *): its first participant entered.
 *          "call-changed" (ConfabCall *): by one of its moderators.
 *          "call-ended" (ConfabCall *): by its host, by time, because it was empty; also "expired".
 *          "participant-joined" (const char *call_id, ConfabParticipant *) and "participant-left"
 *          (const char *call_id, const char *participant_id): while the call goes on.
 * Properties: "n-present" (guint): participants in calls of this daemon right now, for the idle
 *             exit; "n-active" (guint): calls with somebody in them. */
ConfabdCalls *confabd_calls_new (ConfabdStore *store,
                                 ConfabClock *clock,
                                 const ConfabdCallLimits *limits);
void confabd_calls_set_limits (ConfabdCalls *self, const ConfabdCallLimits *limits);

guint confabd_calls_get_n_present (ConfabdCalls *self);
guint confabd_calls_get_n_active (ConfabdCalls *self);

/* title: (nullable); max_participants: 0 for the default of the limits */
void confabd_calls_create_async (ConfabdCalls *self,
                                 ConfabdPrincipal *principal,
                                 const char *title,
                                 guint max_participants,
                                 ConfabRecordingPolicy recording_policy,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* invite, secret: (out) (optional) (transfer full) */
ConfabCall *confabd_calls_create_finish (
    ConfabdCalls *self, GAsyncResult *result, ConfabInvite **invite, char **secret, GError **error);

/* participants: (out) (optional) (transfer container) (element-type ConfabParticipant): those who
 * are in the call now, in the order in which they entered */
void confabd_calls_get_async (ConfabdCalls *self,
                              ConfabUser *user,
                              const char *call_id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
ConfabCall *confabd_calls_get_finish (ConfabdCalls *self,
                                      GAsyncResult *result,
                                      GPtrArray **participants,
                                      GError **error);

/* Returns: (element-type ConfabCall) (transfer container): not over, newest first, at most 100 */
void confabd_calls_list_async (ConfabdCalls *self,
                               ConfabUser *user,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
GPtrArray *confabd_calls_list_finish (ConfabdCalls *self, GAsyncResult *result, GError **error);

/* Exactly one of code (as typed) and secret. */
void confabd_calls_admit_async (ConfabdCalls *self,
                                ConfabUser *user,
                                const char *code,
                                const char *secret,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
ConfabCall *confabd_calls_admit_finish (ConfabdCalls *self,
                                        GAsyncResult *result,
                                        ConfabRole *role,
                                        GError **error);

/* call: (out) (optional) (transfer full): as it is after entering */
void confabd_calls_enter_async (ConfabdCalls *self,
                                ConfabUser *user,
                                const char *call_id,
                                const ConfabParticipantFlags *flags,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
ConfabParticipant *confabd_calls_enter_finish (ConfabdCalls *self,
                                               GAsyncResult *result,
                                               ConfabCall **call,
                                               GError **error);

/* Keeps what a participant says about themself, for those who ask over REST. */
void confabd_calls_set_flags_async (ConfabdCalls *self,
                                    const char *participant_id,
                                    const ConfabParticipantFlags *flags,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
ConfabParticipant *confabd_calls_set_flags_finish (ConfabdCalls *self,
                                                   GAsyncResult *result,
                                                   GError **error);

/* reason: "left", "lost", "too-slow"; leaving twice, or after the end, is no error */
void confabd_calls_leave_async (ConfabdCalls *self,
                                const char *participant_id,
                                const char *reason,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean confabd_calls_leave_finish (ConfabdCalls *self, GAsyncResult *result, GError **error);

void confabd_calls_change_async (ConfabdCalls *self,
                                 ConfabdPrincipal *principal,
                                 const char *call_id,
                                 ConfabRecordingPolicy recording_policy,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
ConfabCall *confabd_calls_change_finish (ConfabdCalls *self, GAsyncResult *result, GError **error);

/* principal: (nullable): NULL for the daemon itself */
void confabd_calls_end_async (ConfabdCalls *self,
                              ConfabdPrincipal *principal,
                              const char *call_id,
                              const char *reason,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
ConfabCall *confabd_calls_end_finish (ConfabdCalls *self, GAsyncResult *result, GError **error);

G_END_DECLS
