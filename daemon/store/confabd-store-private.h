/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-audit-entry.h"
#include "confabd-store.h"

G_BEGIN_DECLS

/* The files confabd-store-*.c share these. */

void confabd_store_write (ConfabdStore *self,
                          const ConfabdWork *work,
                          gpointer source_tag,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
void confabd_store_read (ConfabdStore *self,
                         const ConfabdWork *work,
                         gpointer source_tag,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
/* For the start, where nobody waits yet. */
gpointer confabd_store_read_sync (ConfabdStore *self, const ConfabdWork *work, GError **error);
gpointer confabd_store_propagate (ConfabdStore *self,
                                  GAsyncResult *result,
                                  gpointer source_tag,
                                  GError **error);
gboolean confabd_store_propagate_done (ConfabdStore *self,
                                       GAsyncResult *result,
                                       gpointer source_tag,
                                       GError **error);

/* Closes what a daemon that was killed left open; for confabd_store_new(). */
gpointer confabd_store_run_close_stale (ConfabdConnection *connection,
                                        gpointer now_us,
                                        GError **error);

GPtrArray *confabd_store_make_entry (const ConfabdAuditFacts *facts, GDateTime *at);

G_END_DECLS
