/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-audit-entry.h"
#include "confabd-database.h"

G_BEGIN_DECLS

/* What a look at the whole chain found. */
typedef struct {
  gint64 n_entries;
  gint64 first_seq;  /* of the entries that are still there; 0: none */
  gint64 last_seq;   /* 0: none */
  char *last_hash;   /* (owned) */
  char *why;         /* (owned) (nullable) what is wrong, in a sentence; NULL: all is well */
  gint64 broken_seq; /* with @why: the first entry that is not as it was written */
} ConfabdAuditVerdict;

void confabd_audit_verdict_free (ConfabdAuditVerdict *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdAuditVerdict, confabd_audit_verdict_free)

/* Inside of a transaction that writes. */
gboolean confabd_audit_chain_append (ConfabdConnection *connection,
                                     GPtrArray *entries,
                                     gint64 *first_seq,
                                     char **first_hash,
                                     GError **error);
gboolean confabd_audit_chain_append_one (ConfabdConnection *connection,
                                         const ConfabdAuditFacts *facts,
                                         gint64 at_us,
                                         GError **error);
gboolean confabd_audit_chain_prune (ConfabdConnection *connection,
                                    gint64 before_us,
                                    gint64 now_us,
                                    guint limit,
                                    guint *n_pruned,
                                    GError **error);

/* These wait, for as long as it takes: for confabctl and tests. */
gboolean confabd_audit_chain_append_sync (ConfabdDatabase *database,
                                          const ConfabdAuditFacts *facts,
                                          gint64 at_us,
                                          GError **error);
GPtrArray *confabd_audit_chain_read_sync (ConfabdDatabase *database,
                                          gint64 after_seq,
                                          guint limit,
                                          GError **error);
ConfabdAuditVerdict *confabd_audit_chain_verify_sync (ConfabdDatabase *database, GError **error);

G_END_DECLS
