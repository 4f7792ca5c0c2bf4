/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-config.h"

G_BEGIN_DECLS

/* [auth] */
typedef struct {
  char *key_file;          /* (owned) (nullable) absolute; what signs tokens */
  char *previous_key_file; /* (owned) (nullable) absolute; what signed them before */
} ConfabdConfigAuth;

extern const ConfabdConfigGroup confabd_config_auth_group;

const ConfabdConfigAuth *confabd_config_get_auth (ConfabdConfig *self);

G_END_DECLS
