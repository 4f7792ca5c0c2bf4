/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-time.h"
#include "confabd-store-private.h"
#include "confabd-store-rows-private.h"
#include "confabd-store-upkeep.h"

#define MAX_DUE    100  /* of each kind; the rest is due at once, in the next look */
#define MAX_ENDING 1000 /* the first to end; the rest is told later than it might */

static void
ending_free (ConfabdEnding *self)
{
  g_free (self->call_id);
  g_free (self);
}

/**
 * confabd_due_free:
 * @self: (transfer full): what is due
 */
void
confabd_due_free (ConfabdDue *self)
{
  g_clear_pointer (&self->expired, g_ptr_array_unref);
  g_clear_pointer (&self->too_long, g_ptr_array_unref);
  g_clear_pointer (&self->empty, g_ptr_array_unref);
  g_clear_pointer (&self->ending, g_ptr_array_unref);
  g_free (self);
}

typedef struct {
  ConfabdTerms terms;
  gint64 now_us;
} Look;

static GPtrArray *
list_ids (ConfabdConnection *connection, const char *sql, gint64 until_us, GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;
  GPtrArray *ids = NULL;

  rows = confabd_connection_query (connection, sql,
                                   g_variant_new ("(xu)", until_us, (guint) MAX_DUE), "(s)", error);
  if (rows == NULL) {
    return NULL;
  }
  ids = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < rows->len; i++) {
    char *id = NULL;

    g_variant_get (g_ptr_array_index (rows, i), "(s)", &id);
    g_ptr_array_add (ids, id);
  }
  return ids;
}

static gboolean
list_due (ConfabdConnection *connection, const Look *look, ConfabdDue *due, GError **error)
{
  due->expired = list_ids (connection,
                           "SELECT id FROM calls WHERE state = 'open' AND expires_at <= $1"
                           " ORDER BY expires_at LIMIT $2",
                           look->now_us, error);
  if (due->expired == NULL) {
    return FALSE;
  }
  due->too_long = list_ids (connection,
                            "SELECT id FROM calls WHERE state = 'live' AND started_at <= $1"
                            " ORDER BY started_at LIMIT $2",
                            look->now_us - look->terms.call_us, error);
  if (due->too_long == NULL) {
    return FALSE;
  }
  due->empty = list_ids (connection,
                         "SELECT id FROM calls WHERE state = 'live' AND empty_since IS NOT NULL"
                         " AND empty_since <= $1 ORDER BY empty_since LIMIT $2",
                         look->now_us - look->terms.empty_us, error);
  return due->empty != NULL;
}

static gboolean
list_ending (ConfabdConnection *connection, const Look *look, ConfabdDue *due, GError **error)
{
  gint64 over_us = look->now_us - look->terms.call_us;
  g_autoptr (GPtrArray) rows = NULL;

  rows = confabd_connection_query (
      connection,
      "SELECT id, started_at FROM calls"
      " WHERE state = 'live' AND started_at > $1 AND started_at <= $2 ORDER BY started_at LIMIT $3",
      g_variant_new ("(xxu)", over_us, over_us + look->terms.warn_us, (guint) MAX_ENDING), "(sx)",
      error);
  if (rows == NULL) {
    return FALSE;
  }
  due->ending = g_ptr_array_new_with_free_func ((GDestroyNotify) ending_free);
  for (guint i = 0; i < rows->len; i++) {
    ConfabdEnding *ending = g_new0 (ConfabdEnding, 1);

    g_variant_get (g_ptr_array_index (rows, i), "(sx)", &ending->call_id, &ending->ends_at_us);
    ending->ends_at_us += look->terms.call_us;
    g_ptr_array_add (due->ending, ending);
  }
  return TRUE;
}

/* The earliest time of @sql after @after_us, plus @term_us, if that is before *next_us. */
static gboolean
find_next (ConfabdConnection *connection,
           const char *sql,
           gint64 after_us,
           gint64 term_us,
           gint64 *next_us,
           GError **error)
{
  g_autoptr (GVariant) row = NULL;
  gboolean is_there = FALSE;
  gint64 at_us = 0;

  if (!confabd_connection_query_one (connection, sql, g_variant_new ("(x)", after_us), "(mx)", &row,
                                     error)) {
    return FALSE;
  }
  g_variant_get (row, "(mx)", &is_there, &at_us);
  if (is_there) {
    *next_us = MIN (*next_us, at_us + term_us);
  }
  return TRUE;
}

