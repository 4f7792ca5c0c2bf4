/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-call.h"
#include "confab-message.h"
#include "confab-participant.h"
#include "confabd-leg.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_ROOM (confabd_room_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdRoom, confabd_room, CONFABD, ROOM, GObject)

ConfabdRoom *confabd_room_new (ConfabCall *call);

ConfabCall *confabd_room_get_call (ConfabdRoom *self);
void confabd_room_set_call (ConfabdRoom *self, ConfabCall *call);
guint confabd_room_get_n_legs (ConfabdRoom *self);
GPtrArray *confabd_room_dup_roster (ConfabdRoom *self);
ConfabdLeg *confabd_room_get_leg (ConfabdRoom *self, const char *participant_id);

void confabd_room_add (ConfabdRoom *self, ConfabdLeg *leg);
void confabd_room_remove (ConfabdRoom *self, ConfabdLeg *leg);
void confabd_room_broadcast (ConfabdRoom *self, ConfabMessage *message, ConfabdLeg *except);
void confabd_room_change_call (ConfabdRoom *self, ConfabCall *call);
void confabd_room_end (ConfabdRoom *self, const char *reason);

G_END_DECLS
