/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-error.h"
#include "confab-participant.h"
#include "confab-user.h"
#include "confabd-leg-state.h"
#include "confabd-principal.h"
#include "confabd-transport.h"

G_BEGIN_DECLS

typedef struct _ConfabdHub ConfabdHub;

#define CONFABD_TYPE_LEG (confabd_leg_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdLeg, confabd_leg, CONFABD, LEG, GObject)

ConfabdLeg *confabd_leg_new (ConfabdHub *hub, ConfabdTransport *transport);

ConfabdLegState confabd_leg_get_state (ConfabdLeg *self);
ConfabUser *confabd_leg_get_user (ConfabdLeg *self);
ConfabdPrincipal *confabd_leg_get_principal (ConfabdLeg *self);
ConfabParticipant *confabd_leg_get_participant (ConfabdLeg *self);

void confabd_leg_send (ConfabdLeg *self, const char *from, GBytes *body);
void confabd_leg_keep_to_recording_policy (ConfabdLeg *self);
void confabd_leg_refuse (ConfabdLeg *self, const GError *error);
void confabd_leg_dismiss (ConfabdLeg *self, GBytes *body, ConfabError code);
void confabd_leg_abandon (ConfabdLeg *self);

G_END_DECLS
