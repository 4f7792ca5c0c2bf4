/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-row-private.h"

/* Rows as values. */

static gpointer
set_unusable (GError **error, const char *what, const char *id)
{
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED, "The database holds an unusable %s “%s”",
               what, id);
  return NULL;
}

/* Returns: (transfer full) (nullable): NULL for SQL's NULL */
static GVariant *
dup_column (GVariant *row, gsize column)
{
  g_autoptr (GVariant) value = g_variant_get_child_value (row, column);

  return g_variant_is_of_type (value, G_VARIANT_TYPE_MAYBE) ? g_variant_get_maybe (value)
                                                            : g_steal_pointer (&value);
}

/**
 * confabd_row_get_text:
 * @row: a row
 * @column: one of type `s` or `ms`
 *
 * Where many rows are read: for `&s` g_variant_get() writes the whole row anew, which takes longer
 * than the query.
 *
 * Returns: (transfer none) (nullable): its text, which lives as long as @row; %NULL for SQL's NULL
 */
const char *
confabd_row_get_text (GVariant *row, gsize column)
{
  g_autoptr (GVariant) value = dup_column (row, column);

  return value != NULL ? g_variant_get_string (value, NULL) : NULL;
}

/**
 * confabd_row_get_integer:
 * @row: a row
 * @column: one of type `x` or `mx`
 * @number: (out): its number; 0 for SQL's NULL
 *
 * Returns: whether there is one
 */
gboolean
confabd_row_get_integer (GVariant *row, gsize column, gint64 *number)
{
  g_autoptr (GVariant) value = dup_column (row, column);

  *number = value != NULL ? g_variant_get_int64 (value) : 0;
  return value != NULL;
}

static gboolean
get_boolean (GVariant *row, gsize column)
{
  g_autoptr (GVariant) value = g_variant_get_child_value (row, column);

  return g_variant_get_boolean (value);
}

static guint
get_unsigned (GVariant *row, gsize column)
{
  g_autoptr (GVariant) value = g_variant_get_child_value (row, column);

  return g_variant_get_uint32 (value);
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

/* In the order of CONFABD_CALL_COLUMNS. */
static void
read_call (GVariant *row, CallRow *r)
{
  gsize column = 0;

  r->id = confabd_row_get_text (row, column++);
  r->code = confabd_row_get_text (row, column++);
  r->title = confabd_row_get_text (row, column++);
  r->kind = confabd_row_get_text (row, column++);
  r->state = confabd_row_get_text (row, column++);
  r->creator_id = confabd_row_get_text (row, column++);
  confabd_row_get_integer (row, column++, &r->created_us);
  r->is_started = confabd_row_get_integer (row, column++, &r->started_us);
  confabd_row_get_integer (row, column++, &r->expires_us);
  r->is_ended = confabd_row_get_integer (row, column++, &r->ended_us);
  r->end_reason = confabd_row_get_text (row, column++);
  r->max_participants = get_unsigned (row, column++);
  r->recording_policy = confabd_row_get_text (row, column++);
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
  CallRow r;
  ConfabCallKind kind;
  ConfabCallState state;
  ConfabRecordingPolicy policy;

  read_call (row, &r);
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

/* In the order of CONFABD_PARTICIPANT_COLUMNS. */
static void
read_participant (GVariant *row, ParticipantRow *r)
{
  gsize column = 0;

  r->id = confabd_row_get_text (row, column++);
  r->user_id = confabd_row_get_text (row, column++);
  r->display_name = confabd_row_get_text (row, column++);
  r->role = confabd_row_get_text (row, column++);
  confabd_row_get_integer (row, column++, &r->joined_us);
  r->has_left = confabd_row_get_integer (row, column++, &r->left_us);
  r->leave_reason = confabd_row_get_text (row, column++);
  r->is_muted = get_boolean (row, column++);
  r->is_deafened = get_boolean (row, column++);
  r->is_on_hold = get_boolean (row, column++);
  r->is_listen_only = get_boolean (row, column++);
  r->has_hand = confabd_row_get_integer (row, column++, &r->hand_us);
  r->is_recording = confabd_row_get_integer (row, column++, &r->recording_us);
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
  ParticipantRow r;
  ConfabRole role;

  read_participant (row, &r);
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
