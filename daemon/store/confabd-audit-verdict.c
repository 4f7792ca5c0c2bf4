/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confabd-audit-chain-private.h"

/*
 * A walk along the chain of audit entries, and what it finds.
 */

#define PAGE 500 /* entries in memory at once: 1,000,000 in 2 s on a laptop, in 1 MiB */

/**
 * confabd_audit_verdict_free:
 * @self: (transfer full): a verdict
 */
void
confabd_audit_verdict_free (ConfabdAuditVerdict *self)
{
  g_free (self->last_hash);
  g_free (self->why);
  g_free (self);
}

/**
 * confabd_audit_verdict_is_whole:
 *
 * Returns: whether nothing wrong was found so far
 */
gboolean
confabd_audit_verdict_is_whole (const ConfabdAuditVerdict *verdict)
{
  return verdict->why == NULL;
}

static void G_GNUC_PRINTF (3, 4)
    break_at (ConfabdAuditVerdict *verdict, gint64 seq, const char *format, ...)
{
  va_list arguments;

  if (!confabd_audit_verdict_is_whole (verdict)) {
    return;
  }
  va_start (arguments, format);
  verdict->broken_seq = seq;
  verdict->why = g_strdup_vprintf (format, arguments);
  va_end (arguments);
}

/**
 * confabd_audit_verdict_begin:
 * @ends: those of the chain
 *
 * Where a walk begins: behind what retention took.
 *
 * Returns: (transfer full): a verdict about nothing yet
 */
ConfabdAuditVerdict *
confabd_audit_verdict_begin (const ConfabdAuditEnds *ends)
{
  ConfabdAuditVerdict *verdict = g_new0 (ConfabdAuditVerdict, 1);

  verdict->last_seq = ends->anchor_seq;
  verdict->last_hash =
      g_strdup (ends->anchor_hash != NULL ? ends->anchor_hash : CONFABD_AUDIT_GENESIS);
  if (ends->anchor_hash == NULL) {
    break_at (verdict, 1, "The record of both ends of the chain is gone");
  }
  return verdict;
}

/**
 * confabd_audit_verdict_step:
 * @entry: one more, behind the last
 *
 * Says what is wrong with it, if it is the first with which something is.
 */
void
confabd_audit_verdict_step (ConfabdAuditVerdict *verdict, const ConfabdAuditEntry *entry)
{
  gint64 expected = verdict->last_seq + 1;
  g_autofree char *hash = confabd_audit_entry_hash (entry, entry->seq, verdict->last_hash);

  if (entry->seq > expected) {
    break_at (verdict, expected, "Entry %" G_GINT64_FORMAT " is missing", expected);
  } else if (entry->seq < expected) {
    break_at (verdict, entry->seq, "Entry %" G_GINT64_FORMAT " does not belong there", entry->seq);
  } else if (!g_str_equal (hash, entry->hash)) {
    break_at (verdict, entry->seq, "Entry %" G_GINT64_FORMAT " is not what was written there",
              entry->seq);
  }
  verdict->n_entries++;
  verdict->first_seq = verdict->n_entries == 1 ? entry->seq : verdict->first_seq;
  verdict->last_seq = entry->seq;
  g_free (verdict->last_hash);
  verdict->last_hash = g_strdup (entry->hash);
}

/* Something on the page behind @after has not even the types of an entry: one at a time tells. */
static gboolean
find_unreadable (ConfabdConnection *connection,
                 gint64 after,
                 ConfabdAuditVerdict *verdict,
                 GError **error)
{
  g_autoptr (GPtrArray) seqs = confabd_connection_query (
      connection, "SELECT seq FROM audit_entries WHERE seq > $1 ORDER BY seq LIMIT $2",
      g_variant_new ("(xu)", after, (guint) PAGE), "(x)", error);

  for (guint i = 0; seqs != NULL && confabd_audit_verdict_is_whole (verdict) && i < seqs->len;
       i++) {
    g_autoptr (ConfabdAuditEntry) entry = NULL;
    g_autoptr (GPtrArray) rows = NULL;
    gint64 seq;

    g_variant_get (g_ptr_array_index (seqs, i), "(x)", &seq);
    rows = confabd_audit_chain_read_page (connection, seq - 1, 1, NULL);
    if (rows == NULL || rows->len == 0) {
      break_at (verdict, seq, "Entry %" G_GINT64_FORMAT " cannot be read", seq);
    } else {
      entry = confabd_audit_entry_new_from_row (g_ptr_array_index (rows, 0));
      confabd_audit_verdict_step (verdict, entry);
    }
  }
  return seqs != NULL;
}

