/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-store-rows-private.h"

/* The questions that several operations ask. */

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
