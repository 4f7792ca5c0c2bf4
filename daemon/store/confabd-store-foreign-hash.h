/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-store.h"

G_BEGIN_DECLS

void confabd_store_find_foreign_hash_async (ConfabdStore *self,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
char *confabd_store_find_foreign_hash_finish (ConfabdStore *self,
                                              GAsyncResult *result,
                                              GError **error);

G_END_DECLS
