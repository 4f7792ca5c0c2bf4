/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-store-participants.h"
#include "confabd-store-private.h"
#include "confabd-store-rows-private.h"

/**
 * confabd_entry_free:
 * @self: (transfer full): an entry
 */
void
confabd_entry_free (ConfabdEntry *self)
{
  g_clear_pointer (&self->call, confab_call_unref);
  g_clear_pointer (&self->participant, confab_participant_unref);
  g_free (self);
}

/* Entering */

typedef struct {
  ConfabUser *user;     /* (owned) */
  char *call_id;        /* (owned) */
  char *participant_id; /* (owned) */
  ConfabParticipantFlags flags;
  GDateTime *now; /* (owned) */
} Enter;

static void
enter_free (Enter *self)
{
  confab_user_unref (self->user);
  g_free (self->call_id);
  g_free (self->participant_id);
  g_date_time_unref (self->now);
  g_free (self);
}

static ConfabParticipant *
make_participant (Enter *data, ConfabRole role)
{
  g_autoptr (ConfabParticipant) plain =
      confab_participant_new (data->participant_id, confab_user_get_id (data->user),
                              confab_user_get_display_name (data->user), role, data->now);

  return confab_participant_with_flags (plain, &data->flags, data->now);
}

static gboolean
insert_participant (ConfabdConnection *connection, Enter *data, ConfabRole role, GError **error)
{
  gint64 now_us = confab_time_to_unix_us (data->now);

  return confabd_connection_execute (
      connection,
      "INSERT INTO participants (id, call_id, user_id, display_name, role, joined_at,"
      " muted, deafened, on_hold, listen_only, hand_raised_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      g_variant_new ("(sssssxbbbbmx)", data->participant_id, data->call_id,
                     confab_user_get_id (data->user), confab_user_get_display_name (data->user),
                     confab_role_to_string (role), now_us, (gboolean) data->flags.is_muted,
                     (gboolean) data->flags.is_deafened, (gboolean) data->flags.is_on_hold,
                     (gboolean) data->flags.is_listen_only, (gboolean) data->flags.has_hand_raised,
                     now_us),
      NULL, error);
}

/* Takes the call over and gives it back live. */
static ConfabCall *
bring_to_life (ConfabdConnection *connection,
               ConfabCall *call,
               GDateTime *now,
               gboolean *is_first,
               GError **error)
{
  ConfabCallState next;
  GDateTime *started_at = now;

  *is_first =
      confab_call_state_next (confab_call_get_state (call), CONFAB_CALL_EVENT_FIRST_JOIN, &next);
  if (!*is_first) {
    started_at = confab_call_get_started_at (call);
    next = confab_call_get_state (call);
  }
  if (!confabd_connection_execute (
          connection,
          "UPDATE calls SET state = $2, started_at = $3, empty_since = NULL,"
          " updated_at = CASE WHEN state = $2 THEN updated_at ELSE $3 END WHERE id = $1",
          g_variant_new ("(ssx)", confab_call_get_id (call), confab_call_state_to_string (next),
                         confab_time_to_unix_us (started_at)),
          NULL, error)) {
    return NULL;
  }
  return confab_call_with_started (call, started_at);
}

static ConfabCall *
check_entry (ConfabdConnection *connection, Enter *data, ConfabRole *role, GError **error)
{
  g_autoptr (ConfabCall) call = NULL;
  gboolean is_member = FALSE;

  call = confabd_rows_find_call (connection, data->call_id, error);
  if (call == NULL ||
      !confabd_rows_find_role (connection, data->call_id, confab_user_get_id (data->user),
                               &is_member, role, error)) {
    return NULL;
  }
  if (!is_member) {
    confabd_rows_set_no_such_call (error);
    return NULL;
  }
  if (!confabd_rows_check_open (call, confab_time_to_unix_us (data->now), error) ||
      !confabd_rows_check_place (connection, call, error)) {
    return NULL;
  }
  return g_steal_pointer (&call);
}

static gpointer
run_enter (ConfabdConnection *connection, gpointer user_data, GError **error)
{
  Enter *data = user_data;
  g_autoptr (ConfabdEntry) entry = g_new0 (ConfabdEntry, 1);
  g_autoptr (ConfabCall) call = NULL;
  ConfabRole role = CONFAB_ROLE_LISTENER;

  call = check_entry (connection, data, &role, error);
  if (call == NULL || !insert_participant (connection, data, role, error)) {
    return NULL;
  }
  entry->call = bring_to_life (connection, call, data->now, &entry->is_first, error);
  if (entry->call == NULL) {
    return NULL;
  }
  entry->participant = make_participant (data, role);
  return g_steal_pointer (&entry);
}

/**
 * confabd_store_enter_async:
 * @user: a member of the call
 * @participant_id: a new id
 * @flags: how they come
 *
 * Puts somebody into a call; the first one brings it to life. Members, state and places are looked
 * at in the same transaction, so that of two who want the last place one gets it.
 *
 * Finishes with %CONFAB_ERROR_NO_SUCH_CALL, also for whoever is not a member,
 * %CONFAB_ERROR_CALL_OVER and %CONFAB_ERROR_CALL_FULL.
 */
void
confabd_store_enter_async (ConfabdStore *self,
                           ConfabUser *user,
                           const char *call_id,
                           const char *participant_id,
                           const ConfabParticipantFlags *flags,
                           GDateTime *now,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  Enter *data = g_new0 (Enter, 1);
  const ConfabdWork work = { run_enter, data, (GDestroyNotify) enter_free,
                             (GDestroyNotify) confabd_entry_free };

  data->user = confab_user_ref (user);
  data->call_id = g_strdup (call_id);
  data->participant_id = g_strdup (participant_id);
  data->flags = *flags;
  data->now = g_date_time_ref (now);
  confabd_store_write (self, &work, confabd_store_enter_async, cancellable, callback, user_data);
}

