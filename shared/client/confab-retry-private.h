/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-error.h"

G_BEGIN_DECLS

typedef enum {
  CONFAB_RETRY_NEVER,      /* the answer would be the same */
  CONFAB_RETRY_NEW_TICKET, /* once: the ticket was the trouble, or the account is */
  CONFAB_RETRY_LATER,      /* with back-off, for a while */
} ConfabRetry;

ConfabRetry confab_retry_for_error (const GError *error);
ConfabError confab_retry_error_from_close_code (guint close_code);
const char *confab_retry_describe (ConfabError code);

G_END_DECLS
