/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-call.h"
#include "confab-participant.h"
#include "confab-user.h"

G_BEGIN_DECLS

/* The columns of a value, and the type that a row of them has. */
#define CONFABD_CALL_COLUMNS                                                          \
  "c.id, c.code, c.title, c.kind, c.state, c.creator_id, c.created_at, c.started_at," \
  " c.expires_at, c.ended_at, c.end_reason, c.max_participants, c.recording_policy"
#define CONFABD_CALL_ROW "(ssmssssxmxxmxmsus)"

#define CONFABD_PARTICIPANT_COLUMNS                                                  \
  "p.id, p.user_id, p.display_name, p.role, p.joined_at, p.left_at, p.leave_reason," \
  " p.muted, p.deafened, p.on_hold, p.listen_only, p.hand_raised_at, p.recording_since"
#define CONFABD_PARTICIPANT_ROW "(smsssxmxmsbbbbmxmx)"

#define CONFABD_USER_COLUMNS "u.id, u.display_name, u.role, u.created_at"
#define CONFABD_USER_ROW     "(sssx)"

const char *confabd_row_get_text (GVariant *row, gsize column);
gboolean confabd_row_get_integer (GVariant *row, gsize column, gint64 *number);

ConfabCall *confabd_row_to_call (GVariant *row, GError **error);
ConfabParticipant *confabd_row_to_participant (GVariant *row, GError **error);
ConfabUser *confabd_row_to_user (GVariant *row, GError **error);

G_END_DECLS
