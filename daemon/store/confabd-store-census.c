/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-store-census.h"
#include "confabd-store-private.h"

/* How many there are, for whoever watches. */

static gpointer
run_count (ConfabdConnection *connection, gpointer data, GError **error)
{
  g_autofree guint *n_sessions = g_new0 (guint, 1);
  g_autoptr (GVariant) row = NULL;

  if (!confabd_connection_query_one (
          connection, "SELECT count(*) FROM sessions WHERE expires_at > $1 AND revoked_at IS NULL",
          g_variant_new ("(x)", *(gint64 *) data), "(u)", &row, error))
    return NULL;
  g_variant_get (row, "(u)", n_sessions);
  return g_steal_pointer (&n_sessions);
}

/**
 * confabd_store_count_sessions_async:
 * @now_us: the moment to look from, microseconds since 1970
 *
 * Counts the devices on which somebody is signed in.
 */
void
confabd_store_count_sessions_async (ConfabdStore *self,
                                    gint64 now_us,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  const ConfabdWork work = { run_count, g_memdup2 (&now_us, sizeof now_us), g_free, g_free };

  confabd_store_read (self, &work, confabd_store_count_sessions_async, cancellable, callback,
                      user_data);
}

/**
 * confabd_store_count_sessions_finish:
 * @n_sessions: (out): how many there are
 *
 * Returns: whether the database answered
 */
gboolean
confabd_store_count_sessions_finish (ConfabdStore *self,
                                     GAsyncResult *result,
                                     guint *n_sessions,
                                     GError **error)
{
  g_autofree guint *answer =
      confabd_store_propagate (self, result, confabd_store_count_sessions_async, error);

  if (answer == NULL)
    return FALSE;
  *n_sessions = *answer;
  return TRUE;
}
