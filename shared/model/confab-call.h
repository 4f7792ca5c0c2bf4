/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-call-state.h"

G_BEGIN_DECLS

typedef enum {
  CONFAB_CALL_KIND_NOW,
  CONFAB_CALL_KIND_SCHEDULED,
  CONFAB_CALL_KIND_STANDING
} ConfabCallKind;

/* Who may record, which everybody in the call is told while it goes on. */
typedef enum {
  CONFAB_RECORDING_NEVER,
  CONFAB_RECORDING_HOST,
  CONFAB_RECORDING_EVERYONE
} ConfabRecordingPolicy;

#define CONFAB_TYPE_CALL (confab_call_get_type ())
CONFAB_AVAILABLE_IN_ALL
GType confab_call_get_type (void) G_GNUC_CONST;
CONFAB_AVAILABLE_IN_ALL
ConfabCall *confab_call_new (const char *id,
                             const char *code,
                             const char *creator_id,
                             GDateTime *created_at,
                             GDateTime *expires_at);
CONFAB_AVAILABLE_IN_ALL
ConfabCall *confab_call_ref (ConfabCall *self);
CONFAB_AVAILABLE_IN_ALL
void confab_call_unref (ConfabCall *self);
CONFAB_AVAILABLE_IN_ALL
ConfabCall *confab_call_with_title (ConfabCall *self, const char *title);
CONFAB_AVAILABLE_IN_ALL
ConfabCall *confab_call_with_kind (ConfabCall *self, ConfabCallKind kind);
CONFAB_AVAILABLE_IN_ALL
ConfabCall *confab_call_with_state (ConfabCall *self, ConfabCallState state);
CONFAB_AVAILABLE_IN_ALL
ConfabCall *confab_call_with_max_participants (ConfabCall *self, guint max_participants);
CONFAB_AVAILABLE_IN_ALL
ConfabCall *confab_call_with_recording_policy (ConfabCall *self,
                                               ConfabRecordingPolicy recording_policy);
CONFAB_AVAILABLE_IN_ALL
ConfabCall *confab_call_with_started (ConfabCall *self, GDateTime *started_at);
CONFAB_AVAILABLE_IN_ALL
ConfabCall *confab_call_with_ended (ConfabCall *self,
                                    ConfabCallState state,
                                    GDateTime *ended_at,
                                    const char *end_reason);
CONFAB_AVAILABLE_IN_ALL
const char *confab_call_get_id (ConfabCall *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_call_get_code (ConfabCall *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_call_get_title (ConfabCall *self);
CONFAB_AVAILABLE_IN_ALL
ConfabCallKind confab_call_get_kind (ConfabCall *self);
CONFAB_AVAILABLE_IN_ALL
ConfabCallState confab_call_get_state (ConfabCall *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_call_get_creator_id (ConfabCall *self);
CONFAB_AVAILABLE_IN_ALL
GDateTime *confab_call_get_created_at (ConfabCall *self);
CONFAB_AVAILABLE_IN_ALL
GDateTime *confab_call_get_started_at (ConfabCall *self);
CONFAB_AVAILABLE_IN_ALL
GDateTime *confab_call_get_expires_at (ConfabCall *self);
CONFAB_AVAILABLE_IN_ALL
GDateTime *confab_call_get_ended_at (ConfabCall *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_call_get_end_reason (ConfabCall *self);
CONFAB_AVAILABLE_IN_ALL
guint confab_call_get_max_participants (ConfabCall *self);
CONFAB_AVAILABLE_IN_ALL
ConfabRecordingPolicy confab_call_get_recording_policy (ConfabCall *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_recording_policy_to_string (ConfabRecordingPolicy policy);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_recording_policy_from_string (const char *text, ConfabRecordingPolicy *policy);
CONFAB_AVAILABLE_IN_ALL
const char *confab_call_kind_to_string (ConfabCallKind kind);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_call_kind_from_string (const char *text, ConfabCallKind *kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabCall, confab_call_unref)

G_END_DECLS
