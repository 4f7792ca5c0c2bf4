/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-config"

#include "config.h"

#include <string.h>

#include "confabd-config-database.h"

#define AT(field) G_STRUCT_OFFSET (ConfabdConfigDatabase, field)

static gpointer
parse_url (const char *text, GError **error)
{
  gboolean is_file = g_str_has_prefix (text, "sqlite:///") && strlen (text) > 10;
  gboolean is_server =
      g_str_has_prefix (text, "postgresql://") || g_str_has_prefix (text, "postgres://");

  if (!is_file && !is_server && !g_str_equal (text, "sqlite::memory:")) {
    return confabd_setting_set_bad (
        error, "“%s” is not like “sqlite:///PATH” or “postgresql://HOST/NAME”", text);
  }
  return g_strdup (text);
}

static void
set_defaults (gpointer values)
{
  ConfabdConfigDatabase *self = values;

  self->url = g_strconcat ("sqlite://", g_get_user_data_dir (), "/confab/confab.db", NULL);
}

static const ConfabdSettingType type_url = { parse_url, g_free };

/* clang-format off */
static const ConfabdSetting settings[] = {
  { "url",               NULL,  &type_url,               AT (url) },
  { "slow-statement-ms", "100", &confabd_setting_number, AT (slow_statement_ms), 0, 3600000 },
};
/* clang-format on */

const ConfabdConfigGroup confabd_config_database_group = {
  .name = "database",
  .size = sizeof (ConfabdConfigDatabase),
  .settings = settings,
  .n_settings = G_N_ELEMENTS (settings),
  .set_defaults = set_defaults,
};

/**
 * confabd_config_get_database:
 * @self: a configuration
 *
 * Returns: (transfer none): what it says in [database]
 */
const ConfabdConfigDatabase *
confabd_config_get_database (ConfabdConfig *self)
{
  return confabd_config_get_values (self, &confabd_config_database_group);
}
