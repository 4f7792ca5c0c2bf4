/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-quality-sample.h"
#include "confabd-store.h"

G_BEGIN_DECLS

/* What was measured in one call; each sample with its origin. */
typedef struct {
  char *call_id;      /* (owned) */
  GPtrArray *samples; /* (element-type ConfabQualitySample) (owned) */
} ConfabdQualityBatch;

/* Where a page ended: the sample that was its last. */
typedef struct {
  gint64 at_us;
  const char *participant_id; /* (unowned) */
  const char *peer_id;        /* (unowned) */
} ConfabdQualityCursor;

ConfabdQualityBatch *confabd_quality_batch_new (const char *call_id);
void confabd_quality_batch_free (ConfabdQualityBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdQualityBatch, confabd_quality_batch_free)

void confabd_store_add_quality_async (ConfabdStore *self,
                                      GPtrArray *batches,
                                      guint max_per_call,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean confabd_store_add_quality_finish (ConfabdStore *self,
                                           GAsyncResult *result,
                                           GError **error);

void confabd_store_list_quality_async (ConfabdStore *self,
                                       const char *user_id,
                                       const char *call_id,
                                       const ConfabdQualityCursor *after,
                                       guint limit,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
GPtrArray *confabd_store_list_quality_finish (ConfabdStore *self,
                                              GAsyncResult *result,
                                              GError **error);

G_END_DECLS
