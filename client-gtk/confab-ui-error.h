/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

const char *confab_ui_error_to_sentence (const GError *error);
const char *confab_ui_end_reason_to_sentence (const char *reason);

G_END_DECLS
