/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-servers"

#include "config.h"

#include "confab-ui-servers.h"

#define MAX_SERVERS 10

/* The servers that one has signed in to, the last one first, and as whom: no secret is among it. */

static gboolean
is_loopback (const char *address)
{
  return g_str_has_prefix (address, "localhost") || g_str_has_prefix (address, "127.") ||
         g_str_has_prefix (address, "[::1]");
}

static void
add_others (GVariantBuilder *builder, GVariant *known, const char *server)
{
  GVariantIter iter;
  const char *other = NULL;
  const char *login = NULL;
  guint n = 1;

  g_variant_iter_init (&iter, known);
  while (n < MAX_SERVERS && g_variant_iter_next (&iter, "(&s&s)", &other, &login)) {
    if (g_str_equal (other, server))
      continue;
    g_variant_builder_add (builder, "(ss)", other, login);
    n++;
  }
}

/**
 * confab_ui_servers_remember:
 * @settings: where
 * @server: address of a server, without a slash at its end
 * @login: (nullable): as whom; %NULL for a guest
 *
 * Puts a server first in the list, and forgets the last one of too many.
 */
void
confab_ui_servers_remember (ConfabUiSettings *settings, const char *server, const char *login)
{
  GSettings *store = confab_ui_settings_get_store (settings);
  g_autoptr (GVariant) known = g_settings_get_value (store, CONFAB_UI_KEY_SERVERS);
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ss)"));

  g_variant_builder_add (&builder, "(ss)", server, login != NULL ? login : "");
  add_others (&builder, known, server);
  g_settings_set_value (store, CONFAB_UI_KEY_SERVERS, g_variant_builder_end (&builder));
}

/**
 * confab_ui_servers_stay:
 * @settings: where
 * @server: (nullable): which server the app shall open with; %NULL for the daemon of this computer
 */
void
confab_ui_servers_stay (ConfabUiSettings *settings, const char *server)
{
  g_settings_set_string (confab_ui_settings_get_store (settings), CONFAB_UI_KEY_CURRENT_SERVER,
                         server != NULL ? server : "");
}

/**
 * confab_ui_servers_dup_current:
 * @settings: where
 *
 * Returns: (transfer full) (nullable): what confab_ui_servers_stay() said
 */
char *
confab_ui_servers_dup_current (ConfabUiSettings *settings)
{
  g_autofree char *server =
      g_settings_get_string (confab_ui_settings_get_store (settings), CONFAB_UI_KEY_CURRENT_SERVER);

  return *server != '\0' ? g_steal_pointer (&server) : NULL;
}

/**
 * confab_ui_servers_dup_login:
 * @settings: where
 * @server: address of a server
 *
 * Returns: (transfer full) (nullable): as whom one was there the last time
 */
char *
confab_ui_servers_dup_login (ConfabUiSettings *settings, const char *server)
{
  g_autoptr (GVariant) known =
      g_settings_get_value (confab_ui_settings_get_store (settings), CONFAB_UI_KEY_SERVERS);
  GVariantIter iter;
  const char *other = NULL;
  const char *login = NULL;

  g_variant_iter_init (&iter, known);
  while (g_variant_iter_next (&iter, "(&s&s)", &other, &login)) {
    if (g_strcmp0 (other, server) == 0)
      return *login != '\0' ? g_strdup (login) : NULL;
  }
  return NULL;
}

/**
 * confab_ui_servers_list:
 * @settings: where
 *
 * Returns: (transfer full): addresses, the last one used first
 */
GStrv
confab_ui_servers_list (ConfabUiSettings *settings)
{
  g_autoptr (GVariant) known =
      g_settings_get_value (confab_ui_settings_get_store (settings), CONFAB_UI_KEY_SERVERS);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GVariantIter iter;
  const char *server = NULL;

  g_variant_iter_init (&iter, known);
  while (g_variant_iter_next (&iter, "(&s&s)", &server, NULL))
    g_strv_builder_add (builder, server);
  return g_strv_builder_end (builder);
}

/**
 * confab_ui_servers_complete_address:
 * @typed: what somebody typed, such as “calls.example.org”
 *
 * Returns: (transfer full): the address that is meant, which may still be none
 */
char *
confab_ui_servers_complete_address (const char *typed)
{
  g_autofree char *address = NULL;

  g_return_val_if_fail (typed != NULL, NULL);

  address = g_strstrip (g_strdup (typed));
  if (strstr (address, "://") != NULL)
    return g_steal_pointer (&address);
  return g_strconcat (is_loopback (address) ? "http://" : "https://", address, NULL);
}
