/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-store-private.h"
#include "confabd-store-sessions-private.h"
#include "confabd-store-sessions.h"

/**
 * confabd_row_to_session:
 * @row: of %CONFABD_SESSION_ROW
 *
 * Returns: (transfer full): the session
 */
ConfabdSession *
confabd_row_to_session (GVariant *row, GError **error)
{
  ConfabdSession fields = { NULL };
  g_autoptr (GDateTime) created_at = NULL;
  g_autoptr (GDateTime) last_seen_at = NULL;
  g_autoptr (GDateTime) expires_at = NULL;
  const char *kind;
  gint64 created_us, last_seen_us, expires_us;

  g_variant_get (row, "(&s&s&s&sbxxx)", &fields.id, &fields.user_id, &fields.device_name, &kind,
                 &fields.is_trusted, &created_us, &last_seen_us, &expires_us);
  if (!confabd_session_kind_from_string (kind, &fields.kind)) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                 "The database holds an unusable session “%s”", fields.id);
    return NULL;
  }
  fields.created_at = created_at = confab_time_from_unix_us (created_us);
  fields.last_seen_at = last_seen_at = confab_time_from_unix_us (last_seen_us);
  fields.expires_at = expires_at = confab_time_from_unix_us (expires_us);
  return confabd_session_new (&fields);
}

/* Adding */

typedef struct {
  ConfabdSession *session; /* (owned) */
  char *address;           /* (owned) (nullable) */
  char *refresh_hash;      /* (owned) */
  char *password_hash;     /* (owned) (nullable) */
  ConfabUserRole role;
} Add;

static void
add_free (Add *self)
{
  confabd_session_unref (self->session);
  g_free (self->address);
  g_free (self->refresh_hash);
  g_free (self->password_hash);
  g_free (self);
}

static gboolean
refuse (GError **error, ConfabError code, const char *sentence)
{
  g_set_error_literal (error, CONFAB_ERROR, code, sentence);
  return FALSE;
}

/* Proving a password takes a while, in which somebody else may change it, take a role away, or
 * disable the account and end its sessions: this one would stay. */
static gboolean
check_user (ConfabdConnection *connection, const Add *add, GError **error)
{
  g_autoptr (GVariant) row = NULL;
  const char *password_hash;
  const char *role;
  gboolean is_disabled;

  if (!confabd_connection_query_one (
          connection,
          "SELECT password_hash, role, disabled_at IS NOT NULL FROM users"
          " WHERE id = $1 AND deleted_at IS NULL",
          g_variant_new ("(s)", add->session->user_id), "(mssb)", &row, error)) {
    return FALSE;
  }
  if (row == NULL) {
    return refuse (error, CONFAB_ERROR_NOT_AUTHENTICATED, "There is no such account any more");
  }
  g_variant_get (row, "(m&s&sb)", &password_hash, &role, &is_disabled);
  if (is_disabled) {
    return refuse (error, CONFAB_ERROR_NOT_ALLOWED, "The account is disabled");
  }
  if ((add->password_hash == NULL || g_strcmp0 (password_hash, add->password_hash) == 0) &&
      g_str_equal (role, confab_user_role_to_string (add->role))) {
    return TRUE;
  }
  return refuse (error, CONFAB_ERROR_NOT_AUTHENTICATED,
                 "The account was changed just now; sign in again");
}

static gboolean
insert_session (ConfabdConnection *connection, const Add *add, GError **error)
{
  const ConfabdSession *s = add->session;

  return confabd_connection_execute (
      connection,
      "INSERT INTO sessions (id, user_id, device_name, kind, is_trusted, created_at, last_seen_at,"
      " expires_at, address) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      g_variant_new ("(ssssbxxxms)", s->id, s->user_id, s->device_name,
                     confabd_session_kind_to_string (s->kind), s->is_trusted,
                     confab_time_to_unix_us (s->created_at),
                     confab_time_to_unix_us (s->last_seen_at),
                     confab_time_to_unix_us (s->expires_at), add->address),
      NULL, error);
}

static gboolean
note_login (ConfabdConnection *connection, const Add *add, GError **error)
{
  return confabd_connection_execute (
      connection, "UPDATE users SET last_login_at = $2 WHERE id = $1",
      g_variant_new ("(sx)", add->session->user_id,
                     confab_time_to_unix_us (add->session->created_at)),
      NULL, error);
}