/**
 * confabd_store_enter_finish:
 *
 * Returns: (transfer full): who came into what
 */
ConfabdEntry *
confabd_store_enter_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_enter_async, error);
}

/* Changing */

typedef struct {
  char *participant_id; /* (owned) */
  ConfabParticipantFlags flags;
  GDateTime *now; /* (owned) */
} Change;

static void
change_free (Change *self)
{
  g_free (self->participant_id);
  g_date_time_unref (self->now);
  g_free (self);
}

static ConfabParticipant *
find_present (ConfabdConnection *connection, const char *participant_id, GError **error)
{
  g_autoptr (GVariant) row = NULL;

  if (!confabd_connection_query_one (connection,
                                     "SELECT " CONFABD_PARTICIPANT_COLUMNS " FROM participants p"
                                     " WHERE p.id = $1 AND p.left_at IS NULL",
                                     g_variant_new ("(s)", participant_id), CONFABD_PARTICIPANT_ROW,
                                     &row, error)) {
    return NULL;
  }
  if (row == NULL) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_PARTICIPANT,
                         "There is no such participant");
    return NULL;
  }
  return confabd_row_to_participant (row, error);
}

static gpointer
run_set_flags (ConfabdConnection *connection, gpointer user_data, GError **error)
{
  Change *data = user_data;
  g_autoptr (ConfabParticipant) before = NULL;
  g_autoptr (ConfabParticipant) after = NULL;
  GDateTime *hand_at = NULL;
  GDateTime *recording_since = NULL;

  before = find_present (connection, data->participant_id, error);
  if (before == NULL) {
    return NULL;
  }
  after = confab_participant_with_flags (before, &data->flags, data->now);
  hand_at = confab_participant_get_hand_raised_at (after);
  recording_since = confab_participant_get_recording_since (after);
  if (!confabd_connection_execute (
          connection,
          "UPDATE participants SET muted = $2, deafened = $3, on_hold = $4, listen_only = $5,"
          " hand_raised_at = $6, recording_since = $7 WHERE id = $1",
          g_variant_new ("(sbbbbmxmx)", data->participant_id, (gboolean) data->flags.is_muted,
                         (gboolean) data->flags.is_deafened, (gboolean) data->flags.is_on_hold,
                         (gboolean) data->flags.is_listen_only, hand_at != NULL,
                         hand_at != NULL ? confab_time_to_unix_us (hand_at) : (gint64) 0,
                         recording_since != NULL,
                         recording_since != NULL ? confab_time_to_unix_us (recording_since)
                                                 : (gint64) 0),
          NULL, error)) {
    return NULL;
  }
  return g_steal_pointer (&after);
}

/**
 * confabd_store_set_flags_async:
 *
 * Keeps what a participant says about themself; a hand that was up stays up since then. Finishes
 * with %CONFAB_ERROR_NO_SUCH_PARTICIPANT for who has left.
 */
void
confabd_store_set_flags_async (ConfabdStore *self,
                               const char *participant_id,
                               const ConfabParticipantFlags *flags,
                               GDateTime *now,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  Change *data = g_new0 (Change, 1);
  const ConfabdWork work = { run_set_flags, data, (GDestroyNotify) change_free,
                             (GDestroyNotify) confab_participant_unref };

  data->participant_id = g_strdup (participant_id);
  data->flags = *flags;
  data->now = g_date_time_ref (now);
  confabd_store_write (self, &work, confabd_store_set_flags_async, cancellable, callback,
                       user_data);
}

/**
 * confabd_store_set_flags_finish:
 *
 * Returns: (transfer full): the participant as they are now
 */
ConfabParticipant *
confabd_store_set_flags_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_set_flags_async, error);
}

/* Leaving */

static gpointer
run_leave (ConfabdConnection *connection, gpointer data, GError **error)
{
  const char *participant_id;
  const char *reason;
  gint64 now_us;

  g_variant_get (data, "(&s&sx)", &participant_id, &reason, &now_us);
  if (confabd_connection_execute (connection,
                                  "UPDATE participants SET left_at = $3, leave_reason = $2"
                                  " WHERE id = $1 AND left_at IS NULL",
                                  data, NULL, error)) {
    confabd_connection_execute (
        connection,
        "UPDATE calls SET empty_since = $2 WHERE state = 'live' AND empty_since IS NULL"
        " AND id = (SELECT call_id FROM participants WHERE id = $1)"
        " AND NOT EXISTS (SELECT 1 FROM participants p"
        "                 WHERE p.call_id = calls.id AND p.left_at IS NULL)",
        g_variant_new ("(sx)", participant_id, now_us), NULL, error);
  }
  return NULL;
}

/**
 * confabd_store_leave_async:
 * @reason: why, as `left`, `lost`, `too-slow`
 *
 * Takes somebody out of their call; the last one leaves it empty since @now. Leaving again, or
 * after the end, changes nothing.
 */
void
confabd_store_leave_async (ConfabdStore *self,
                           const char *participant_id,
                           const char *reason,
                           GDateTime *now,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  const ConfabdWork work = {
    run_leave,
    g_variant_ref_sink (
        g_variant_new ("(ssx)", participant_id, reason, confab_time_to_unix_us (now))),
    (GDestroyNotify) g_variant_unref,
    NULL,
  };

  confabd_store_write (self, &work, confabd_store_leave_async, cancellable, callback, user_data);
}

/**
 * confabd_store_leave_finish:
 *
 * Returns: whether the participant is out of the call
 */
gboolean
confabd_store_leave_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate_done (self, result, confabd_store_leave_async, error);
}
