/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabctl"

#include "config.h"

#include "confabd-config-auth.h"
#include "confabd-config-database.h"
#include "confabd-config-server.h"
#include "confabd-ctl-place.h"

/* Where the daemon of a configuration has its things. */

#define SCHEME "sqlite://"

/**
 * confabd_ctl_place_dup_database_file:
 * @config: a configuration
 *
 * Returns: (transfer full) (nullable): the path of the database when it is a file
 */
char *
confabd_ctl_place_dup_database_file (ConfabdConfig *config)
{
  const char *url = confabd_config_get_database (config)->url;

  return g_str_has_prefix (url, SCHEME "/") ? g_strdup (url + strlen (SCHEME)) : NULL;
}

/**
 * confabd_ctl_place_dup_key_file:
 * @config: a configuration
 *
 * Returns: (transfer full) (nullable): the file of the key that signs tokens, there or not
 */
char *
confabd_ctl_place_dup_key_file (ConfabdConfig *config)
{
  g_autofree char *database = confabd_ctl_place_dup_database_file (config);
  g_autofree char *folder = database != NULL ? g_path_get_dirname (database) : NULL;
  const char *set = confabd_config_get_auth (config)->key_file;

  if (set != NULL) {
    return g_strdup (set);
  }
  return folder != NULL ? g_build_filename (folder, "secret.key", NULL) : NULL;
}

/* A daemon that took a free port has written it down beside its database. */
static guint
find_port (ConfabdConfig *config, GInetSocketAddress *address)
{
  guint port = g_inet_socket_address_get_port (address);
  g_autofree char *database = confabd_ctl_place_dup_database_file (config);
  g_autofree char *folder = database != NULL ? g_path_get_dirname (database) : NULL;
  g_autofree char *file = folder != NULL ? g_build_filename (folder, "port", NULL) : NULL;
  g_autofree char *text = NULL;

  if (port == 0 && file != NULL && g_file_get_contents (file, &text, NULL, NULL)) {
    port = (guint) g_ascii_strtoull (text, NULL, 10);
  }
  return port;
}

/**
 * confabd_ctl_place_dup_address:
 * @config: a configuration
 *
 * Returns: (transfer full) (nullable): “http://127.0.0.1:8080”, where the daemon answers from this
 *   machine; %NULL when it takes a port that nobody knows
 */
char *
confabd_ctl_place_dup_address (ConfabdConfig *config)
{
  GInetSocketAddress *address =
      G_INET_SOCKET_ADDRESS (g_ptr_array_index (confabd_config_get_server (config)->listen, 0));
  GInetAddress *host = g_inet_socket_address_get_address (address);
  gboolean is_ipv6 = g_inet_address_get_family (host) == G_SOCKET_FAMILY_IPV6;
  g_autofree char *text = g_inet_address_get_is_any (host)
                              ? g_strdup (is_ipv6 ? "::1" : "127.0.0.1")
                              : g_inet_address_to_string (host);
  guint port = find_port (config, address);

  return port > 0 ? g_strdup_printf (is_ipv6 ? "http://[%s]:%u" : "http://%s:%u", text, port)
                  : NULL;
}
