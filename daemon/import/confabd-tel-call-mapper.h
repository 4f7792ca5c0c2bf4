/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-import-report.h"
#include "confabd-store-import.h"
#include "confabd-tel-call-reader.h"

G_BEGIN_DECLS

ConfabdImportKind confabd_tel_call_get_kind (ConfabdTelCallTable table);
ConfabdImportItem *confabd_tel_call_map (ConfabdTelCallReader *reader,
                                         ConfabdTelCallTable table,
                                         gint64 now_us,
                                         ConfabdImportReport *report,
                                         GError **error);

G_END_DECLS
