/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-config"

#include "config.h"

#include "confab-ice-server.h"
#include "confabd-config-ice.h"

#define AT(field) G_STRUCT_OFFSET (ConfabdConfigIce, field)

/* Errors do not quote the text, which somebody may have put a password into. */
static gpointer
parse_servers (const char *text, GError **error)
{
  g_autoptr (GPtrArray) servers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) confab_ice_server_unref);
  g_auto (GStrv) items = confabd_setting_split (text);

  for (guint i = 0; items[i] != NULL; i++) {
    const char *urls[] = { items[i], NULL };

    if (!g_regex_match_simple ("^stuns?:[^\\s/?]+$", items[i], 0, 0)) {
      return confabd_setting_set_bad (
          error, "server %u is not like “stun:HOST:PORT”; relays belong to [turn]", i + 1);
    }
    g_ptr_array_add (servers, confab_ice_server_new (urls, NULL, NULL, 0));
  }
  return g_steal_pointer (&servers);
}

static const ConfabdSettingType type_servers = { parse_servers,
                                                 (GDestroyNotify) g_ptr_array_unref };

/* clang-format off */
static const ConfabdSetting settings[] = {
  { "servers", "", &type_servers, AT (servers) },
};
/* clang-format on */

const ConfabdConfigGroup confabd_config_ice_group = {
  .name = "ice",
  .size = sizeof (ConfabdConfigIce),
  .settings = settings,
  .n_settings = G_N_ELEMENTS (settings),
};

/**
 * confabd_config_get_ice:
 * @self: a configuration
 *
 * Returns: (transfer none): what it says in [ice]
 */
const ConfabdConfigIce *
confabd_config_get_ice (ConfabdConfig *self)
{
  return confabd_config_get_values (self, &confabd_config_ice_group);
}
