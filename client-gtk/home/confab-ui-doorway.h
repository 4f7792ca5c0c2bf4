/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-join-link.h"
#include "confab-live-call.h"
#include "confab-ui-account.h"

G_BEGIN_DECLS

void confab_ui_doorway_start_async (ConfabUiAccount *account,
                                    const char *name,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
void confab_ui_doorway_join_async (ConfabUiAccount *account,
                                   const char *name,
                                   ConfabJoinLink *link,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
ConfabLiveCall *confab_ui_doorway_finish (ConfabUiAccount *account,
                                          GAsyncResult *result,
                                          GError **error);

G_END_DECLS