/* Is there an entry about what retention took? Whoever takes entries away by hand has none. */
static void
note_anchor (const ConfabdAuditEnds *ends, const ConfabdAuditEntry *entry, gboolean *is_anchored)
{
  if (g_strcmp0 (entry->action, confabd_audit_action_to_string (CONFABD_AUDIT_PRUNED)) == 0 &&
      g_strcmp0 (entry->detail, ends->anchor_hash) == 0) {
    *is_anchored = TRUE;
  }
}

/* Returns: how many entries; -1 with @error */
static int
walk_page (ConfabdConnection *connection,
           const ConfabdAuditEnds *ends,
           gint64 after,
           ConfabdAuditVerdict *verdict,
           gboolean *is_anchored,
           GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GPtrArray) rows =
      confabd_audit_chain_read_page (connection, after, PAGE, &local_error);

  if (rows == NULL && g_error_matches (local_error, CONFAB_ERROR, CONFAB_ERROR_FAILED) &&
      confabd_connection_is_in_transaction (connection)) {
    return find_unreadable (connection, after, verdict, error) ? 0 : -1;
  }
  if (rows == NULL) {
    g_propagate_error (error, g_steal_pointer (&local_error));
    return -1;
  }
  for (guint i = 0; confabd_audit_verdict_is_whole (verdict) && i < rows->len; i++) {
    g_autoptr (ConfabdAuditEntry) entry =
        confabd_audit_entry_new_from_row (g_ptr_array_index (rows, i));

    confabd_audit_verdict_step (verdict, entry);
    note_anchor (ends, entry, is_anchored);
  }
  return (int) rows->len;
}

static void
check_ends (const ConfabdAuditEnds *ends, gboolean is_anchored, ConfabdAuditVerdict *verdict)
{
  if (verdict->last_seq < ends->head_seq) {
    break_at (verdict, verdict->last_seq + 1, "Entry %" G_GINT64_FORMAT " is missing",
              verdict->last_seq + 1);
  } else if (verdict->last_seq > ends->head_seq) {
    break_at (verdict, ends->head_seq + 1, "Entry %" G_GINT64_FORMAT " was not written by Confab",
              ends->head_seq + 1);
  } else if (g_strcmp0 (verdict->last_hash, ends->head_hash) != 0) {
    break_at (verdict, verdict->last_seq,
              "Entry %" G_GINT64_FORMAT " is not the last one that was written", verdict->last_seq);
  }
  if (ends->anchor_seq > 0 && !is_anchored) {
    break_at (verdict, ends->anchor_seq,
              "Entry %" G_GINT64_FORMAT " and those before it did not go by age", ends->anchor_seq);
  }
}

static gpointer
run_verify (ConfabdConnection *connection, gpointer data, GError **error)
{
  g_auto (ConfabdAuditEnds) ends = { 0 };
  g_autoptr (ConfabdAuditVerdict) verdict = NULL;
  gint64 after = G_MININT64;
  gboolean is_anchored = FALSE;
  int n;

  if (!confabd_audit_ends_read (&ends, connection, error)) {
    return NULL;
  }
  verdict = confabd_audit_verdict_begin (&ends);
  do {
    n = walk_page (connection, &ends, after, verdict, &is_anchored, error);
    after = verdict->last_seq;
  } while (n == PAGE && confabd_audit_verdict_is_whole (verdict));
  if (n < 0) {
    return NULL;
  }
  if (confabd_audit_verdict_is_whole (verdict)) {
    check_ends (&ends, is_anchored, verdict);
  }
  return g_steal_pointer (&verdict);
}

/**
 * confabd_audit_chain_verify_sync:
 * @error: return location for a #GError
 *
 * Computes the whole chain anew, as of one moment, also while daemons write on.
 *
 * Finds every byte that was changed, every entry that was taken away, also from either end, and
 * every one that was put in. Who can write to the database and knows this program can make a whole
 * new chain; compare the last hash with an earlier export for that.
 *
 * Returns: (transfer full): what was found; %NULL when the database does not answer
 */
ConfabdAuditVerdict *
confabd_audit_chain_verify_sync (ConfabdDatabase *database, GError **error)
{
  const ConfabdWork work = { run_verify, NULL, NULL, (GDestroyNotify) confabd_audit_verdict_free };

  g_return_val_if_fail (CONFABD_IS_DATABASE (database), NULL);

  return confabd_database_read_sync (database, &work, error);
}
