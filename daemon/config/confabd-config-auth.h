/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-config.h"

G_BEGIN_DECLS

/* [auth] */
typedef struct {
  char *key_file; /* (owned) (nullable) absolute; NULL for secret.key beside the database */
} ConfabdConfigAuth;

extern const ConfabdConfigGroup confabd_config_auth_group;

const ConfabdConfigAuth *confabd_config_get_auth (ConfabdConfig *self);

G_END_DECLS
