/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-config"

#include "config.h"

#include "confabd-config-turn.h"

#define AT(field) G_STRUCT_OFFSET (ConfabdConfigTurn, field)

#define MAX_URLS 8

static gpointer
parse_urls (const char *text, GError **error)
{
  g_auto (GStrv) items = confabd_setting_split (text);

  for (guint i = 0; items[i] != NULL; i++) {
    if (i >= MAX_URLS) {
      return confabd_setting_set_bad (error, "more than %d relays", MAX_URLS);
    }
    if (!g_regex_match_simple ("^turns?:[^\\s/?]+(\\?transport=(udp|tcp))?$", items[i], 0, 0)) {
      return confabd_setting_set_bad (
          error, "“%s” is not like “turn:HOST:PORT?transport=udp” or “turns:HOST:PORT”", items[i]);
    }
  }
  return g_steal_pointer (&items);
}

static char *
dup_contradiction (gconstpointer values)
{
  const ConfabdConfigTurn *self = values;

  return self->urls[0] != NULL && self->secret == NULL
             ? g_strdup ("urls: there is no secret for them, see secret-file")
             : NULL;
}

static const ConfabdSettingType type_urls = { parse_urls, (GDestroyNotify) g_strfreev };

/* clang-format off */
static const ConfabdSetting settings[] = {
  { "urls", "", &type_urls, AT (urls) },
  { "secret", NULL, &confabd_setting_secret, AT (secret) },
  { "secret-file", NULL, &confabd_setting_secret_file, AT (secret) },
  { "lifetime-s", "3600", &confabd_setting_number, AT (lifetime_s), 60, 86400 },
};
/* clang-format on */

const ConfabdConfigGroup confabd_config_turn_group = {
  .name = "turn",
  .size = sizeof (ConfabdConfigTurn),
  .settings = settings,
  .n_settings = G_N_ELEMENTS (settings),
  .dup_contradiction = dup_contradiction,
};

/**
 * confabd_config_get_turn:
 * @self: a configuration
 *
 * Returns: (transfer none): what it says in [turn]
 */
const ConfabdConfigTurn *
confabd_config_get_turn (ConfabdConfig *self)
{
  return confabd_config_get_values (self, &confabd_config_turn_group);
}
