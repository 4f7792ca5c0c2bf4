/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "confab-message.h"

G_BEGIN_DECLS

#define CONFAB_REQUEST_DEADLINE_MS (15 * 1000)

void confab_exchange_run_async (SoupSession *session,
                                SoupMessage *message,
                                guint deadline_ms,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
ConfabMessage *confab_exchange_run_finish (SoupSession *session,
                                           GAsyncResult *result,
                                           GError **error);
GError *confab_exchange_error_for_status (SoupMessage *message);
GError *confab_exchange_error_for_transport (SoupMessage *message, const GError *cause);

G_END_DECLS
