/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-id.h"
#include "confabd-audit-chain.h"
#include "confabd-store-audit.h"
#include "confabd-store-private.h"

/* ---- batches ---- */

struct _ConfabdAuditBatch {
  GPtrArray *entries; /* (element-type ConfabdAuditEntry) (owned) */

  /* What the first entry became when the batch was written the last time; for the writer's thread.
   * A disk that hangs in the commit leaves open whether it was: then the batch comes again. */
  gint64 tried_seq;
  char *tried_hash; /* (owned) (nullable) */
};

ConfabdAuditBatch *
confabd_audit_batch_new (void)
{
  ConfabdAuditBatch *self = g_atomic_rc_box_new0 (ConfabdAuditBatch);

  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_audit_entry_free);
  return self;
}

ConfabdAuditBatch *
confabd_audit_batch_ref (ConfabdAuditBatch *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
batch_clear (gpointer data)
{
  ConfabdAuditBatch *self = data;

  g_ptr_array_unref (self->entries);
  g_free (self->tried_hash);
}

void
confabd_audit_batch_unref (ConfabdAuditBatch *self)
{
  g_atomic_rc_box_release_full (self, batch_clear);
}

/**
 * confabd_audit_batch_take:
 * @entry: (transfer full): one more, before the batch goes to the store
 */
void
confabd_audit_batch_take (ConfabdAuditBatch *self, ConfabdAuditEntry *entry)
{
  g_ptr_array_add (self->entries, entry);
}

guint
confabd_audit_batch_get_length (ConfabdAuditBatch *self)
{
  return self->entries->len;
}

/* ---- adding ---- */

static gboolean
find_tried (ConfabdConnection *connection,
            ConfabdAuditBatch *batch,
            gboolean *is_there,
            GError **error)
{
  g_autoptr (GVariant) row = NULL;

  *is_there = FALSE;
  if (batch->tried_hash == NULL) {
    return TRUE;
  }
  if (!confabd_connection_query_one (
          connection, "SELECT seq FROM audit_entries WHERE seq = $1 AND hash = $2",
          g_variant_new ("(xs)", batch->tried_seq, batch->tried_hash), "(x)", &row, error)) {
    return FALSE;
  }
  *is_there = row != NULL;
  g_clear_pointer (&batch->tried_hash, g_free);
  return TRUE;
}

static gpointer
run_add (ConfabdConnection *connection, gpointer data, GError **error)
{
  ConfabdAuditBatch *batch = data;
  gboolean is_there = FALSE;

  if (find_tried (connection, batch, &is_there, error) && !is_there) {
    confabd_audit_chain_append (connection, batch->entries, &batch->tried_seq, &batch->tried_hash,
                                error);
  }
  return NULL;
}

/**
 * confabd_store_add_audit_async:
 * @batch: not empty; the same one may come again when it is not known whether it was written
 *
 * Puts entries at the end of the chain, all or none.
 */
void
confabd_store_add_audit_async (ConfabdStore *self,
                               ConfabdAuditBatch *batch,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  const ConfabdWork work = { run_add, confabd_audit_batch_ref (batch),
                             (GDestroyNotify) confabd_audit_batch_unref, NULL };

  confabd_store_write (self, &work, confabd_store_add_audit_async, cancellable, callback,
                       user_data);
}

/**
 * confabd_store_add_audit_finish:
 *
 * Returns: whether the entries are on the disk
 */
gboolean
confabd_store_add_audit_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate_done (self, result, confabd_store_add_audit_async, error);
}

/* ---- listing ---- */

/* A query for each pair of filters, so that each has its index. */
#define LIST(condition)                                                          \
  "SELECT " CONFABD_AUDIT_COLUMNS " FROM audit_entries WHERE seq < $1" condition \
  " ORDER BY seq DESC LIMIT $2"

static const char *
choose_query (const char *actor, const char *action)
{
  if (*actor == '\0') {
    return *action == '\0' ? LIST ("") : LIST (" AND action = $3");
  }
  if (confab_id_is_valid (actor)) {
    return *action == '\0' ? LIST (" AND actor_id = $3")
                           : LIST (" AND actor_id = $3 AND action = $4");
  }
  return *action == '\0' ? LIST (" AND actor = $3") : LIST (" AND actor = $3 AND action = $4");
}

static GVariant *
choose_parameters (gint64 before_seq, guint limit, const char *actor, const char *action)
{
  if (*actor != '\0' && *action != '\0') {
    return g_variant_new ("(xuss)", before_seq, limit, actor, action);
  }
  if (*actor != '\0' || *action != '\0') {
    return g_variant_new ("(xus)", before_seq, limit, *actor != '\0' ? actor : action);
  }
  return g_variant_new ("(xu)", before_seq, limit);
}

static gpointer
run_list (ConfabdConnection *connection, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;
  GPtrArray *entries = NULL;
  const char *actor, *action;
  gint64 before_seq;
  guint limit;

  g_variant_get (data, "(xu&s&s)", &before_seq, &limit, &actor, &action);
  rows = confabd_connection_query (connection, choose_query (actor, action),
                                   choose_parameters (before_seq, limit, actor, action),
                                   CONFABD_AUDIT_ROW, error);
  if (rows == NULL) {
    return NULL;
  }
  entries = g_ptr_array_new_full (rows->len, (GDestroyNotify) confabd_audit_entry_free);
  for (guint i = 0; i < rows->len; i++) {
    g_ptr_array_add (entries, confabd_audit_entry_new_from_row (g_ptr_array_index (rows, i)));
  }
  return entries;
}

static ConfabdWork
make_list_work (const ConfabdAuditFilter *filter)
{
  return (ConfabdWork){
    run_list,
    g_variant_ref_sink (g_variant_new ("(xuss)", filter->before_seq, filter->limit,
                                       filter->actor != NULL ? filter->actor : "",
                                       filter->action != NULL ? filter->action : "")),
    (GDestroyNotify) g_variant_unref,
    (GDestroyNotify) g_ptr_array_unref,
  };
}

/**
 * confabd_store_list_audit_async:
 * @filter: copied
 *
 * Lists entries, the newest first.
 */
void
confabd_store_list_audit_async (ConfabdStore *self,
                                const ConfabdAuditFilter *filter,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  const ConfabdWork work = make_list_work (filter);

  confabd_store_read (self, &work, confabd_store_list_audit_async, cancellable, callback,
                      user_data);
}

/**
 * confabd_store_list_audit_finish:
 *
 * Returns: (transfer full) (element-type ConfabdAuditEntry): the entries
 */
GPtrArray *
confabd_store_list_audit_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_list_audit_async, error);
}

/**
 * confabd_store_list_audit_sync:
 *
 * confabd_store_list_audit_async() for confabctl, which has no store: waits.
 *
 * Returns: (transfer full) (element-type ConfabdAuditEntry): the entries
 */
GPtrArray *
confabd_store_list_audit_sync (ConfabdDatabase *database,
                               const ConfabdAuditFilter *filter,
                               GError **error)
{
  const ConfabdWork work = make_list_work (filter);

  return confabd_database_read_sync (database, &work, error);
}
