/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

CONFAB_AVAILABLE_IN_ALL
char *confab_redact_secret (const char *secret);
CONFAB_AVAILABLE_IN_ALL
char *confab_redact_text (const char *text);

G_END_DECLS
