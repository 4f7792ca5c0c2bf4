/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-cli-options.h"
#include "confab-session.h"

G_BEGIN_DECLS

gboolean confab_cli_entry_begin (ConfabSession *session,
                                 const ConfabCliOptions *options,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data,
                                 GError **error);
gboolean confab_cli_entry_finish (ConfabSession *session, GAsyncResult *result, GError **error);
void confab_cli_entry_leave (ConfabSession *session);

G_END_DECLS