static gboolean
find_all_next (ConfabdConnection *connection, const Look *look, gint64 *next_us, GError **error)
{
  const ConfabdTerms *terms = &look->terms;

  return find_next (connection,
                    "SELECT min(expires_at) FROM calls WHERE state = 'open' AND expires_at > $1",
                    look->now_us, 0, next_us, error) &&
         find_next (connection,
                    "SELECT min(started_at) FROM calls WHERE state = 'live' AND started_at > $1",
                    look->now_us - terms->call_us + terms->warn_us, terms->call_us - terms->warn_us,
                    next_us, error) &&
         find_next (connection,
                    "SELECT min(empty_since) FROM calls WHERE state = 'live'"
                    " AND empty_since IS NOT NULL AND empty_since > $1",
                    look->now_us - terms->empty_us, terms->empty_us, next_us, error);
}

/* Whether there may be more due than was listed. */
static gboolean
is_cut_off (const ConfabdDue *due)
{
  return due->expired->len == MAX_DUE || due->too_long->len == MAX_DUE ||
         due->empty->len == MAX_DUE;
}

static gpointer
run_find_due (ConfabdConnection *connection, gpointer data, GError **error)
{
  Look *look = data;
  g_autoptr (ConfabdDue) due = g_new0 (ConfabdDue, 1);

  due->next_at_us = G_MAXINT64;
  if (!list_due (connection, look, due, error) || !list_ending (connection, look, due, error) ||
      !find_all_next (connection, look, &due->next_at_us, error)) {
    return NULL;
  }
  if (is_cut_off (due)) {
    due->next_at_us = look->now_us;
  }
  return g_steal_pointer (&due);
}

/**
 * confabd_store_find_due_async:
 * @terms: when calls end
 * @now: the moment to look from
 *
 * Finds the calls that have to end now, those that will before long, and when to look again.
 * Changes nothing.
 */
void
confabd_store_find_due_async (ConfabdStore *self,
                              const ConfabdTerms *terms,
                              GDateTime *now,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  Look *look = g_new0 (Look, 1);
  const ConfabdWork work = { run_find_due, look, g_free, (GDestroyNotify) confabd_due_free };

  look->terms = *terms;
  look->now_us = confab_time_to_unix_us (now);
  confabd_store_read (self, &work, confabd_store_find_due_async, cancellable, callback, user_data);
}

/**
 * confabd_store_find_due_finish:
 *
 * Returns: (transfer full): what is due
 */
ConfabdDue *
confabd_store_find_due_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_find_due_async, error);
}

static gpointer
run_local_user (ConfabdConnection *connection, gpointer data, GError **error)
{
  ConfabUser *proposal = data;
  const char *name = confab_user_get_display_name (proposal);
  gint64 now_us = confab_time_to_unix_us (confab_user_get_created_at (proposal));
  g_autoptr (GVariant) row = NULL;

  if (!confabd_connection_execute (connection,
                                   "UPDATE users SET display_name = $1, updated_at = $2"
                                   " WHERE role = 'owner' AND display_name <> $1",
                                   g_variant_new ("(sx)", name, now_us), NULL, error) ||
      !confabd_connection_query_one (
          connection, "SELECT " CONFABD_USER_COLUMNS " FROM users u WHERE u.role = 'owner'", NULL,
          CONFABD_USER_ROW, &row, error)) {
    return NULL;
  }
  if (row != NULL) {
    return confabd_row_to_user (row, error);
  }
  return confabd_rows_add_user (connection, proposal, error) ? confab_user_ref (proposal) : NULL;
}

/**
 * confabd_store_local_user_async:
 * @proposal: an owner, kept when there is none yet
 *
 * Finds the one owner, under the name of @proposal from now on.
 */
void
confabd_store_local_user_async (ConfabdStore *self,
                                ConfabUser *proposal,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  const ConfabdWork work = { run_local_user, confab_user_ref (proposal),
                             (GDestroyNotify) confab_user_unref,
                             (GDestroyNotify) confab_user_unref };

  g_return_if_fail (confab_user_get_role (proposal) == CONFAB_USER_ROLE_OWNER);

  confabd_store_write (self, &work, confabd_store_local_user_async, cancellable, callback,
                       user_data);
}

/**
 * confabd_store_local_user_finish:
 *
 * Returns: (transfer full): the owner
 */
ConfabUser *
confabd_store_local_user_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_local_user_async, error);
}

/**
 * confabd_store_run_close_stale:
 * @data: a #gint64: now, in microseconds since 1970
 *
 * Nobody can be in a call of a daemon that was not running. Whoever comes back finds the call as it
 * was, empty since now.
 */
gpointer
confabd_store_run_close_stale (ConfabdConnection *connection, gpointer data, GError **error)
{
  gint64 now_us = *(gint64 *) data;

  if (confabd_connection_execute (connection,
                                  "UPDATE participants SET left_at = $1,"
                                  " leave_reason = 'restarted' WHERE left_at IS NULL",
                                  g_variant_new ("(x)", now_us), NULL, error)) {
    confabd_connection_execute (connection,
                                "UPDATE calls SET empty_since = $1"
                                " WHERE state = 'live' AND empty_since IS NULL",
                                g_variant_new ("(x)", now_us), NULL, error);
  }
  return NULL;
}
