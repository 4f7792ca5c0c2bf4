/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-audit-chain.h"

G_BEGIN_DECLS

/* What writes the chain and what walks along it share these. */

/* Both ends of the chain, as they were noted. */
typedef struct {
  gint64 anchor_seq;
  char *anchor_hash; /* (owned) (nullable) NULL: somebody took the row away */
  gint64 head_seq;
  char *head_hash; /* (owned) (nullable) */
} ConfabdAuditEnds;

void confabd_audit_ends_clear (ConfabdAuditEnds *self);
gboolean confabd_audit_ends_read (ConfabdAuditEnds *self,
                                  ConfabdConnection *connection,
                                  GError **error);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ConfabdAuditEnds, confabd_audit_ends_clear)

GPtrArray *confabd_audit_chain_read_page (ConfabdConnection *connection,
                                          gint64 after,
                                          guint limit,
                                          GError **error);

ConfabdAuditVerdict *confabd_audit_verdict_begin (const ConfabdAuditEnds *ends);
gboolean confabd_audit_verdict_is_whole (const ConfabdAuditVerdict *verdict);
void confabd_audit_verdict_step (ConfabdAuditVerdict *verdict, const ConfabdAuditEntry *entry);

G_END_DECLS
