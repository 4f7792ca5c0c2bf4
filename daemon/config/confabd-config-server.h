/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-config.h"
#include "confabd-proxies.h"

G_BEGIN_DECLS

/* [server] */
typedef struct {
  GPtrArray *listen;      /* (element-type GSocketAddress) (owned) at least one */
  char *base_url;         /* (owned) (nullable) how the server is reached, no slash at the end */
  char **allowed_origins; /* (owned) as browsers spell them */
  GPtrArray *trusted_proxies; /* (element-type GInetAddressMask) (owned) */
  ConfabdProxySource proxy_source;
} ConfabdConfigServer;

extern const ConfabdConfigGroup confabd_config_server_group;

const ConfabdConfigServer *confabd_config_get_server (ConfabdConfig *self);

G_END_DECLS
