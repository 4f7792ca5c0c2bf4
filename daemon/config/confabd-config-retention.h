/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-config.h"

G_BEGIN_DECLS

/* [retention] */
typedef struct {
  guint history_days;
  guint quality_days;
  guint audit_days;
  guint session_days; /* after they expired */
  guint job_days;     /* after they were done; dead ones three times as long */
} ConfabdConfigRetention;

extern const ConfabdConfigGroup confabd_config_retention_group;

const ConfabdConfigRetention *confabd_config_get_retention (ConfabdConfig *self);

G_END_DECLS
