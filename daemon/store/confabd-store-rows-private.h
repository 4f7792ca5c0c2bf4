/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-call.h"
#include "confab-participant.h"
#include "confab-user.h"
#include "confabd-connection.h"

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

ConfabCall *confabd_row_to_call (GVariant *row, GError **error);
ConfabParticipant *confabd_row_to_participant (GVariant *row, GError **error);
ConfabUser *confabd_row_to_user (GVariant *row, GError **error);

GPtrArray *confabd_rows_list_present (ConfabdConnection *connection,
                                      const char *call_id,
                                      GError **error);
ConfabCall *confabd_rows_find_call_of (ConfabdConnection *connection,
                                       const char *call_id,
                                       const char *user_id,
                                       GError **error);
ConfabCall *confabd_rows_find_call (ConfabdConnection *connection,
                                    const char *call_id,
                                    GError **error);
gboolean confabd_rows_find_role (ConfabdConnection *connection,
                                 const char *call_id,
                                 const char *user_id,
                                 gboolean *is_member,
                                 ConfabRole *role,
                                 GError **error);
gboolean confabd_rows_check_member (ConfabdConnection *connection,
                                    const char *call_id,
                                    const char *user_id,
                                    GError **error);
gboolean confabd_rows_set_role (ConfabdConnection *connection,
                                const char *call_id,
                                const char *user_id,
                                ConfabRole role,
                                gint64 now_us,
                                GError **error);
gboolean confabd_rows_add_user (ConfabdConnection *connection, ConfabUser *user, GError **error);

gboolean confabd_rows_check_open (ConfabCall *call, gint64 now_us, GError **error);
gboolean confabd_rows_check_place (ConfabdConnection *connection, ConfabCall *call, GError **error);
void confabd_rows_set_no_such_call (GError **error);

G_END_DECLS
