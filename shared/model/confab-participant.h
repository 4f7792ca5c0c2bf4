/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

typedef enum {
  CONFAB_ROLE_LISTENER,
  CONFAB_ROLE_SPEAKER,
  CONFAB_ROLE_MODERATOR,
  CONFAB_ROLE_HOST
} ConfabRole;

typedef struct {
  guint is_muted : 1;
  guint is_deafened : 1;
  guint is_on_hold : 1;
  guint is_listen_only : 1;
  guint has_hand_raised : 1;
  guint is_recording : 1;
} ConfabParticipantFlags;

#define CONFAB_TYPE_PARTICIPANT (confab_participant_get_type ())
CONFAB_AVAILABLE_IN_ALL
GType confab_participant_get_type (void) G_GNUC_CONST;
CONFAB_AVAILABLE_IN_ALL
ConfabParticipant *confab_participant_new (const char *id,
                                           const char *user_id,
                                           const char *display_name,
                                           ConfabRole role,
                                           GDateTime *joined_at);
CONFAB_AVAILABLE_IN_ALL
ConfabParticipant *confab_participant_ref (ConfabParticipant *self);
CONFAB_AVAILABLE_IN_ALL
void confab_participant_unref (ConfabParticipant *self);
CONFAB_AVAILABLE_IN_ALL
ConfabParticipant *confab_participant_with_flags (ConfabParticipant *self,
                                                  const ConfabParticipantFlags *flags,
                                                  GDateTime *now);
CONFAB_AVAILABLE_IN_ALL
ConfabParticipant *confab_participant_with_recording (ConfabParticipant *self,
                                                      GDateTime *recording_since);
CONFAB_AVAILABLE_IN_ALL
ConfabParticipant *confab_participant_with_left (ConfabParticipant *self,
                                                 GDateTime *left_at,
                                                 const char *leave_reason);
CONFAB_AVAILABLE_IN_ALL
const char *confab_participant_get_id (ConfabParticipant *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_participant_get_user_id (ConfabParticipant *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_participant_get_display_name (ConfabParticipant *self);
CONFAB_AVAILABLE_IN_ALL
ConfabRole confab_participant_get_role (ConfabParticipant *self);
CONFAB_AVAILABLE_IN_ALL
GDateTime *confab_participant_get_joined_at (ConfabParticipant *self);
CONFAB_AVAILABLE_IN_ALL
GDateTime *confab_participant_get_left_at (ConfabParticipant *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_participant_get_leave_reason (ConfabParticipant *self);
CONFAB_AVAILABLE_IN_ALL
GDateTime *confab_participant_get_hand_raised_at (ConfabParticipant *self);
CONFAB_AVAILABLE_IN_ALL
GDateTime *confab_participant_get_recording_since (ConfabParticipant *self);
CONFAB_AVAILABLE_IN_ALL
void confab_participant_get_flags (ConfabParticipant *self, ConfabParticipantFlags *flags);
CONFAB_AVAILABLE_IN_ALL
const char *confab_role_to_string (ConfabRole role);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_role_from_string (const char *text, ConfabRole *role);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabParticipant, confab_participant_unref)

G_END_DECLS
