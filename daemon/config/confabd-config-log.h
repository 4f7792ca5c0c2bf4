/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-config.h"
#include "confabd-log.h"

G_BEGIN_DECLS

/* [log] */
typedef struct {
  GLogLevelFlags level; /* the least that is written */
  ConfabdLogFormat format;
} ConfabdConfigLog;

extern const ConfabdConfigGroup confabd_config_log_group;

const ConfabdConfigLog *confabd_config_get_log (ConfabdConfig *self);

G_END_DECLS
