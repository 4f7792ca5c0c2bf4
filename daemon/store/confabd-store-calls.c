/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confab-permission.h"
#include "confab-time.h"
#include "confabd-audit-chain.h"
#include "confabd-store-calls.h"
#include "confabd-store-private.h"
#include "confabd-store-rows-private.h"

/**
 * confabd_roster_free:
 * @self: (transfer full): a roster
 */
void
confabd_roster_free (ConfabdRoster *self)
{
  g_clear_pointer (&self->call, confab_call_unref);
  g_clear_pointer (&self->participants, g_ptr_array_unref);
  g_free (self);
}

/* Creating */

typedef struct {
  ConfabUser *creator;  /* (owned) */
  ConfabCall *call;     /* (owned) */
  ConfabInvite *invite; /* (owned) */
  char *secret_hash;    /* (owned) */
  guint max_open;
  GPtrArray *audit; /* (element-type ConfabdAuditEntry) (owned) the one entry about it */
} NewCall;

static void
new_call_free (NewCall *self)
{
  confab_user_unref (self->creator);
  confab_call_unref (self->call);
  confab_invite_unref (self->invite);
  g_free (self->secret_hash);
  g_ptr_array_unref (self->audit);
  g_free (self);
}

/**
 * confabd_store_make_entry:
 * @facts: what the audit log is to say; copied
 * @at: when
 *
 * Written with what it is about, or not at all: neither is ever there without the other.
 *
 * Returns: (transfer full) (element-type ConfabdAuditEntry): the one entry
 */
GPtrArray *
confabd_store_make_entry (const ConfabdAuditFacts *facts, GDateTime *at)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_audit_entry_free);

  g_ptr_array_add (entries, confabd_audit_entry_new (facts, confab_time_to_unix_us (at)));
  return entries;
}

static gboolean
check_open_calls (ConfabdConnection *connection, NewCall *data, GError **error)
{
  g_autoptr (GVariant) row = NULL;
  guint n_open = 0;

  if (!confabd_connection_query_one (
          connection,
          "SELECT count(*) FROM calls"
          " WHERE creator_id = $1 AND state IN ('scheduled', 'open', 'live')",
          g_variant_new ("(s)", confab_user_get_id (data->creator)), "(u)", &row, error)) {
    return FALSE;
  }
  g_variant_get (row, "(u)", &n_open);
  if (n_open >= data->max_open) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT,
                 "You have %u calls open already; end one first", n_open);
    return FALSE;
  }
  return TRUE;
}

static gboolean
insert_call (ConfabdConnection *connection, ConfabCall *call, GError **error)
{
  return confabd_connection_execute (
      connection,
      "INSERT INTO calls (id, code, title, kind, state, creator_id, created_at, expires_at,"
      " max_participants, recording_policy, updated_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $7)",
      g_variant_new ("(ssmssssxxus)", confab_call_get_id (call), confab_call_get_code (call),
                     confab_call_get_title (call),
                     confab_call_kind_to_string (confab_call_get_kind (call)),
                     confab_call_state_to_string (confab_call_get_state (call)),
                     confab_call_get_creator_id (call),
                     confab_time_to_unix_us (confab_call_get_created_at (call)),
                     confab_time_to_unix_us (confab_call_get_expires_at (call)),
                     confab_call_get_max_participants (call),
                     confab_recording_policy_to_string (confab_call_get_recording_policy (call))),
      NULL, error);
}

static gboolean
insert_invite (ConfabdConnection *connection, NewCall *data, GError **error)
{
  GDateTime *expires_at = confab_invite_get_expires_at (data->invite);
  int uses_left = confab_invite_get_uses_left (data->invite);

  return confabd_connection_execute (
      connection,
      "INSERT INTO invites (id, call_id, made_by, secret_hash, role, uses_left, created_at,"
      " expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      g_variant_new ("(sssssmixmx)", confab_invite_get_id (data->invite),
                     confab_invite_get_call_id (data->invite),
                     confab_invite_get_made_by (data->invite), data->secret_hash,
                     confab_role_to_string (confab_invite_get_role (data->invite)), uses_left >= 0,
                     uses_left, confab_time_to_unix_us (confab_call_get_created_at (data->call)),
                     expires_at != NULL,
                     expires_at != NULL ? confab_time_to_unix_us (expires_at) : (gint64) 0),
      NULL, error);
}

static gpointer
run_create (ConfabdConnection *connection, gpointer user_data, GError **error)
{
  NewCall *data = user_data;
  gint64 now_us = confab_time_to_unix_us (confab_call_get_created_at (data->call));

  if (check_open_calls (connection, data, error) &&
      confabd_rows_add_user (connection, data->creator, error) &&
      insert_call (connection, data->call, error) && insert_invite (connection, data, error) &&
      confabd_rows_set_role (connection, confab_call_get_id (data->call),
                             confab_user_get_id (data->creator), CONFAB_ROLE_HOST, now_us, error)) {
    confabd_audit_chain_append (connection, data->audit, NULL, NULL, error);
  }
  return NULL;
}

