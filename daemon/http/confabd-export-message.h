/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-message.h"
#include "confabd-store-export.h"

G_BEGIN_DECLS

ConfabMessage *confabd_export_to_message (ConfabdExport *export_);

G_END_DECLS
