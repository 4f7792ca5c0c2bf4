/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-config"

#include "config.h"

#include <string.h>

#include "confabd-config-server.h"

#define AT(field) G_STRUCT_OFFSET (ConfabdConfigServer, field)

/* "https://host" or "https://host:port", without anything behind; NULL when it is not. */
static char *
parse_origin (const char *text)
{
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_PARSE_RELAXED, NULL);
  g_autofree char *host = NULL;
  const char *path;

  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      g_uri_get_userinfo (uri) != NULL || g_uri_get_query (uri) != NULL ||
      g_uri_get_fragment (uri) != NULL) {
    return NULL;
  }
  path = g_uri_get_path (uri);
  if ((!g_str_equal (path, "") && !g_str_equal (path, "/")) ||
      !g_strv_contains ((const char *const[]){ "http", "https", NULL }, g_uri_get_scheme (uri))) {
    return NULL;
  }
  host = strchr (g_uri_get_host (uri), ':') != NULL ? g_strdup_printf ("[%s]", g_uri_get_host (uri))
                                                    : g_ascii_strdown (g_uri_get_host (uri), -1);
  return g_uri_get_port (uri) > 0
             ? g_strdup_printf ("%s://%s:%d", g_uri_get_scheme (uri), host, g_uri_get_port (uri))
             : g_strdup_printf ("%s://%s", g_uri_get_scheme (uri), host);
}

static gpointer
parse_base_url (const char *text, GError **error)
{
  char *url = parse_origin (text);

  return url != NULL
             ? url
             : confabd_setting_set_bad (error, "“%s” is not like “https://call.example.org”", text);
}

/* "127.0.0.1:8080" or "[::1]:8080" */
static GSocketAddress *
parse_address (const char *text)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *host = NULL;
  gsize length;
  guint64 port;

  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &port, NULL)) {
    return NULL;
  }
  host = g_strndup (text, colon - text);
  length = strlen (host);
  if (length > 2 && host[0] == '[' && host[length - 1] == ']') {
    host[length - 1] = '\0';
    return g_inet_socket_address_new_from_string (host + 1, (guint) port);
  }
  return strchr (host, ':') == NULL ? g_inet_socket_address_new_from_string (host, (guint) port)
                                    : NULL;
}

static gpointer
parse_listen (const char *text, GError **error)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (GStrv) items = confabd_setting_split (text);

  for (guint i = 0; items[i] != NULL; i++) {
    GSocketAddress *address = parse_address (items[i]);

    if (address == NULL) {
      return confabd_setting_set_bad (error, "“%s” is not like “127.0.0.1:8080” or “[::1]:8080”",
                                      items[i]);
    }
    g_ptr_array_add (addresses, address);
  }
  return addresses->len > 0 ? g_steal_pointer (&addresses)
                            : confabd_setting_set_bad (error, "there is no address");
}

static gpointer
parse_origins (const char *text, GError **error)
{
  g_auto (GStrv) items = confabd_setting_split (text);

  for (guint i = 0; items[i] != NULL; i++) {
    char *origin = parse_origin (items[i]);

    if (g_str_equal (items[i], "*")) {
      return confabd_setting_set_bad (error,
                                      "“*” would let every page in the world in; name the origins");
    }
    if (origin == NULL) {
      return confabd_setting_set_bad (error, "“%s” is not like “https://example.org”", items[i]);
    }
    g_free (items[i]);
    items[i] = origin;
  }
  return g_steal_pointer (&items);
}

/* Addresses and networks, like “192.0.2.1” and “2001:db8::/32”. */
static gpointer
parse_networks (const char *text, GError **error)
{
  g_autoptr (GPtrArray) networks = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (GStrv) items = confabd_setting_split (text);

  for (guint i = 0; items[i] != NULL; i++) {
    GInetAddressMask *network = g_inet_address_mask_new_from_string (items[i], NULL);

    if (network == NULL) {
      return confabd_setting_set_bad (error, "“%s” is not like “192.0.2.1” or “10.0.0.0/8”",
                                      items[i]);
    }
    g_ptr_array_add (networks, network);
    if (g_inet_address_mask_get_length (network) == 0) {
      return confabd_setting_set_bad (error, "“%s” would believe everybody in the world", items[i]);
    }
  }
  return g_steal_pointer (&networks);
}

static const ConfabdChoice proxy_sources[] = {
  { "x-forwarded-for", CONFABD_PROXY_X_FORWARDED_FOR },
  { "forwarded", CONFABD_PROXY_FORWARDED },
  { "proxy-protocol", CONFABD_PROXY_PROTOCOL },
  { NULL },
};

static const ConfabdSettingType type_networks = { parse_networks,
                                                  (GDestroyNotify) g_ptr_array_unref };
static const ConfabdSettingType type_listen = { parse_listen, (GDestroyNotify) g_ptr_array_unref };
static const ConfabdSettingType type_base_url = { parse_base_url, g_free };
static const ConfabdSettingType type_origins = { parse_origins, (GDestroyNotify) g_strfreev };

/* clang-format off */
static const ConfabdSetting settings[] = {
  { "listen", "127.0.0.1:0", &type_listen, AT (listen) },
  { "base-url", NULL, &type_base_url, AT (base_url) },
  { "allowed-origins", "", &type_origins, AT (allowed_origins) },
  { "trusted-proxies", "", &type_networks, AT (trusted_proxies) },
  { "proxy-source", "x-forwarded-for", &confabd_setting_choice, AT (proxy_source), .choices = proxy_sources },
};
/* clang-format on */

const ConfabdConfigGroup confabd_config_server_group = {
  .name = "server",
  .size = sizeof (ConfabdConfigServer),
  .settings = settings,
  .n_settings = G_N_ELEMENTS (settings),
};

/**
 * confabd_config_get_server:
 * @self: a configuration
 *
 * Returns: (transfer none): what it says in [server]
 */
const ConfabdConfigServer *
confabd_config_get_server (ConfabdConfig *self)
{
  return confabd_config_get_values (self, &confabd_config_server_group);
}
