/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confabd-audit-chain-private.h"

/*
 * The chain of audit entries: each carries a hash over itself and the hash of the one before. It is
 * made inside of a transaction that writes, of which there is one at a time, however many daemons
 * and tools share the database. Its two ends are kept in a table of their own.
 */

/**
 * confabd_audit_ends_clear:
 *
 * Frees what @self holds.
 */
void
confabd_audit_ends_clear (ConfabdAuditEnds *self)
{
  g_free (self->anchor_hash);
  g_free (self->head_hash);
}

/**
 * confabd_audit_ends_read:
 * @self: (out caller-allocates): both ends; zeros when somebody took their row away
 *
 * Returns: whether the database answered
 */
gboolean
confabd_audit_ends_read (ConfabdAuditEnds *self, ConfabdConnection *connection, GError **error)
{
  g_autoptr (GVariant) row = NULL;

  if (!confabd_connection_query_one (connection,
                                     "SELECT anchor_seq, anchor_hash, head_seq, head_hash"
                                     " FROM audit_chain WHERE id = 1",
                                     NULL, "(xsxs)", &row, error)) {
    return FALSE;
  }
  if (row != NULL) {
    g_variant_get (row, "(xsxs)", &self->anchor_seq, &self->anchor_hash, &self->head_seq,
                   &self->head_hash);
  }
  return TRUE;
}

/**
 * confabd_audit_chain_read_page:
 * @after: begin behind that one
 * @limit: at most so many
 *
 * Returns: (transfer full) (element-type GVariant): rows of %CONFABD_AUDIT_ROW, in their order
 */
GPtrArray *
confabd_audit_chain_read_page (ConfabdConnection *connection,
                               gint64 after,
                               guint limit,
                               GError **error)
{
  return confabd_connection_query (connection,
                                   "SELECT " CONFABD_AUDIT_COLUMNS
                                   " FROM audit_entries WHERE seq > $1 ORDER BY seq LIMIT $2",
                                   g_variant_new ("(xu)", after, limit), CONFABD_AUDIT_ROW, error);
}

/* ---- writing ---- */

/* Goes on behind whatever is there: a chain that somebody broke must not keep new entries out. */
static gboolean
find_head (ConfabdConnection *connection, gint64 *seq, char **hash, GError **error)
{
  g_auto (ConfabdAuditEnds) ends = { 0 };
  g_autoptr (GVariant) row = NULL;
  gboolean has_entries = FALSE;
  gint64 last = 0;

  if (!confabd_audit_ends_read (&ends, connection, error) ||
      !confabd_connection_query_one (connection, "SELECT max(seq) FROM audit_entries", NULL, "(mx)",
                                     &row, error)) {
    return FALSE;
  }
  g_variant_get (row, "(mx)", &has_entries, &last);
  *seq = has_entries ? MAX (ends.head_seq, last) : ends.head_seq;
  *hash =
      ends.head_hash != NULL ? g_steal_pointer (&ends.head_hash) : g_strdup (CONFABD_AUDIT_GENESIS);
  return TRUE;
}

static gboolean
insert (ConfabdConnection *connection,
        const ConfabdAuditEntry *entry,
        gint64 seq,
        const char *hash,
        GError **error)
{
  return confabd_connection_execute (connection,
                                     "INSERT INTO audit_entries (" CONFABD_AUDIT_COLUMNS ")"
                                     " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                                     g_variant_new (CONFABD_AUDIT_ROW, seq, entry->at_us,
                                                    entry->actor_id, entry->actor, entry->action,
                                                    entry->target, entry->address, entry->result,
                                                    entry->detail, hash),
                                     NULL, error);
}

/**
 * confabd_audit_chain_append:
 * @connection: in a transaction that writes
 * @entries: (element-type ConfabdAuditEntry): at least one, none written yet, in their order
 * @first_seq: (out) (optional): where the first of them is now
 * @first_hash: (out) (optional) (transfer full): and its hash
 * @error: return location for a #GError
 *
 * Returns: whether they are in the chain
 */
gboolean
confabd_audit_chain_append (ConfabdConnection *connection,
                            GPtrArray *entries,
                            gint64 *first_seq,
                            char **first_hash,
                            GError **error)
{
  g_autofree char *hash = NULL;
  gint64 seq = 0;

  g_return_val_if_fail (entries->len > 0, FALSE);

  if (!find_head (connection, &seq, &hash, error)) {
    return FALSE;
  }
  for (guint i = 0; i < entries->len; i++) {
    const ConfabdAuditEntry *entry = g_ptr_array_index (entries, i);
    g_autofree char *before = g_steal_pointer (&hash);

    hash = confabd_audit_entry_hash (entry, ++seq, before);
    if (!insert (connection, entry, seq, hash, error)) {
      return FALSE;
    }
    if (i == 0 && first_seq != NULL) {
      *first_seq = seq;
      *first_hash = g_strdup (hash);
    }
  }
  return confabd_connection_execute (
      connection, "UPDATE audit_chain SET head_seq = $1, head_hash = $2 WHERE id = 1",
      g_variant_new ("(xs)", seq, hash), NULL, error);
}

/**
 * confabd_audit_chain_append_one:
 *
 * confabd_audit_chain_append() for what must be written with something else, or not happen.
 *
 * Returns: whether it is in the chain
 */
gboolean
confabd_audit_chain_append_one (ConfabdConnection *connection,
                                const ConfabdAuditFacts *facts,
                                gint64 at_us,
                                GError **error)
{
  g_autoptr (GPtrArray) entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_audit_entry_free);

  g_ptr_array_add (entries, confabd_audit_entry_new (facts, at_us));
  return confabd_audit_chain_append (connection, entries, NULL, NULL, error);
}

/* ---- forgetting ---- */

