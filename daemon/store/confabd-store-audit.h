/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-audit-entry.h"
#include "confabd-store.h"

G_BEGIN_DECLS

/* Entries that are written together. Once handed to the store it belongs to the writer. */
typedef struct _ConfabdAuditBatch ConfabdAuditBatch;

ConfabdAuditBatch *confabd_audit_batch_new (void);
ConfabdAuditBatch *confabd_audit_batch_ref (ConfabdAuditBatch *self);
void confabd_audit_batch_unref (ConfabdAuditBatch *self);
void confabd_audit_batch_take (ConfabdAuditBatch *self, ConfabdAuditEntry *entry);
guint confabd_audit_batch_get_length (ConfabdAuditBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdAuditBatch, confabd_audit_batch_unref)

void confabd_store_add_audit_async (ConfabdStore *self,
                                    ConfabdAuditBatch *batch,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean confabd_store_add_audit_finish (ConfabdStore *self, GAsyncResult *result, GError **error);

/* Which entries to list. */
typedef struct {
  const char *actor;  /* (nullable) the id of a user, or a name */
  const char *action; /* (nullable) */
  gint64 before_seq;  /* from there on, the newest first; G_MAXINT64 for all */
  guint limit;
} ConfabdAuditFilter;

void confabd_store_list_audit_async (ConfabdStore *self,
                                     const ConfabdAuditFilter *filter,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
GPtrArray *confabd_store_list_audit_finish (ConfabdStore *self,
                                            GAsyncResult *result,
                                            GError **error);
GPtrArray *confabd_store_list_audit_sync (ConfabdDatabase *database,
                                          const ConfabdAuditFilter *filter,
                                          GError **error);

G_END_DECLS
