/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-call.h"
#include "confab-ice-server.h"
#include "confab-invite.h"
#include "confab-message.h"
#include "confab-participant.h"
#include "confab-profile.h"
#include "confab-quality-sample.h"
#include "confab-signal.h"
#include "confab-user.h"

G_BEGIN_DECLS

CONFAB_AVAILABLE_IN_ALL
ConfabMessage *confab_user_to_message (ConfabUser *user);
CONFAB_AVAILABLE_IN_ALL
ConfabUser *confab_user_from_message (ConfabMessage *message, GError **error);

/**
 * ConfabProfileView:
 * @CONFAB_PROFILE_VIEW_OTHERS: what everybody who may look for people sees
 * @CONFAB_PROFILE_VIEW_OWN: what one sees of oneself
 * @CONFAB_PROFILE_VIEW_ADMINISTRATOR: what those see who look after accounts
 *
 * Since: 0.1
 */
typedef enum {
  CONFAB_PROFILE_VIEW_OTHERS,
  CONFAB_PROFILE_VIEW_OWN,
  CONFAB_PROFILE_VIEW_ADMINISTRATOR
} ConfabProfileView;

CONFAB_AVAILABLE_IN_ALL
ConfabMessage *confab_profile_to_message (ConfabProfile *profile, ConfabProfileView view);
CONFAB_AVAILABLE_IN_ALL
ConfabProfile *confab_profile_from_message (ConfabMessage *message, GError **error);
CONFAB_AVAILABLE_IN_ALL
ConfabMessage *confab_call_to_message (ConfabCall *call);
CONFAB_AVAILABLE_IN_ALL
ConfabCall *confab_call_from_message (ConfabMessage *message, GError **error);
CONFAB_AVAILABLE_IN_ALL
ConfabMessage *confab_participant_to_message (ConfabParticipant *participant);
CONFAB_AVAILABLE_IN_ALL
ConfabParticipant *confab_participant_from_message (ConfabMessage *message, GError **error);
CONFAB_AVAILABLE_IN_ALL
ConfabMessage *confab_invite_to_message (ConfabInvite *invite);
CONFAB_AVAILABLE_IN_ALL
ConfabInvite *confab_invite_from_message (ConfabMessage *message, GError **error);
CONFAB_AVAILABLE_IN_ALL
ConfabMessage *confab_ice_server_to_message (ConfabIceServer *server);
CONFAB_AVAILABLE_IN_ALL
ConfabIceServer *confab_ice_server_from_message (ConfabMessage *message, GError **error);
CONFAB_AVAILABLE_IN_ALL
ConfabMessage *confab_quality_sample_to_message (ConfabQualitySample *sample);
CONFAB_AVAILABLE_IN_ALL
ConfabQualitySample *confab_quality_sample_from_message (ConfabMessage *message, GError **error);
/* A whole "quality" message. */
CONFAB_AVAILABLE_IN_ALL
ConfabMessage *confab_quality_to_message (GPtrArray *samples);
CONFAB_AVAILABLE_IN_ALL
GPtrArray *confab_quality_from_message (ConfabMessage *message, GError **error);
/* A whole "signal" message, to or from a participant. */
CONFAB_AVAILABLE_IN_ALL
ConfabMessage *confab_signal_to_message (ConfabSignal *signal, const char *to);
CONFAB_AVAILABLE_IN_ALL
ConfabSignal *confab_signal_from_message (ConfabMessage *message, GError **error);
/* "error" messages and problem+json bodies <-> GError in CONFAB_ERROR */
CONFAB_AVAILABLE_IN_ALL
ConfabMessage *confab_error_to_message (const GError *error, const char *about);
CONFAB_AVAILABLE_IN_ALL
GError *confab_error_from_message (ConfabMessage *message);
CONFAB_AVAILABLE_IN_ALL
ConfabMessage *confab_problem_to_message (const GError *error, const char *request_id);
CONFAB_AVAILABLE_IN_ALL
GError *confab_problem_from_message (ConfabMessage *message);

G_END_DECLS
