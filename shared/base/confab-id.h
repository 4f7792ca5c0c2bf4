/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

#define CONFAB_ID_LENGTH     26
#define CONFAB_CODE_LENGTH   14
#define CONFAB_SECRET_LENGTH 26

CONFAB_AVAILABLE_IN_ALL
char *confab_id_new (void);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_id_is_valid (const char *text);
CONFAB_AVAILABLE_IN_ALL
char *confab_code_new (void);
CONFAB_AVAILABLE_IN_ALL
char *confab_code_normalize (const char *text);
CONFAB_AVAILABLE_IN_ALL
char *confab_secret_new (void);

G_END_DECLS
