/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-config.h"

G_BEGIN_DECLS

/* [database] */
typedef struct {
  char *url; /* (owned) */
  guint slow_statement_ms;
} ConfabdConfigDatabase;

extern const ConfabdConfigGroup confabd_config_database_group;

const ConfabdConfigDatabase *confabd_config_get_database (ConfabdConfig *self);

G_END_DECLS