/**
 * confabd_rows_add_refresh_token:
 * @follows: (nullable): the one that it was given for; the first of a session follows none
 *
 * Returns: whether it is kept
 */
gboolean
confabd_rows_add_refresh_token (ConfabdConnection *connection,
                                const char *hash,
                                const char *session_id,
                                const char *follows,
                                gint64 now_us,
                                GError **error)
{
  return confabd_connection_execute (
      connection,
      "INSERT INTO refresh_tokens (hash, session_id, follows, created_at) VALUES ($1, $2, $3, $4)",
      g_variant_new ("(ssmsx)", hash, session_id, follows, now_us), NULL, error);
}

/**
 * confabd_rows_revoke_session:
 *
 * Returns: whether all is well; also when it was revoked before, which then stays as it was
 */
gboolean
confabd_rows_revoke_session (ConfabdConnection *connection,
                             const char *id,
                             gint64 now_us,
                             const char *reason,
                             GError **error)
{
  return confabd_connection_execute (connection,
                                     "UPDATE sessions SET revoked_at = $2, revoke_reason = $3 "
                                     "WHERE id = $1 AND revoked_at IS NULL",
                                     g_variant_new ("(sxs)", id, now_us, reason), NULL, error);
}

/* Revokes each of @rows, of (s). */
static GPtrArray *
revoke_rows (ConfabdConnection *connection,
             GPtrArray *rows,
             gint64 now_us,
             const char *reason,
             GError **error)
{
  g_autoptr (GPtrArray) revoked =
      g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_revocation_free);

  for (guint i = 0; i < rows->len; i++) {
    const char *id;

    g_variant_get (rows->pdata[i], "(&s)", &id);
    if (!confabd_rows_revoke_session (connection, id, now_us, reason, error)) {
      return NULL;
    }
    g_ptr_array_add (revoked, confabd_revocation_new (id, now_us));
  }
  return g_steal_pointer (&revoked);
}

static gpointer
run_add (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Add *add = data;
  gint64 now_us = confab_time_to_unix_us (add->session->created_at);
  g_autoptr (GPtrArray) surplus = NULL;

  if (!check_user (connection, add, error) || !insert_session (connection, add, error) ||
      !note_login (connection, add, error) ||
      !confabd_rows_add_refresh_token (connection, add->refresh_hash, add->session->id, NULL,
                                       now_us, error)) {
    return NULL;
  }
  surplus = confabd_connection_query (
      connection,
      "SELECT id FROM sessions WHERE user_id = $1 AND revoked_at IS NULL"
      " ORDER BY last_seen_at DESC, id LIMIT 1000 OFFSET $2",
      g_variant_new ("(su)", add->session->user_id, (guint) CONFABD_SESSIONS_PER_USER), "(s)",
      error);
  return surplus != NULL ? revoke_rows (connection, surplus, now_us, "too-many", error) : NULL;
}

/**
 * confabd_store_add_session_async:
 * @opening: a new session of a user that is kept; copied
 *
 * Keeps a session: its user signed in now. Of too many the ones that were not seen for longest are
 * revoked.
 */
void
confabd_store_add_session_async (ConfabdStore *self,
                                 const ConfabdSessionOpening *opening,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  Add *add = g_new0 (Add, 1);
  const ConfabdWork work = { run_add, add, (GDestroyNotify) add_free,
                             (GDestroyNotify) g_ptr_array_unref };

  add->session = confabd_session_ref (opening->session);
  add->address = g_strdup (opening->address);
  add->refresh_hash = g_strdup (opening->refresh_hash);
  add->password_hash = g_strdup (opening->password_hash);
  add->role = confab_user_get_role (opening->user);
  confabd_store_write (self, &work, confabd_store_add_session_async, cancellable, callback,
                       user_data);
}

/**
 * confabd_store_add_session_finish:
 *
 * Fails with %CONFAB_ERROR_NOT_ALLOWED when the user is disabled, and with
 * %CONFAB_ERROR_NOT_AUTHENTICATED when they are gone, or have another
 * password or role by now.
 *
 * Returns: (transfer full) (element-type ConfabdRevocation): the sessions that made place
 */
GPtrArray *
confabd_store_add_session_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_add_session_async, error);
}

/* Listing */

