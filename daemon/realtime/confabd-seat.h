/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-participant.h"
#include "confabd-calls.h"

G_BEGIN_DECLS

typedef struct _ConfabdLeg ConfabdLeg;
typedef struct _ConfabdRoom ConfabdRoom;

#define CONFABD_TYPE_SEAT (confabd_seat_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdSeat, confabd_seat, CONFABD, SEAT, GObject)

ConfabdSeat *confabd_seat_new (ConfabdCalls *calls);

ConfabParticipant *confabd_seat_get_participant (ConfabdSeat *self);
ConfabdRoom *confabd_seat_get_room (ConfabdSeat *self);

void confabd_seat_ask_async (ConfabdSeat *self,
                             ConfabUser *user,
                             const char *call_id,
                             const ConfabParticipantFlags *flags,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
ConfabCall *confabd_seat_ask_finish (ConfabdSeat *self, GAsyncResult *result, GError **error);
void confabd_seat_sit (ConfabdSeat *self, ConfabdRoom *room, ConfabdLeg *leg);
void confabd_seat_change (ConfabdSeat *self, const ConfabParticipantFlags *flags, GDateTime *now);
gboolean confabd_seat_check_recording (ConfabdSeat *self,
                                       const ConfabParticipantFlags *wanted,
                                       GError **error);
void confabd_seat_keep_to_recording_policy (ConfabdSeat *self, GDateTime *now);
gboolean confabd_seat_leave (ConfabdSeat *self, ConfabdLeg *leg, const char *reason);
void confabd_seat_vanish (ConfabdSeat *self, gboolean stores);

G_END_DECLS
