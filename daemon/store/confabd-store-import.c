/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confabd-store-import-rows-private.h"

/* What comes from another server's database comes once: the table of imports knows what came, as
 * what, and how it was then. */

static const char *const kind_names[CONFABD_IMPORT_N_KINDS] = {
  [CONFABD_IMPORT_USER] = CONFABD_IMPORT_NAME_OF_USER,
  [CONFABD_IMPORT_CALL] = CONFABD_IMPORT_NAME_OF_CALL,
  [CONFABD_IMPORT_PARTICIPANT] = "participants",
  [CONFABD_IMPORT_QUALITY] = "quality",
  [CONFABD_IMPORT_CONTACT] = "contacts",
};

typedef struct {
  char *local_id; /* (owned) (nullable) NULL: it never came */
  char *digest;   /* (owned) (nullable) */
  gint64 at_us;
} Before;

static void
before_clear (Before *self)
{
  g_free (self->local_id);
  g_free (self->digest);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Before, before_clear)

static gboolean
find_before (const ConfabdImportPass *pass,
             const ConfabdImportItem *item,
             Before *before,
             GError **error)
{
  g_autoptr (GVariant) row = NULL;

  if (!confabd_connection_query_one (
          pass->connection,
          "SELECT local_id, digest, at FROM imports"
          " WHERE source = $1 AND kind = $2 AND foreign_id = $3",
          g_variant_new ("(sss)", pass->source, kind_names[item->kind], item->id), "(ssx)", &row,
          error)) {
    return FALSE;
  }
  if (row != NULL) {
    g_variant_get (row, "(ssx)", &before->local_id, &before->digest, &before->at_us);
  }
  return TRUE;
}

/* A later import finds by it what came; what refers to it does, too. */
static gboolean
note (const ConfabdImportPass *pass,
      const char *kind,
      const char *id,
      const char *local_id,
      const char *digest,
      GError **error)
{
  return confabd_connection_execute (
      pass->connection,
      "INSERT INTO imports (source, kind, foreign_id, local_id, digest, at)"
      " VALUES ($1, $2, $3, $4, $5, $6)"
      " ON CONFLICT (source, kind, foreign_id) DO UPDATE SET digest = excluded.digest,"
      " at = excluded.at",
      g_variant_new ("(sssssx)", pass->source, kind, id, local_id, digest, pass->now_us), NULL,
      error);
}

/* Of two calls with one code the first keeps it. */
static gboolean
note_code (const ConfabdImportPass *pass,
           const ConfabdImportItem *item,
           const char *local_id,
           GError **error)
{
  if (item->kind != CONFABD_IMPORT_CALL || item->call.code == NULL) {
    return TRUE;
  }
  return confabd_connection_execute (
      pass->connection,
      "INSERT INTO imports (source, kind, foreign_id, local_id, digest, at)"
      " VALUES ($1, $2, $3, $4, '', $5) ON CONFLICT (source, kind, foreign_id) DO NOTHING",
      g_variant_new ("(ssssx)", pass->source, CONFABD_IMPORT_NAME_OF_CODE, item->call.code,
                     local_id, pass->now_us),
      NULL, error);
}

static gboolean
import_item (const ConfabdImportPass *pass,
             const ConfabdImportItem *item,
             ConfabdImportOutcome *outcome,
             GError **error)
{
  g_auto (Before) before = { NULL };
  g_autofree char *added = NULL;
  const char *local_id;

  if (!find_before (pass, item, &before, error)) {
    return FALSE;
  }
  *outcome = CONFABD_IMPORT_UNCHANGED;
  if (before.digest != NULL && g_str_equal (before.digest, item->digest)) {
    return TRUE;
  }
  *outcome = CONFABD_IMPORT_DONE;
  if (before.local_id != NULL) {
    local_id = before.local_id;
    if (!confabd_import_update (pass, item, local_id, before.at_us, error)) {
      return FALSE;
    }
  } else {
    local_id = added = confabd_import_add (pass, item, error);
  }
  return local_id != NULL && note_code (pass, item, local_id, error) &&
         note (pass, kind_names[item->kind], item->id, local_id, item->digest, error);
}

/* Whether the row is to blame, and not the disk or the server. */
static gboolean
is_about_row (const GError *error)
{
  return g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT) ||
         g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND) ||
         g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST);
}

static gboolean
run (const ConfabdImportPass *pass, const char *sql, GError **error)
{
  return confabd_connection_run_script (pass->connection, sql, error);
}

/* A savepoint of its own: a row that is refused takes no other with it. */
static ConfabdImportResult *
import_carefully (const ConfabdImportPass *pass, const ConfabdImportItem *item, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  ConfabdImportResult *result = NULL;
  ConfabdImportOutcome outcome = CONFABD_IMPORT_BROKEN;

  if (!run (pass, "SAVEPOINT item", error)) {
    return NULL;
  }
  if (!import_item (pass, item, &outcome, &local_error)) {
    if (!is_about_row (local_error)) {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
    outcome = CONFABD_IMPORT_BROKEN;
    if (!run (pass, "ROLLBACK TO item", error)) {
      return NULL;
    }
  }
  if (!run (pass, "RELEASE item", error)) {
    return NULL;
  }
  result = g_new0 (ConfabdImportResult, 1);
  result->outcome = outcome;
  result->why = local_error != NULL ? g_strdup (local_error->message) : NULL;
  return result;
}

/**
 * confabd_store_import_items:
 * @connection: inside a transaction
 * @source: whose database it is, as `tel-call`
 * @items: (element-type ConfabdImportItem): what came, after all that it refers to
 * @now_us: now, in microseconds since 1970
 * @error: return location for a #GError
 *
 * Takes over what is new or has changed since it came before. What was changed here since then is
 * left as it is. An item that refers to what never came, or that the schema refuses, is broken; the
 * others are not.
 *
 * Returns: (transfer full) (element-type ConfabdImportResult): one for each item; %NULL when the
 *   database fails, and then nothing of @items may be kept
 */
GPtrArray *
confabd_store_import_items (ConfabdConnection *connection,
                            const char *source,
                            GPtrArray *items,
                            gint64 now_us,
                            GError **error)
{
  const ConfabdImportPass pass = { connection, source, now_us };
  g_autoptr (GPtrArray) results =
      g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_import_result_free);

  for (guint i = 0; i < items->len; i++) {
    ConfabdImportResult *result = import_carefully (&pass, g_ptr_array_index (items, i), error);

    if (result == NULL) {
      return NULL;
    }
    g_ptr_array_add (results, result);
  }
  return g_steal_pointer (&results);
}
