/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-config"

#include "config.h"

#include "confabd-config-log.h"

#define AT(field) G_STRUCT_OFFSET (ConfabdConfigLog, field)

static const ConfabdChoice levels[] = {
  { "debug", G_LOG_LEVEL_DEBUG },
  { "info", G_LOG_LEVEL_INFO },
  { "message", G_LOG_LEVEL_MESSAGE },
  { "warning", G_LOG_LEVEL_WARNING },
  { NULL },
};

static const ConfabdChoice formats[] = {
  { "auto", CONFABD_LOG_AUTO },
  { "text", CONFABD_LOG_TEXT },
  { "json", CONFABD_LOG_JSON },
  { "journald", CONFABD_LOG_JOURNALD },
  { NULL },
};

/* clang-format off */
static const ConfabdSetting settings[] = {
  { "level", "message", &confabd_setting_choice, AT (level), .choices = levels },
  { "format", "auto", &confabd_setting_choice, AT (format), .choices = formats },
};
/* clang-format on */

const ConfabdConfigGroup confabd_config_log_group = {
  .name = "log",
  .size = sizeof (ConfabdConfigLog),
  .settings = settings,
  .n_settings = G_N_ELEMENTS (settings),
};

/**
 * confabd_config_get_log:
 * @self: a configuration
 *
 * Returns: (transfer none): what it says in [log]
 */
const ConfabdConfigLog *
confabd_config_get_log (ConfabdConfig *self)
{
  return confabd_config_get_values (self, &confabd_config_log_group);
}
