/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-time.h"
#include "confabd-store-private.h"
#include "confabd-store-rows-private.h"
#include "confabd-store-sessions-private.h"
#include "confabd-store-sessions.h"

/*
 * A refresh token is good once. The one who shows it again stole it or was stolen from, and since
 * nobody can tell which, the whole session ends.
 *
 * What is found out about a token is a result and no error: an error would undo the revocation.
 */
typedef struct {
  char *old_hash; /* (owned) */
  char *new_hash; /* (owned) */
  gint64 now_us;
  gint64 plain_us;
  gint64 trusted_us;
} Turnover;

/* A token as it was found. */
typedef struct {
  char *session_id; /* (owned) (nullable) there is none without it */
  gboolean is_used;
  gboolean is_over; /* its session expired or was revoked, or its user may not come in */
} Found;

static void
turnover_free (Turnover *self)
{
  g_free (self->old_hash);
  g_free (self->new_hash);
  g_free (self);
}

static void
found_clear (Found *self)
{
  g_free (self->session_id);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Found, found_clear)

/**
 * confabd_rotation_free:
 * @self: (transfer full): a rotation
 */
void
confabd_rotation_free (ConfabdRotation *self)
{
  g_clear_pointer (&self->session, confabd_session_unref);
  g_clear_pointer (&self->user, confab_user_unref);
  g_free (self);
}

static gboolean
find_token (ConfabdConnection *connection, const Turnover *turnover, Found *found, GError **error)
{
  g_autoptr (GVariant) row = NULL;
  gboolean is_revoked = FALSE;
  gboolean is_shut_out = FALSE;
  gint64 expires_us = 0;

  if (!confabd_connection_query_one (
          connection,
          "SELECT s.id, r.used_at IS NOT NULL, s.revoked_at IS NOT NULL,"
          " u.disabled_at IS NOT NULL OR u.deleted_at IS NOT NULL, s.expires_at"
          " FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id"
          " JOIN users u ON u.id = s.user_id WHERE r.hash = $1",
          g_variant_new ("(s)", turnover->old_hash), "(sbbbx)", &row, error)) {
    return FALSE;
  }
  if (row != NULL) {
    g_variant_get (row, "(sbbbx)", &found->session_id, &found->is_used, &is_revoked, &is_shut_out,
                   &expires_us);
    found->is_over = is_revoked || is_shut_out || expires_us <= turnover->now_us;
  }
  return TRUE;
}

static gboolean
extend_session (ConfabdConnection *connection,
                const Turnover *turnover,
                const char *session_id,
                GError **error)
{
  const struct {
    gboolean is_trusted;
    gint64 expires_us;
  } kinds[] = {
    { FALSE, turnover->now_us + turnover->plain_us },
    { TRUE, turnover->now_us + turnover->trusted_us },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (!confabd_connection_execute (connection,
                                     "UPDATE sessions SET last_seen_at = $2, expires_at = $3"
                                     " WHERE id = $1 AND is_trusted = $4",
                                     g_variant_new ("(sxxb)", session_id, turnover->now_us,
                                                    kinds[i].expires_us, kinds[i].is_trusted),
                                     NULL, error)) {
      return FALSE;
    }
  }
  return TRUE;
}

/* Used tokens that would have expired by now tell nothing any more. */
static gboolean
turn_over (ConfabdConnection *connection,
           const Turnover *turnover,
           const char *session_id,
           GError **error)
{
  return confabd_connection_execute (
             connection, "UPDATE refresh_tokens SET used_at = $2 WHERE hash = $1",
             g_variant_new ("(sx)", turnover->old_hash, turnover->now_us), NULL, error) &&
         confabd_rows_add_refresh_token (connection, turnover->new_hash, session_id,
                                         turnover->now_us, error) &&
         confabd_connection_execute (
             connection,
             "DELETE FROM refresh_tokens WHERE session_id = $1 AND used_at IS NOT NULL"
             " AND created_at < $2",
             g_variant_new ("(sx)", session_id, turnover->now_us - turnover->trusted_us), NULL,
             error) &&
         extend_session (connection, turnover, session_id, error);
}

static gboolean
load_session (ConfabdConnection *connection,
              const char *session_id,
              ConfabdRotation *rotation,
              GError **error)
{
  g_autoptr (GVariant) session_row = NULL;
  g_autoptr (GVariant) user_row = NULL;

  if (!confabd_connection_query_one (
          connection, "SELECT " CONFABD_SESSION_COLUMNS " FROM sessions s WHERE s.id = $1",
          g_variant_new ("(s)", session_id), CONFABD_SESSION_ROW, &session_row, error)) {
    return FALSE;
  }
  rotation->session = confabd_row_to_session (session_row, error);
  if (rotation->session == NULL ||
      !confabd_connection_query_one (
          connection, "SELECT " CONFABD_USER_COLUMNS " FROM users u WHERE u.id = $1",
          g_variant_new ("(s)", rotation->session->user_id), CONFABD_USER_ROW, &user_row, error)) {
    return FALSE;
  }
  rotation->user = confabd_row_to_user (user_row, error);
  return rotation->user != NULL;
}

static gpointer
run_rotate (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Turnover *turnover = data;
  g_autoptr (ConfabdRotation) rotation = g_new0 (ConfabdRotation, 1);
  g_auto (Found) found = { NULL };
  gboolean is_well = TRUE;

  rotation->outcome = CONFABD_ROTATION_UNKNOWN;
  if (!find_token (connection, turnover, &found, error)) {
    return NULL;
  }
  if (found.session_id == NULL) {
    return g_steal_pointer (&rotation);
  }
  if (found.is_over) {
    rotation->outcome = CONFABD_ROTATION_ENDED;
  } else if (found.is_used) {
    rotation->outcome = CONFABD_ROTATION_REUSED;
    is_well = confabd_rows_revoke_session (connection, found.session_id, turnover->now_us,
                                           "token-reused", error);
  } else {
    rotation->outcome = CONFABD_ROTATION_DONE;
    is_well = turn_over (connection, turnover, found.session_id, error);
  }
  return is_well && load_session (connection, found.session_id, rotation, error)
             ? g_steal_pointer (&rotation)
             : NULL;
}

/**
 * confabd_store_rotate_session_async:
 * @turnover: the token that was shown, and the one that follows it
 *
 * Takes a refresh token for the next one, and its session lives on. One that was used already
 * revokes its session.
 */
void
confabd_store_rotate_session_async (ConfabdStore *self,
                                    const ConfabdTurnover *turnover,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  Turnover *copy = g_new0 (Turnover, 1);
  const ConfabdWork work = { run_rotate, copy, (GDestroyNotify) turnover_free,
                             (GDestroyNotify) confabd_rotation_free };

  copy->old_hash = g_strdup (turnover->old_hash);
  copy->new_hash = g_strdup (turnover->new_hash);
  copy->now_us = confab_time_to_unix_us (turnover->now);
  copy->plain_us = turnover->plain_us;
  copy->trusted_us = turnover->trusted_us;
  confabd_store_write (self, &work, confabd_store_rotate_session_async, cancellable, callback,
                       user_data);
}

/**
 * confabd_store_rotate_session_finish:
 *
 * Returns: (transfer full): what became of the token
 */
ConfabdRotation *
confabd_store_rotate_session_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_rotate_session_async, error);
}
