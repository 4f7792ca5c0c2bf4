/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-config.h"

G_BEGIN_DECLS

/* [ice] */
typedef struct {
  GPtrArray *servers; /* (element-type ConfabIceServer) (owned) */
} ConfabdConfigIce;

extern const ConfabdConfigGroup confabd_config_ice_group;

const ConfabdConfigIce *confabd_config_get_ice (ConfabdConfig *self);

G_END_DECLS
