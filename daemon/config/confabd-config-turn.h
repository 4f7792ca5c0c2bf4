/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-config.h"

G_BEGIN_DECLS

/* [turn] */
typedef struct {
  char **urls;    /* (owned) RFC 7065 */
  GBytes *secret; /* (owned) (nullable) there when there are URLs */
  guint lifetime_s;
} ConfabdConfigTurn;

extern const ConfabdConfigGroup confabd_config_turn_group;

const ConfabdConfigTurn *confabd_config_get_turn (ConfabdConfig *self);

G_END_DECLS
