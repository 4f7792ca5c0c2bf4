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

#define REASON_REUSED "token-reused"

/*
 * A refresh token is good once. The one who shows it again stole it or was stolen from, and since
 * nobody can tell which, the whole session ends.
 *
 * But an answer may be lost on its way, and two pages of a browser may ask at once. So the newest
 * used token is taken again for some seconds, as long as none of those that it gave was used, and
 * gives one more. Of all that it gave the first to be used makes the others void: a thief who was
 * quick enough is found out as soon as either of the two goes on.
 *
 * What is found out about a token is a result and no error: an error would undo the revocation.
 */
typedef struct {
  char *old_hash; /* (owned) */
  char *new_hash; /* (owned) */
  gint64 now_us;
  gint64 repeat_us;
  gint64 plain_us;
  gint64 trusted_us;
} Turnover;

/* A token as it was found. */
typedef struct {
  char *session_id; /* (owned) (nullable) there is none without it */
  char *follows;    /* (owned) (nullable) */
  gboolean is_used;
  gint64 used_us;      /* when */
  gboolean is_over;    /* its session expired or was revoked, or its user may not come in */
  gboolean was_reused; /* that is why */
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
  g_free (self->follows);
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
  const char *reason = NULL;

  if (!confabd_connection_query_one (
          connection,
          "SELECT s.id, r.follows, r.used_at IS NOT NULL, COALESCE(r.used_at, r.created_at),"
          " s.revoked_at IS NOT NULL, COALESCE(s.revoke_reason, ''),"
          " u.disabled_at IS NOT NULL OR u.deleted_at IS NOT NULL, s.expires_at"
          " FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id"
          " JOIN users u ON u.id = s.user_id WHERE r.hash = $1",
          g_variant_new ("(s)", turnover->old_hash), "(smsbxbsbx)", &row, error)) {
    return FALSE;
  }
  if (row != NULL) {
    g_variant_get (row, "(smsbxb&sbx)", &found->session_id, &found->follows, &found->is_used,
                   &found->used_us, &is_revoked, &reason, &is_shut_out, &expires_us);
    found->is_over = is_revoked || is_shut_out || expires_us <= turnover->now_us;
    found->was_reused = is_revoked && g_str_equal (reason, REASON_REUSED);
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

static gboolean
add_next (ConfabdConnection *connection,
          const Turnover *turnover,
          const char *session_id,
          GError **error)
{
  return confabd_rows_add_refresh_token (connection, turnover->new_hash, session_id,
                                         turnover->old_hash, turnover->now_us, error);
}

/* And all that were given beside it. */
static gboolean
mark_used (ConfabdConnection *connection,
           const Turnover *turnover,
           const Found *found,
           GError **error)
{
  return confabd_connection_execute (
             connection, "UPDATE refresh_tokens SET used_at = $2 WHERE hash = $1",
             g_variant_new ("(sx)", turnover->old_hash, turnover->now_us), NULL, error) &&
         (found->follows == NULL ||
          confabd_connection_execute (
              connection,
              "UPDATE refresh_tokens SET used_at = $2 WHERE follows = $1 AND used_at IS NULL",
              g_variant_new ("(sx)", found->follows, turnover->now_us), NULL, error));
}

/* Used tokens that would have expired by now tell nothing any more. */
static gboolean
turn_over (ConfabdConnection *connection,
           const Turnover *turnover,
           const Found *found,
           GError **error)
{
  return mark_used (connection, turnover, found, error) &&
         add_next (connection, turnover, found->session_id, error) &&
         confabd_connection_execute (
             connection,
             "DELETE FROM refresh_tokens WHERE session_id = $1 AND used_at IS NOT NULL"
             " AND created_at < $2",
             g_variant_new ("(sx)", found->session_id, turnover->now_us - turnover->trusted_us),
             NULL, error) &&
         extend_session (connection, turnover, found->session_id, error);
}

/* One that is used because another was is followed by none: it was never shown, and is no repeat.
 */
static gboolean
find_whether_repeated (ConfabdConnection *connection,
                       const Turnover *turnover,
                       const Found *found,
                       gboolean *is_repeat,
                       GError **error)
{
  g_autoptr (GVariant) row = NULL;
  guint n_next = 0;
  guint n_used = 0;

  *is_repeat = FALSE;
  if (ABS (turnover->now_us - found->used_us) > turnover->repeat_us) {
    return TRUE;
  }
  if (!confabd_connection_query_one (
          connection, "SELECT COUNT(*), COUNT(used_at) FROM refresh_tokens WHERE follows = $1",
          g_variant_new ("(s)", turnover->old_hash), "(uu)", &row, error)) {
    return FALSE;
  }
  g_variant_get (row, "(uu)", &n_next, &n_used);
  *is_repeat = n_next > 0 && n_used == 0;
  return TRUE;
}

/* Whether all is well with the database; what became of the token is in @outcome. */
static gboolean
take_used (ConfabdConnection *connection,
           const Turnover *turnover,
           const Found *found,
           ConfabdRotationOutcome *outcome,
           GError **error)
{
  gboolean is_repeat = FALSE;

  if (!find_whether_repeated (connection, turnover, found, &is_repeat, error)) {
    return FALSE;
  }
  *outcome = is_repeat ? CONFABD_ROTATION_DONE : CONFABD_ROTATION_REUSED;
  return is_repeat ? add_next (connection, turnover, found->session_id, error)
                   : confabd_rows_revoke_session (connection, found->session_id, turnover->now_us,
                                                  REASON_REUSED, error);
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
    rotation->outcome = found.was_reused ? CONFABD_ROTATION_STOLEN : CONFABD_ROTATION_ENDED;
  } else if (found.is_used) {
    is_well = take_used (connection, turnover, &found, &rotation->outcome, error);
  } else {
    rotation->outcome = CONFABD_ROTATION_DONE;
    is_well = turn_over (connection, turnover, &found, error);
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
 * revokes its session, but for a repeat of the newest.
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
  copy->repeat_us = turnover->repeat_us;
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
