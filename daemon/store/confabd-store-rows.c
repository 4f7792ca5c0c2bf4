/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-store-rows-private.h"

/* Rows and values, and the questions that several operations ask. */

static gpointer
set_unusable (GError **error, const char *what, const char *id)
{
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "The database holds an unusable %s “%s”",
               what, id);
  return NULL;
}

typedef struct {
  const char *id;
  const char *code;
  const char *title;
  const char *kind;
  const char *state;
  const char *creator_id;
  const char *end_reason;
  const char *recording_policy;
  gint64 created_us, expires_us, started_us, ended_us;
  gboolean is_started, is_ended;
  guint max_participants;
} CallRow;

static ConfabCall *
build_call (const CallRow *row,
            ConfabCallKind kind,
            ConfabCallState state,
            ConfabRecordingPolicy recording_policy)
{
  g_autoptr (GDateTime) created_at = confab_time_from_unix_us (row->created_us);
  g_autoptr (GDateTime) expires_at = confab_time_from_unix_us (row->expires_us);
  g_autoptr (ConfabCall) plain =
      confab_call_new (row->id, row->code, row->creator_id, created_at, expires_at);
  g_autoptr (ConfabCall) titled = confab_call_with_title (plain, row->title);
  g_autoptr (ConfabCall) of_kind = confab_call_with_kind (titled, kind);
  g_autoptr (ConfabCall) sized = confab_call_with_max_participants (of_kind, row->max_participants);
  g_autoptr (ConfabCall) call = confab_call_with_recording_policy (sized, recording_policy);

  if (row->is_started) {
    g_autoptr (GDateTime) started_at = confab_time_from_unix_us (row->started_us);
    g_autoptr (ConfabCall) before = g_steal_pointer (&call);

    call = confab_call_with_started (before, started_at);
  }
  if (row->is_ended && confab_call_state_is_over (state)) {
    g_autoptr (GDateTime) ended_at = confab_time_from_unix_us (row->ended_us);

    return confab_call_with_ended (call, state, ended_at, row->end_reason);
  }
  return confab_call_with_state (call, state);
}

/**
 * confabd_row_to_call:
 * @row: of %CONFABD_CALL_ROW
 *
 * Returns: (transfer full): the call
 */
ConfabCall *
confabd_row_to_call (GVariant *row, GError **error)
{
  CallRow r = { 0 };
  ConfabCallKind kind;
  ConfabCallState state;
  ConfabRecordingPolicy policy;

  g_variant_get (row, "(&s&sm&s&s&s&sxmxxmxm&su&s)", &r.id, &r.code, &r.title, &r.kind, &r.state,
                 &r.creator_id, &r.created_us, &r.is_started, &r.started_us, &r.expires_us,
                 &r.is_ended, &r.ended_us, &r.end_reason, &r.max_participants, &r.recording_policy);
  if (!confab_call_kind_from_string (r.kind, &kind) ||
      !confab_call_state_from_string (r.state, &state) ||
      !confab_recording_policy_from_string (r.recording_policy, &policy)) {
    return set_unusable (error, "call", r.id);
  }
  return build_call (&r, kind, state, policy);
}

typedef struct {
  const char *id;
  const char *user_id;
  const char *display_name;
  const char *role;
  const char *leave_reason;
  gint64 joined_us, left_us, hand_us, recording_us;
  gboolean is_recording, has_left, is_muted, is_deafened, is_on_hold, is_listen_only, has_hand;
} ParticipantRow;

static ConfabParticipant *
build_participant (const ParticipantRow *row, ConfabRole role)
{
  const ConfabParticipantFlags flags = {
    .is_muted = row->is_muted,
    .is_deafened = row->is_deafened,
    .is_on_hold = row->is_on_hold,
    .is_listen_only = row->is_listen_only,
    .has_hand_raised = row->has_hand,
  };
  g_autoptr (GDateTime) joined_at = confab_time_from_unix_us (row->joined_us);
  g_autoptr (GDateTime) hand_at = confab_time_from_unix_us (row->hand_us);
  g_autoptr (ConfabParticipant) plain =
      confab_participant_new (row->id, row->user_id, row->display_name, role, joined_at);
  g_autoptr (GDateTime) recording_since =
      row->is_recording ? confab_time_from_unix_us (row->recording_us) : NULL;
  g_autoptr (ConfabParticipant) flagged = confab_participant_with_flags (plain, &flags, hand_at);
  g_autoptr (ConfabParticipant) participant =
      confab_participant_with_recording (flagged, recording_since);

  if (row->has_left) {
    g_autoptr (GDateTime) left_at = confab_time_from_unix_us (row->left_us);

    return confab_participant_with_left (participant, left_at, row->leave_reason);
  }
  return g_steal_pointer (&participant);
}

