/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-id.h"
#include "confabd-store-overview.h"
#include "confabd-store-rows-private.h"

#define SUMMARY_COLUMNS \
  CONFABD_CALL_COLUMNS  \
  ", (SELECT count(*) FROM participants p WHERE p.call_id = c.id AND p.left_at IS NULL)"
#define SUMMARY_ROW "(ssmssssxmxxmxmsusx)"

/* What one looks for, and what was found beside the roster. */
typedef struct {
  const char *id_or_code; /* (unowned) */
  ConfabUser *creator;    /* (owned) (nullable) */
} Search;

/**
 * confabd_call_summary_free:
 * @self: (transfer full): a summary
 */
void
confabd_call_summary_free (ConfabdCallSummary *self)
{
  confab_call_unref (self->call);
  g_free (self);
}

/* The columns of a call, without the last. */
static GVariant *
cut_row (GVariant *row)
{
  g_autofree GVariant **children = NULL;
  gsize n = g_variant_n_children (row) - 1;
  GVariant *cut;

  children = g_new0 (GVariant *, n);
  for (gsize i = 0; i < n; i++) {
    children[i] = g_variant_get_child_value (row, i);
  }
  cut = g_variant_ref_sink (g_variant_new_tuple (children, n));
  for (gsize i = 0; i < n; i++) {
    g_variant_unref (children[i]);
  }
  return cut;
}

static gboolean
add_summaries (ConfabdConnection *connection,
               const char *sql,
               guint limit,
               GPtrArray *summaries,
               GError **error)
{
  g_autoptr (GPtrArray) rows = confabd_connection_query (
      connection, sql, g_variant_new ("(xx)", (gint64) limit, (gint64) 0), SUMMARY_ROW, error);

  if (rows == NULL) {
    return FALSE;
  }
  for (guint i = 0; i < rows->len && summaries->len < limit; i++) {
    GVariant *row = g_ptr_array_index (rows, i);
    g_autoptr (GVariant) call_row = cut_row (row);
    g_autoptr (GVariant) count = g_variant_get_child_value (row, g_variant_n_children (row) - 1);
    ConfabCall *call = confabd_row_to_call (call_row, error);
    ConfabdCallSummary *summary;

    if (call == NULL) {
      return FALSE;
    }
    summary = g_new0 (ConfabdCallSummary, 1);
    summary->call = call;
    summary->n_present = (guint) g_variant_get_int64 (count);
    g_ptr_array_add (summaries, summary);
  }
  return TRUE;
}

/* Each by the index that the end by time uses, which is what the lower bound is for: those with
 * somebody in them first. */
static gpointer
run_list (ConfabdConnection *connection, gpointer data, GError **error)
{
  const guint *limit = data;
  g_autoptr (GPtrArray) summaries =
      g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_call_summary_free);

  return add_summaries (connection,
                        "SELECT " SUMMARY_COLUMNS
                        " FROM calls c WHERE c.state = 'live' AND c.started_at > $2"
                        " ORDER BY c.started_at DESC LIMIT $1",
                        *limit, summaries, error) &&
                 add_summaries (connection,
                                "SELECT " SUMMARY_COLUMNS
                                " FROM calls c WHERE c.state = 'open' AND c.expires_at > $2"
                                " ORDER BY c.expires_at DESC LIMIT $1",
                                *limit, summaries, error)
             ? g_steal_pointer (&summaries)
             : NULL;
}

/**
 * confabd_store_list_open_calls_sync:
 * @database: a database with our schema
 * @limit: how many at most
 * @error: return location for a #GError
 *
 * Returns: (transfer full) (element-type ConfabdCallSummary): the calls that are not over, of
 *   everybody
 */
GPtrArray *
confabd_store_list_open_calls_sync (ConfabdDatabase *database, guint limit, GError **error)
{
  const ConfabdWork work = { run_list, &limit, NULL, NULL };

  return confabd_database_read_sync (database, &work, error);
}

static ConfabCall *
find_by_code (ConfabdConnection *connection, const char *code, GError **error)
{
  g_autoptr (GVariant) row = NULL;

  if (!confabd_connection_query_one (
          connection, "SELECT " CONFABD_CALL_COLUMNS " FROM calls c WHERE c.code = $1",
          g_variant_new ("(s)", code), CONFABD_CALL_ROW, &row, error)) {
    return NULL;
  }
  if (row == NULL) {
    confabd_rows_set_no_such_call (error);
    return NULL;
  }
  return confabd_row_to_call (row, error);
}

static gboolean
find_creator (ConfabdConnection *connection, Search *search, ConfabCall *call, GError **error)
{
  g_autoptr (GVariant) row = NULL;

  if (!confabd_connection_query_one (connection,
                                     "SELECT " CONFABD_USER_COLUMNS " FROM users u WHERE u.id = $1",
                                     g_variant_new ("(s)", confab_call_get_creator_id (call)),
                                     CONFABD_USER_ROW, &row, error)) {
    return FALSE;
  }
  search->creator = row != NULL ? confabd_row_to_user (row, error) : NULL;
  return row == NULL || search->creator != NULL;
}

static gpointer
run_find (ConfabdConnection *connection, gpointer data, GError **error)
{
  Search *search = data;
  g_autofree char *code = confab_code_normalize (search->id_or_code);
  g_autoptr (ConfabdRoster) roster = g_new0 (ConfabdRoster, 1);

  roster->call = code != NULL ? find_by_code (connection, code, error)
                              : confabd_rows_find_call (connection, search->id_or_code, error);
  if (roster->call == NULL || !find_creator (connection, search, roster->call, error)) {
    return NULL;
  }
  roster->participants =
      confabd_rows_list_present (connection, confab_call_get_id (roster->call), error);
  return roster->participants != NULL ? g_steal_pointer (&roster) : NULL;
}

/**
 * confabd_store_find_call_sync:
 * @database: a database with our schema
 * @id_or_code: as somebody types it
 * @creator: (out) (transfer full) (nullable): who made it
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the call and those who are in it; %NULL with %CONFAB_ERROR_NO_SUCH_CALL
 */
ConfabdRoster *
confabd_store_find_call_sync (ConfabdDatabase *database,
                              const char *id_or_code,
                              ConfabUser **creator,
                              GError **error)
{
  Search search = { id_or_code, NULL };
  const ConfabdWork work = { run_find, &search, NULL, NULL };
  ConfabdRoster *roster = confabd_database_read_sync (database, &work, error);

  *creator = search.creator;
  return roster;
}
