/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-config"

#include "config.h"

#include "confabd-config-errors.h"

#define AT(field) G_STRUCT_OFFSET (ConfabdConfigErrors, field)

static gpointer
parse_environment (const char *text, GError **error)
{
  if (!g_regex_match_simple ("^[A-Za-z0-9_.-]{1,64}$", text, 0, 0)) {
    return confabd_setting_set_bad (error, "“%s” is not like “production”", text);
  }
  return g_strdup (text);
}

/* Errors do not quote the text: there is a key in it. */
static gpointer
check_dsn (GBytes *dsn, GError **error)
{
  gsize size = 0;
  const char *data = dsn != NULL ? g_bytes_get_data (dsn, &size) : NULL;
  g_autofree char *text = g_strndup (data, size);

  if (dsn == NULL ||
      g_regex_match_simple ("^https?://[^@/\\s]+@[^@/\\s]+/[^?#\\s]+$", text, 0, 0)) {
    return dsn;
  }
  g_bytes_unref (dsn);
  return confabd_setting_set_bad (error, "it is not like “https://KEY@HOST/PROJECT”");
}

static gpointer
parse_dsn (const char *text, GError **error)
{
  return check_dsn (confabd_setting_secret.parse (text, error), error);
}

static gpointer
read_dsn (const char *path, GError **error)
{
  return check_dsn (confabd_setting_secret_file.parse (path, error), error);
}

static const ConfabdSettingType type_dsn = { parse_dsn, (GDestroyNotify) g_bytes_unref };
static const ConfabdSettingType type_dsn_file = { read_dsn, (GDestroyNotify) g_bytes_unref };
static const ConfabdSettingType type_environment = { parse_environment, g_free };

/* clang-format off */
static const ConfabdSetting settings[] = {
  { "dsn", NULL, &type_dsn, AT (dsn) },
  { "dsn-file", NULL, &type_dsn_file, AT (dsn) },
  { "environment", "production", &type_environment, AT (environment) },
  { "per-minute", "10", &confabd_setting_number, AT (per_minute), 1, 1000 },
};
/* clang-format on */

const ConfabdConfigGroup confabd_config_errors_group = {
  .name = "errors",
  .size = sizeof (ConfabdConfigErrors),
  .settings = settings,
  .n_settings = G_N_ELEMENTS (settings),
};

/**
 * confabd_config_get_errors:
 * @self: a configuration
 *
 * Returns: (transfer none): what it says in [errors]
 */
const ConfabdConfigErrors *
confabd_config_get_errors (ConfabdConfig *self)
{
  return confabd_config_get_values (self, &confabd_config_errors_group);
}