/**
 * confabd_row_to_participant:
 * @row: of %CONFABD_PARTICIPANT_ROW
 *
 * Returns: (transfer full): the participant
 */
ConfabParticipant *
confabd_row_to_participant (GVariant *row, GError **error)
{
  ParticipantRow r = { 0 };
  ConfabRole role;

  g_variant_get (row, "(&sm&s&s&sxmxm&sbbbbmxmx)", &r.id, &r.user_id, &r.display_name, &r.role,
                 &r.joined_us, &r.has_left, &r.left_us, &r.leave_reason, &r.is_muted,
                 &r.is_deafened, &r.is_on_hold, &r.is_listen_only, &r.has_hand, &r.hand_us,
                 &r.is_recording, &r.recording_us);
  if (!confab_role_from_string (r.role, &role)) {
    return set_unusable (error, "participant", r.id);
  }
  return build_participant (&r, role);
}

/**
 * confabd_row_to_user:
 * @row: of %CONFABD_USER_ROW
 *
 * Returns: (transfer full): the user
 */
ConfabUser *
confabd_row_to_user (GVariant *row, GError **error)
{
  g_autoptr (GDateTime) created_at = NULL;
  const char *id;
  const char *display_name;
  const char *role_name;
  ConfabUserRole role;
  gint64 created_us;

  g_variant_get (row, "(&s&s&sx)", &id, &display_name, &role_name, &created_us);
  if (!confab_user_role_from_string (role_name, &role)) {
    return set_unusable (error, "user", id);
  }
  created_at = confab_time_from_unix_us (created_us);
  return confab_user_new (id, display_name, role, created_at);
}

/* A row of a call, or that there is none. */
static ConfabCall *
take_call (GVariant *row, GError **error)
{
  if (row == NULL) {
    confabd_rows_set_no_such_call (error);
    return NULL;
  }
  return confabd_row_to_call (row, error);
}

/**
 * confabd_rows_find_call_of:
 *
 * Returns: (transfer full): the call as a member of it; %NULL with %CONFAB_ERROR_NO_SUCH_CALL also
 *   for whoever is none, since not even that it exists is for everybody to know
 */
ConfabCall *
confabd_rows_find_call_of (ConfabdConnection *connection,
                           const char *call_id,
                           const char *user_id,
                           GError **error)
{
  g_autoptr (GVariant) row = NULL;

  if (!confabd_connection_query_one (
          connection,
          "SELECT " CONFABD_CALL_COLUMNS " FROM calls c JOIN memberships m ON m.call_id = c.id"
          " WHERE c.id = $1 AND m.user_id = $2",
          g_variant_new ("(ss)", call_id, user_id), CONFABD_CALL_ROW, &row, error)) {
    return NULL;
  }
  return take_call (row, error);
}

/**
 * confabd_rows_find_call:
 *
 * Returns: (transfer full): the call; %NULL with %CONFAB_ERROR_NO_SUCH_CALL
 */
ConfabCall *
confabd_rows_find_call (ConfabdConnection *connection, const char *call_id, GError **error)
{
  g_autoptr (GVariant) row = NULL;

  if (!confabd_connection_query_one (
          connection, "SELECT " CONFABD_CALL_COLUMNS " FROM calls c WHERE c.id = $1",
          g_variant_new ("(s)", call_id), CONFABD_CALL_ROW, &row, error)) {
    return NULL;
  }
  return take_call (row, error);
}

/**
 * confabd_rows_find_role:
 * @is_member: (out): whether the user may be in the call
 * @role: (out): as what, when they may
 *
 * Returns: whether the database answered
 */
gboolean
confabd_rows_find_role (ConfabdConnection *connection,
                        const char *call_id,
                        const char *user_id,
                        gboolean *is_member,
                        ConfabRole *role,
                        GError **error)
{
  g_autoptr (GVariant) row = NULL;
  const char *name;

  if (!confabd_connection_query_one (
          connection, "SELECT role FROM memberships WHERE call_id = $1 AND user_id = $2",
          g_variant_new ("(ss)", call_id, user_id), "(s)", &row, error)) {
    return FALSE;
  }
  *is_member = FALSE;
  if (row != NULL) {
    g_variant_get (row, "(&s)", &name);
    *is_member = confab_role_from_string (name, role);
  }
  return TRUE;
}

/**
 * confabd_rows_check_member:
 *
 * Returns: whether the user may know of the call; else with %CONFAB_ERROR_NO_SUCH_CALL
 */
gboolean
confabd_rows_check_member (ConfabdConnection *connection,
                           const char *call_id,
                           const char *user_id,
                           GError **error)
{
  gboolean is_member = FALSE;
  ConfabRole role;

  if (!confabd_rows_find_role (connection, call_id, user_id, &is_member, &role, error)) {
    return FALSE;
  }
  if (!is_member) {
    /* Not even that it exists is for everybody to know. */
    confabd_rows_set_no_such_call (error);
  }
  return is_member;
}

