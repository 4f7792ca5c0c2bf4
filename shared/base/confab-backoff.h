/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

typedef struct {
  guint first_ms;
  guint limit_ms;
  guint attempt;
} ConfabBackoff;

#define CONFAB_BACKOFF_INIT(first, limit) \
  {                                       \
    (first), (limit), 0                   \
  }

CONFAB_AVAILABLE_IN_ALL
guint confab_backoff_next_ms (ConfabBackoff *self, double random);
CONFAB_AVAILABLE_IN_ALL
void confab_backoff_reset (ConfabBackoff *self);

G_END_DECLS