/**
 * confabd_store_create_call_async:
 * @creator: becomes its host
 * @call: a new call
 * @invite: a first invitation to it
 * @secret_hash: SHA-256 of the invitation's secret, in hexadecimal
 * @max_open: how many calls of @creator may be open, this one included
 * @facts: what the audit log says of it; copied
 *
 * Keeps a new call, and that it was made. Finishes with %CONFAB_ERROR_CONFLICT when @creator has
 * enough of them.
 */
void
confabd_store_create_call_async (ConfabdStore *self,
                                 ConfabUser *creator,
                                 ConfabCall *call,
                                 ConfabInvite *invite,
                                 const char *secret_hash,
                                 guint max_open,
                                 const ConfabdAuditFacts *facts,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  NewCall *data = g_new0 (NewCall, 1);
  const ConfabdWork work = { run_create, data, (GDestroyNotify) new_call_free, NULL };

  data->creator = confab_user_ref (creator);
  data->call = confab_call_ref (call);
  data->invite = confab_invite_ref (invite);
  data->secret_hash = g_strdup (secret_hash);
  data->max_open = max_open;
  data->audit = confabd_store_make_entry (facts, confab_call_get_created_at (call));
  confabd_store_write (self, &work, confabd_store_create_call_async, cancellable, callback,
                       user_data);
}

/**
 * confabd_store_create_call_finish:
 *
 * Returns: whether the call is kept
 */
gboolean
confabd_store_create_call_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate_done (self, result, confabd_store_create_call_async, error);
}

/* Looking */

static gpointer
run_get (ConfabdConnection *connection, gpointer data, GError **error)
{
  g_autoptr (ConfabdRoster) roster = g_new0 (ConfabdRoster, 1);
  const char *user_id = confabd_row_get_text (data, 0);
  const char *call_id = confabd_row_get_text (data, 1);

  roster->call = confabd_rows_find_call_of (connection, call_id, user_id, error);
  if (roster->call == NULL) {
    return NULL;
  }
  roster->participants = confabd_rows_list_present (connection, call_id, error);
  return roster->participants != NULL ? g_steal_pointer (&roster) : NULL;
}

/**
 * confabd_store_get_call_async:
 *
 * Looks up a call and who is in it. Finishes with %CONFAB_ERROR_NO_SUCH_CALL for whoever is not a
 * member.
 */
void
confabd_store_get_call_async (ConfabdStore *self,
                              const char *user_id,
                              const char *call_id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  const ConfabdWork work = {
    run_get,
    g_variant_ref_sink (g_variant_new ("(ss)", user_id, call_id)),
    (GDestroyNotify) g_variant_unref,
    (GDestroyNotify) confabd_roster_free,
  };

  confabd_store_read (self, &work, confabd_store_get_call_async, cancellable, callback, user_data);
}

/**
 * confabd_store_get_call_finish:
 *
 * Returns: (transfer full): the call and those who are in it
 */
ConfabdRoster *
confabd_store_get_call_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_get_call_async, error);
}

static gpointer
run_list (ConfabdConnection *connection, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_call_unref);
  g_autoptr (GPtrArray) rows = NULL;

  rows = confabd_connection_query (connection,
                                   "SELECT " CONFABD_CALL_COLUMNS
                                   " FROM memberships m JOIN calls c ON c.id = m.call_id"
                                   " WHERE m.user_id = $1"
                                   " AND c.state IN ('scheduled', 'open', 'live')"
                                   " ORDER BY c.created_at DESC, c.id DESC LIMIT $2",
                                   data, CONFABD_CALL_ROW, error);
  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    ConfabCall *call = confabd_row_to_call (g_ptr_array_index (rows, i), error);

    if (call == NULL) {
      return NULL;
    }
    g_ptr_array_add (calls, call);
  }
  return rows != NULL ? g_steal_pointer (&calls) : NULL;
}

/**
 * confabd_store_list_calls_async:
 * @limit: the most to list
 *
 * Lists the calls that a user is a member of and that are not over, the newest first.
 */
void
confabd_store_list_calls_async (ConfabdStore *self,
                                const char *user_id,
                                guint limit,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  const ConfabdWork work = {
    run_list,
    g_variant_ref_sink (g_variant_new ("(su)", user_id, limit)),
    (GDestroyNotify) g_variant_unref,
    (GDestroyNotify) g_ptr_array_unref,
  };

  confabd_store_read (self, &work, confabd_store_list_calls_async, cancellable, callback,
                      user_data);
}

