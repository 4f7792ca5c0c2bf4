/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-config.h"

G_BEGIN_DECLS

/* [errors] */
typedef struct {
  GBytes *dsn;       /* (owned) (nullable) where reports go, with a key in it; NULL: nowhere */
  char *environment; /* (owned) */
  guint per_minute;
} ConfabdConfigErrors;

extern const ConfabdConfigGroup confabd_config_errors_group;

const ConfabdConfigErrors *confabd_config_get_errors (ConfabdConfig *self);

G_END_DECLS
