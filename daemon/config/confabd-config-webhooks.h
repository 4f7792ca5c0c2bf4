/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-config.h"

G_BEGIN_DECLS

/* [webhooks] */
typedef struct {
  char **urls;               /* (owned) */
  char **events;             /* (owned) which of those that there are */
  GBytes *secret;            /* (owned) (nullable) there when there are URLs */
  GTlsDatabase *authorities; /* (owned) (nullable) who vouches for receivers; NULL: whom the system
                                knows */
} ConfabdConfigWebhooks;

extern const ConfabdConfigGroup confabd_config_webhooks_group;

const ConfabdConfigWebhooks *confabd_config_get_webhooks (ConfabdConfig *self);

G_END_DECLS