/**
 * confabd_store_list_calls_finish:
 *
 * Returns: (transfer full) (element-type ConfabCall): the calls
 */
GPtrArray *
confabd_store_list_calls_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_list_calls_async, error);
}

/* Ending */

typedef struct {
  char *user_id; /* (owned) (nullable) */
  char *call_id; /* (owned) */
  ConfabCallEvent event;
  char *reason;     /* (owned) */
  GDateTime *now;   /* (owned) */
  GPtrArray *audit; /* (element-type ConfabdAuditEntry) (owned) the one entry about it */
} End;

static void
end_free (End *self)
{
  g_free (self->user_id);
  g_free (self->call_id);
  g_free (self->reason);
  g_date_time_unref (self->now);
  g_ptr_array_unref (self->audit);
  g_free (self);
}

static gboolean
check_may_end (ConfabdConnection *connection, End *data, GError **error)
{
  gboolean is_member = FALSE;
  ConfabRole role = CONFAB_ROLE_LISTENER;

  if (data->user_id == NULL) {
    return TRUE;
  }
  if (!confabd_rows_find_role (connection, data->call_id, data->user_id, &is_member, &role,
                               error)) {
    return FALSE;
  }
  if (!is_member) {
    confabd_rows_set_no_such_call (error);
    return FALSE;
  }
  if (!confab_call_permission_is_granted (CONFAB_CALL_PERMISSION_END, role)) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                         "Only its host may end a call");
    return FALSE;
  }
  return TRUE;
}

static gboolean
write_end (ConfabdConnection *connection, End *data, ConfabCallState state, GError **error)
{
  gint64 now_us = confab_time_to_unix_us (data->now);

  return confabd_connection_execute (connection,
                                     "UPDATE calls SET state = $2, ended_at = $3, end_reason = $4,"
                                     " empty_since = NULL, updated_at = $3 WHERE id = $1",
                                     g_variant_new ("(ssxs)", data->call_id,
                                                    confab_call_state_to_string (state), now_us,
                                                    data->reason),
                                     NULL, error) &&
         confabd_connection_execute (connection,
                                     "UPDATE participants SET left_at = $2, leave_reason = 'ended'"
                                     " WHERE call_id = $1 AND left_at IS NULL",
                                     g_variant_new ("(sx)", data->call_id, now_us), NULL, error) &&
         confabd_audit_chain_append (connection, data->audit, NULL, NULL, error);
}

static gpointer
run_end (ConfabdConnection *connection, gpointer user_data, GError **error)
{
  End *data = user_data;
  g_autoptr (ConfabCall) call = NULL;
  ConfabCallState state;

  if (!check_may_end (connection, data, error)) {
    return NULL;
  }
  call = confabd_rows_find_call (connection, data->call_id, error);
  if (call == NULL) {
    return NULL;
  }
  if (!confab_call_state_next (confab_call_get_state (call), data->event, &state)) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_CALL_OVER, "The call is over already");
    return NULL;
  }
  return write_end (connection, data, state, error)
             ? confab_call_with_ended (call, state, data->now, data->reason)
             : NULL;
}

/**
 * confabd_store_end_call_async:
 * @user_id: (nullable): who ends it; %NULL for the daemon itself
 * @event: %CONFAB_CALL_EVENT_END or %CONFAB_CALL_EVENT_EXPIRE
 * @reason: why, as `ended-by-host`, `empty`
 * @now: the moment
 * @facts: what the audit log says of it; copied
 *
 * Ends a call for all who are in it, and writes down who did. Finishes with
 * %CONFAB_ERROR_NO_SUCH_CALL for whoever is not a member, %CONFAB_ERROR_NOT_ALLOWED for who is not
 * its host, and %CONFAB_ERROR_CALL_OVER.
 */
void
confabd_store_end_call_async (ConfabdStore *self,
                              const char *user_id,
                              const char *call_id,
                              ConfabCallEvent event,
                              const char *reason,
                              GDateTime *now,
                              const ConfabdAuditFacts *facts,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  End *data = g_new0 (End, 1);
  const ConfabdWork work = { run_end, data, (GDestroyNotify) end_free,
                             (GDestroyNotify) confab_call_unref };

  data->user_id = g_strdup (user_id);
  data->call_id = g_strdup (call_id);
  data->event = event;
  data->reason = g_strdup (reason);
  data->now = g_date_time_ref (now);
  data->audit = confabd_store_make_entry (facts, now);
  confabd_store_write (self, &work, confabd_store_end_call_async, cancellable, callback, user_data);
}

/**
 * confabd_store_end_call_finish:
 *
 * Returns: (transfer full): the call, over
 */
ConfabCall *
confabd_store_end_call_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_end_call_async, error);
}