/* Walks on as long as entries are older than @before_us; the last one of all stays. */
static void
walk_old (GPtrArray *rows, gint64 before_us, gint64 head_seq, ConfabdAuditVerdict *verdict)
{
  for (guint i = 0; i < rows->len && confabd_audit_verdict_is_whole (verdict); i++) {
    g_autoptr (ConfabdAuditEntry) entry =
        confabd_audit_entry_new_from_row (g_ptr_array_index (rows, i));

    if (entry->at_us >= before_us || entry->seq >= head_seq) {
      return;
    }
    confabd_audit_verdict_step (verdict, entry);
  }
}

static gboolean
take_old (ConfabdConnection *connection,
          const ConfabdAuditVerdict *verdict,
          gint64 now_us,
          GError **error)
{
  g_autofree char *target = g_strdup_printf ("%" G_GINT64_FORMAT, verdict->last_seq);
  const ConfabdAuditFacts facts = { .action = CONFABD_AUDIT_PRUNED,
                                    .actor = "confabd",
                                    .target = target,
                                    .is_success = TRUE,
                                    .detail = verdict->last_hash };

  return confabd_connection_execute (connection, "DELETE FROM audit_entries WHERE seq <= $1",
                                     g_variant_new ("(x)", verdict->last_seq), NULL, error) &&
         confabd_connection_execute (
             connection, "UPDATE audit_chain SET anchor_seq = $1, anchor_hash = $2 WHERE id = 1",
             g_variant_new ("(xs)", verdict->last_seq, verdict->last_hash), NULL, error) &&
         confabd_audit_chain_append_one (connection, &facts, now_us, error);
}

/**
 * confabd_audit_chain_prune:
 * @connection: in a transaction that writes
 * @before_us: entries from before that moment go
 * @now_us: the moment of the entry that says so
 * @limit: at most so many at once
 * @n_pruned: (out): how many went
 * @error: return location for a #GError
 *
 * Takes entries from the old end, anchors the chain in the last one that went, and writes that
 * down. Takes nothing from a chain that is broken there: it would be the evidence that goes.
 *
 * Returns: whether that is done; else with %CONFAB_ERROR_CONFLICT for a broken chain
 */
gboolean
confabd_audit_chain_prune (ConfabdConnection *connection,
                           gint64 before_us,
                           gint64 now_us,
                           guint limit,
                           guint *n_pruned,
                           GError **error)
{
  g_auto (ConfabdAuditEnds) ends = { 0 };
  g_autoptr (ConfabdAuditVerdict) verdict = NULL;
  g_autoptr (GPtrArray) rows = NULL;

  *n_pruned = 0;
  if (!confabd_audit_ends_read (&ends, connection, error)) {
    return FALSE;
  }
  rows = confabd_audit_chain_read_page (connection, G_MININT64, limit, error);
  if (rows == NULL) {
    return FALSE;
  }
  verdict = confabd_audit_verdict_begin (&ends);
  walk_old (rows, before_us, ends.head_seq, verdict);
  if (!confabd_audit_verdict_is_whole (verdict)) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT,
                 "The audit log is broken and kept as it is: %s", verdict->why);
    return FALSE;
  }
  *n_pruned = (guint) verdict->n_entries;
  return *n_pruned == 0 || take_old (connection, verdict, now_us, error);
}

/* ---- for confabctl ---- */

typedef struct {
  const ConfabdAuditFacts *facts; /* (unowned) the caller waits */
  gint64 at_us;
} Append;

static gpointer
run_append (ConfabdConnection *connection, gpointer data, GError **error)
{
  Append *append = data;

  confabd_audit_chain_append_one (connection, append->facts, append->at_us, error);
  return NULL;
}

/**
 * confabd_audit_chain_append_sync:
 *
 * Writes one entry and waits for the disk.
 *
 * Returns: whether it is in the chain
 */
gboolean
confabd_audit_chain_append_sync (ConfabdDatabase *database,
                                 const ConfabdAuditFacts *facts,
                                 gint64 at_us,
                                 GError **error)
{
  Append append = { facts, at_us };
  const ConfabdWork work = { run_append, &append, NULL, NULL };
  GError *local_error = NULL;

  confabd_database_write_sync (database, &work, &local_error);
  if (local_error != NULL) {
    g_propagate_error (error, local_error);
    return FALSE;
  }
  return TRUE;
}

static gpointer
run_read (ConfabdConnection *connection, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;
  GPtrArray *entries = NULL;
  gint64 after;
  guint limit;

  g_variant_get (data, "(xu)", &after, &limit);
  rows = confabd_audit_chain_read_page (connection, after, limit, error);
  if (rows == NULL) {
    return NULL;
  }
  entries = g_ptr_array_new_full (rows->len, (GDestroyNotify) confabd_audit_entry_free);
  for (guint i = 0; i < rows->len; i++) {
    g_ptr_array_add (entries, confabd_audit_entry_new_from_row (g_ptr_array_index (rows, i)));
  }
  return entries;
}

/**
 * confabd_audit_chain_read_sync:
 * @after_seq: begin behind that one; %G_MININT64 for the first
 * @limit: at most so many
 * @error: return location for a #GError
 *
 * Reads entries in the order of the chain.
 *
 * Returns: (transfer full) (element-type ConfabdAuditEntry): the entries
 */
GPtrArray *
confabd_audit_chain_read_sync (ConfabdDatabase *database,
                               gint64 after_seq,
                               guint limit,
                               GError **error)
{
  const ConfabdWork work = { run_read,
                             g_variant_ref_sink (g_variant_new ("(xu)", after_seq, limit)),
                             (GDestroyNotify) g_variant_unref, (GDestroyNotify) g_ptr_array_unref };

  return confabd_database_read_sync (database, &work, error);
}