typedef struct {
  char *user_id;   /* (owned) */
  char *only_id;   /* (owned) (nullable) */
  char *except_id; /* (owned) (nullable) */
  char *reason;    /* (owned) (nullable) */
  gint64 now_us;
} Selection;

static void
selection_free (Selection *self)
{
  g_free (self->user_id);
  g_free (self->only_id);
  g_free (self->except_id);
  g_free (self->reason);
  g_free (self);
}

static Selection *
selection_new (const char *user_id, GDateTime *now)
{
  Selection *self = g_new0 (Selection, 1);

  self->user_id = g_strdup (user_id);
  self->now_us = confab_time_to_unix_us (now);
  return self;
}

static gpointer
run_list (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Selection *selection = data;
  g_autoptr (GPtrArray) sessions =
      g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_session_unref);
  g_autoptr (GPtrArray) rows = confabd_connection_query (
      connection,
      "SELECT " CONFABD_SESSION_COLUMNS " FROM sessions s"
      " WHERE s.user_id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2"
      " ORDER BY s.created_at, s.id LIMIT $3",
      g_variant_new ("(sxu)", selection->user_id, selection->now_us,
                     (guint) CONFABD_SESSIONS_PER_USER),
      CONFABD_SESSION_ROW, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    ConfabdSession *session = confabd_row_to_session (rows->pdata[i], error);

    if (session == NULL) {
      return NULL;
    }
    g_ptr_array_add (sessions, session);
  }
  return rows != NULL ? g_steal_pointer (&sessions) : NULL;
}

/**
 * confabd_store_list_sessions_async:
 * @user_id: a user
 * @now: the time
 *
 * Lists where @user_id is signed in, in the order of signing in.
 */
void
confabd_store_list_sessions_async (ConfabdStore *self,
                                   const char *user_id,
                                   GDateTime *now,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  const ConfabdWork work = { run_list, selection_new (user_id, now),
                             (GDestroyNotify) selection_free, (GDestroyNotify) g_ptr_array_unref };

  confabd_store_read (self, &work, confabd_store_list_sessions_async, cancellable, callback,
                      user_data);
}

/**
 * confabd_store_list_sessions_finish:
 *
 * Returns: (transfer full) (element-type ConfabdSession): at most %CONFABD_SESSIONS_PER_USER
 */
GPtrArray *
confabd_store_list_sessions_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_list_sessions_async, error);
}

/* Revoking */

static gpointer
run_revoke (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Selection *selection = data;
  g_autoptr (GPtrArray) rows = confabd_connection_query (
      connection,
      "SELECT id FROM sessions WHERE user_id = $1 AND revoked_at IS NULL"
      " AND expires_at > $2 AND (id = $3 OR $3 = '') AND id <> $4",
      g_variant_new ("(sxss)", selection->user_id, selection->now_us,
                     selection->only_id != NULL ? selection->only_id : "",
                     selection->except_id != NULL ? selection->except_id : ""),
      "(s)", error);

  return rows != NULL ? revoke_rows (connection, rows, selection->now_us, selection->reason, error)
                      : NULL;
}

/**
 * confabd_store_revoke_sessions_async:
 * @user_id: whose
 * @only_id: (nullable): only that one
 * @except_id: (nullable): all but that one
 * @reason: why, for the administrator
 * @now: the time
 *
 * Signs @user_id out. Which sessions there were is the result.
 */
void
confabd_store_revoke_sessions_async (ConfabdStore *self,
                                     const char *user_id,
                                     const char *only_id,
                                     const char *except_id,
                                     const char *reason,
                                     GDateTime *now,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  Selection *selection = selection_new (user_id, now);
  const ConfabdWork work = { run_revoke, selection, (GDestroyNotify) selection_free,
                             (GDestroyNotify) g_ptr_array_unref };

  selection->only_id = g_strdup (only_id);
  selection->except_id = g_strdup (except_id);
  selection->reason = g_strdup (reason);
  confabd_store_write (self, &work, confabd_store_revoke_sessions_async, cancellable, callback,
                       user_data);
}

/**
 * confabd_store_revoke_sessions_finish:
 *
 * Returns: (transfer full) (element-type ConfabdRevocation): what was revoked
 */
GPtrArray *
confabd_store_revoke_sessions_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_revoke_sessions_async, error);
}
