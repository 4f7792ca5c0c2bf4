/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-profile.h"
#include "confabd-store.h"

G_BEGIN_DECLS

/* One kind of things that are kept of somebody. */
typedef struct {
  const char *name;           /* "sessions" */
  const char *const *columns; /* of each row; times are microseconds and end in "at" */
  GPtrArray *rows;            /* (element-type GVariant) (owned) tuples */
} ConfabdExportSection;

typedef struct {
  ConfabProfile *profile; /* (owned) */
  GPtrArray *sections;    /* (element-type ConfabdExportSection) (owned) */
} ConfabdExport;

void confabd_export_free (ConfabdExport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdExport, confabd_export_free)

void confabd_store_export_user_async (ConfabdStore *self,
                                      const char *user_id,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
ConfabdExport *confabd_store_export_user_finish (ConfabdStore *self,
                                                 GAsyncResult *result,
                                                 GError **error);

G_END_DECLS