/**
 * confabd_rows_set_role:
 *
 * Returns: whether the user may be in the call as @role now
 */
gboolean
confabd_rows_set_role (ConfabdConnection *connection,
                       const char *call_id,
                       const char *user_id,
                       ConfabRole role,
                       gint64 now_us,
                       GError **error)
{
  return confabd_connection_execute (
      connection,
      "INSERT INTO memberships (call_id, user_id, role, made_at) VALUES ($1, $2, $3, $4)"
      " ON CONFLICT (call_id, user_id) DO UPDATE SET role = excluded.role",
      g_variant_new ("(sssx)", call_id, user_id, confab_role_to_string (role), now_us), NULL,
      error);
}

/**
 * confabd_rows_add_user:
 *
 * Keeps a user from the moment on that something of theirs is kept; a guest who only signs in
 * leaves nothing behind.
 *
 * Returns: whether the user is there now
 */
gboolean
confabd_rows_add_user (ConfabdConnection *connection, ConfabUser *user, GError **error)
{
  return confabd_connection_execute (
      connection,
      "INSERT INTO users (id, display_name, role, created_at, updated_at)"
      " VALUES ($1, $2, $3, $4, $4)"
      " ON CONFLICT (id) DO NOTHING",
      g_variant_new ("(sssx)", confab_user_get_id (user), confab_user_get_display_name (user),
                     confab_user_role_to_string (confab_user_get_role (user)),
                     confab_time_to_unix_us (confab_user_get_created_at (user))),
      NULL, error);
}

/**
 * confabd_rows_check_open:
 *
 * Returns: whether one can still come into the call; else with %CONFAB_ERROR_CALL_OVER
 */
gboolean
confabd_rows_check_open (ConfabCall *call, gint64 now_us, GError **error)
{
  ConfabCallState state = confab_call_get_state (call);
  gboolean is_expired = state == CONFAB_CALL_STATE_OPEN &&
                        confab_time_to_unix_us (confab_call_get_expires_at (call)) <= now_us;

  if (confab_call_state_is_over (state) || is_expired) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_CALL_OVER, "The call is over");
    return FALSE;
  }
  return TRUE;
}

static gboolean
count_present (ConfabdConnection *connection, const char *call_id, guint *n_present, GError **error)
{
  g_autoptr (GVariant) row = NULL;

  if (!confabd_connection_query_one (
          connection, "SELECT count(*) FROM participants WHERE call_id = $1 AND left_at IS NULL",
          g_variant_new ("(s)", call_id), "(u)", &row, error)) {
    return FALSE;
  }
  g_variant_get (row, "(u)", n_present);
  return TRUE;
}

/**
 * confabd_rows_check_place:
 *
 * Returns: whether there is a place left; else with %CONFAB_ERROR_CALL_FULL
 */
gboolean
confabd_rows_check_place (ConfabdConnection *connection, ConfabCall *call, GError **error)
{
  guint n_present = 0;

  if (!count_present (connection, confab_call_get_id (call), &n_present, error)) {
    return FALSE;
  }
  if (n_present >= confab_call_get_max_participants (call)) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_CALL_FULL,
                 "The call is full: it holds %u people", confab_call_get_max_participants (call));
    return FALSE;
  }
  return TRUE;
}

void
confabd_rows_set_no_such_call (GError **error)
{
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_CALL, "There is no such call");
}

/**
 * confabd_rows_list_present:
 *
 * Returns: (transfer full) (element-type ConfabParticipant): who is in the call, in the order of
 * entering
 */
GPtrArray *
confabd_rows_list_present (ConfabdConnection *connection, const char *call_id, GError **error)
{
  g_autoptr (GPtrArray) participants =
      g_ptr_array_new_with_free_func ((GDestroyNotify) confab_participant_unref);
  g_autoptr (GPtrArray) rows = NULL;

  rows = confabd_connection_query (connection,
                                   "SELECT " CONFABD_PARTICIPANT_COLUMNS " FROM participants p"
                                   " WHERE p.call_id = $1 AND p.left_at IS NULL"
                                   " ORDER BY p.joined_at, p.id",
                                   g_variant_new ("(s)", call_id), CONFABD_PARTICIPANT_ROW, error);
  if (rows == NULL) {
    return NULL;
  }
  for (guint i = 0; i < rows->len; i++) {
    ConfabParticipant *participant =
        confabd_row_to_participant (g_ptr_array_index (rows, i), error);

    if (participant == NULL) {
      return NULL;
    }
    g_ptr_array_add (participants, participant);
  }
  return g_steal_pointer (&participants);
}
