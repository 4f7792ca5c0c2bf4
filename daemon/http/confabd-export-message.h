/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-message.h"
#include "confabd-store-export.h"

G_BEGIN_DECLS

void confabd_export_to_message_async (ConfabdExport *export_,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
ConfabMessage *confabd_export_to_message_finish (GAsyncResult *result);

G_END_DECLS
