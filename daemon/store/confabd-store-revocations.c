/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-time.h"
#include "confabd-store-private.h"
#include "confabd-store-sessions-private.h"

#define MAX_REVOKED 100001 /* looked at in one go: more than a daemon remembers one by one */

/* Which sessions ended before their time, for whoever verifies tokens without the disk. */

/**
 * confabd_revocation_free:
 * @self: (transfer full): a revocation
 */
void
confabd_revocation_free (ConfabdRevocation *self)
{
  g_free (self->id);
  g_free (self);
}

/**
 * confabd_revocation_new:
 *
 * Returns: (transfer full): of a session that is kept
 */
ConfabdRevocation *
confabd_revocation_new (const char *id, gint64 revoked_at_us)
{
  ConfabdRevocation *self = g_new0 (ConfabdRevocation, 1);

  self->id = g_strdup (id);
  self->revoked_at_us = revoked_at_us;
  return self;
}

static gboolean
find_revoked (ConfabdConnection *connection,
              const char *sql,
              gint64 since_us,
              gboolean is_guest,
              GPtrArray *revoked,
              GError **error)
{
  g_autoptr (GPtrArray) rows = confabd_connection_query (
      connection, sql, g_variant_new ("(xu)", since_us, (guint) MAX_REVOKED), "(sx)", error);

  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    ConfabdRevocation *one = NULL;
    const char *id;
    gint64 revoked_at_us;

    g_variant_get (rows->pdata[i], "(&sx)", &id, &revoked_at_us);
    one = confabd_revocation_new (id, revoked_at_us);
    one->is_guest = is_guest;
    g_ptr_array_add (revoked, one);
  }
  return rows != NULL;
}

static gpointer
run_find_revoked (ConfabdConnection *connection, gpointer data, GError **error)
{
  const ConfabdRevokedQuery *query = data;
  g_autoptr (GPtrArray) revoked =
      g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_revocation_free);
  gboolean is_well =
      find_revoked (connection,
                    "SELECT id, revoked_at FROM sessions"
                    " WHERE revoked_at IS NOT NULL AND revoked_at > $1"
                    " ORDER BY revoked_at LIMIT $2",
                    query->since_us, FALSE, revoked, error) &&
      find_revoked (connection,
                    "SELECT session_id, revoked_at FROM signed_out WHERE revoked_at > $1"
                    " ORDER BY revoked_at LIMIT $2",
                    query->guests_since_us, TRUE, revoked, error);

  return is_well ? g_steal_pointer (&revoked) : NULL;
}

/**
 * confabd_store_find_revoked_async:
 * @query: since when
 *
 * Finds which sessions were revoked since, also by another program.
 */
void
confabd_store_find_revoked_async (ConfabdStore *self,
                                  const ConfabdRevokedQuery *query,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  const ConfabdWork work = { run_find_revoked, g_memdup2 (query, sizeof *query), g_free,
                             (GDestroyNotify) g_ptr_array_unref };

  confabd_store_read (self, &work, confabd_store_find_revoked_async, cancellable, callback,
                      user_data);
}

/**
 * confabd_store_find_revoked_finish:
 *
 * Returns: (transfer full) (element-type ConfabdRevocation): what was revoked
 */
GPtrArray *
confabd_store_find_revoked_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_find_revoked_async, error);
}

/**
 * confabd_store_find_revoked_sync:
 * @query: since when
 *
 * As confabd_store_find_revoked_async(), and waits for the disk.
 *
 * Returns: (transfer full) (element-type ConfabdRevocation): what was revoked
 */
GPtrArray *
confabd_store_find_revoked_sync (ConfabdStore *self,
                                 const ConfabdRevokedQuery *query,
                                 GError **error)
{
  const ConfabdWork work = { run_find_revoked, (gpointer) query, NULL, NULL };

  return confabd_store_read_sync (self, &work, error);
}

/* Guests */

typedef struct {
  char *session_id; /* (owned) */
  gint64 now_us;
} Leave;

static void
leave_free (Leave *self)
{
  g_free (self->session_id);
  g_free (self);
}

static gpointer
run_note_signed_out (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Leave *leave = data;

  confabd_connection_execute (connection,
                              "INSERT INTO signed_out (session_id, revoked_at) VALUES ($1, $2)"
                              " ON CONFLICT (session_id) DO NOTHING",
                              g_variant_new ("(sx)", leave->session_id, leave->now_us), NULL,
                              error);
  return NULL;
}

/**
 * confabd_store_note_signed_out_async:
 * @session_id: of somebody of whom nothing else is kept
 * @now: when they left
 *
 * Remembers that their token is worth nothing any more.
 */
void
confabd_store_note_signed_out_async (ConfabdStore *self,
                                     const char *session_id,
                                     GDateTime *now,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  Leave *leave = g_new0 (Leave, 1);
  const ConfabdWork work = { run_note_signed_out, leave, (GDestroyNotify) leave_free, NULL };

  leave->session_id = g_strdup (session_id);
  leave->now_us = confab_time_to_unix_us (now);
  confabd_store_write (self, &work, confabd_store_note_signed_out_async, cancellable, callback,
                       user_data);
}

/**
 * confabd_store_note_signed_out_finish:
 *
 * Returns: whether it is remembered
 */
gboolean
confabd_store_note_signed_out_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate_done (self, result, confabd_store_note_signed_out_async, error);
}
