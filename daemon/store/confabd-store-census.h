/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-store.h"

G_BEGIN_DECLS

void confabd_store_count_sessions_async (ConfabdStore *self,
                                         gint64 now_us,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
gboolean confabd_store_count_sessions_finish (ConfabdStore *self,
                                              GAsyncResult *result,
                                              guint *n_sessions,
                                              GError **error);

G_END_DECLS
