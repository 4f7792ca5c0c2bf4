/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-store-calls.h"

G_BEGIN_DECLS

void confabd_store_enter_async (ConfabdStore *self,
                                ConfabUser *user,
                                const char *call_id,
                                const char *participant_id,
                                const ConfabParticipantFlags *flags,
                                GDateTime *now,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
ConfabdEntry *confabd_store_enter_finish (ConfabdStore *self, GAsyncResult *result, GError **error);

void confabd_store_set_flags_async (ConfabdStore *self,
                                    const char *participant_id,
                                    const ConfabParticipantFlags *flags,
                                    GDateTime *now,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
ConfabParticipant *confabd_store_set_flags_finish (ConfabdStore *self,
                                                   GAsyncResult *result,
                                                   GError **error);

void confabd_store_leave_async (ConfabdStore *self,
                                const char *participant_id,
                                const char *reason,
                                GDateTime *now,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean confabd_store_leave_finish (ConfabdStore *self, GAsyncResult *result, GError **error);

G_END_DECLS
