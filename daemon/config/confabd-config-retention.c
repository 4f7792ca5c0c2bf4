/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-config"

#include "config.h"

#include "confabd-config-retention.h"

#define AT(field) G_STRUCT_OFFSET (ConfabdConfigRetention, field)

#define MAX_DAYS 36500

/* clang-format off */
static const ConfabdSetting settings[] = {
  { "history-days", "365", &confabd_setting_number, AT (history_days), 1, MAX_DAYS },
  { "quality-days", "365", &confabd_setting_number, AT (quality_days), 1, MAX_DAYS },
  { "audit-days", "400", &confabd_setting_number, AT (audit_days), 1, MAX_DAYS },
  { "session-days", "30", &confabd_setting_number, AT (session_days), 1, MAX_DAYS },
  { "job-days", "7", &confabd_setting_number, AT (job_days), 1, MAX_DAYS },
};
/* clang-format on */

const ConfabdConfigGroup confabd_config_retention_group = {
  .name = "retention",
  .size = sizeof (ConfabdConfigRetention),
  .settings = settings,
  .n_settings = G_N_ELEMENTS (settings),
};

/**
 * confabd_config_get_retention:
 * @self: a configuration
 *
 * Returns: (transfer none): what it says in [retention]
 */
const ConfabdConfigRetention *
confabd_config_get_retention (ConfabdConfig *self)
{
  return confabd_config_get_values (self, &confabd_config_retention_group);
}
