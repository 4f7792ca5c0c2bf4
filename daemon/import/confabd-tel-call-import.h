/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-clock.h"
#include "confabd-database.h"
#include "confabd-import-report.h"

G_BEGIN_DECLS

ConfabdImportReport *confabd_tel_call_import (ConfabdDatabase *database,
                                              const char *path,
                                              gboolean is_dry,
                                              ConfabClock *clock,
                                              GError **error);

G_END_DECLS
