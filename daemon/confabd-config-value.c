/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-config"

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confab-ice-server.h"
#include "confabd-config-value-private.h"

#define MIN_HOURS 0.001
#define MAX_HOURS 168.0

#define MAX_TURN_URLS    8
#define MIN_SECRET_BYTES 8
#define MAX_SECRET_BYTES 1024

G_GNUC_PRINTF (2, 3)
static gpointer
set_bad (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (
      error, g_error_new_valist (CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST, format, arguments));
  va_end (arguments);
  return NULL;
}

/* Splits a list at ";", without the spaces around and without what is empty. */
static char **
split_list (const char *text)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) parts = g_strsplit (text, ";", -1);

  for (guint i = 0; parts[i] != NULL; i++) {
    g_strstrip (parts[i]);
    if (*parts[i] != '\0') {
      g_ptr_array_add (items, g_strdup (parts[i]));
    }
  }
  g_ptr_array_add (items, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&items), FALSE);
}

/**
 * confabd_config_value_parse_number:
 *
 * Returns: whether @text is a whole number from @min to @max
 */
gboolean
confabd_config_value_parse_number (
    const char *text, guint64 min, guint64 max, guint64 *value, GError **error)
{
  if (g_ascii_string_to_unsigned (text, 10, min, max, value, NULL)) {
    return TRUE;
  }
  set_bad (error, "“%s” is not a number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT, text,
           min, max);
  return FALSE;
}

/**
 * confabd_config_value_parse_hours:
 * @seconds: (out): the hours of @text, at least one second
 *
 * Returns: whether @text is a number of hours, like `12` or `0.5`
 */
gboolean
confabd_config_value_parse_hours (const char *text, guint *seconds, GError **error)
{
  char *end = NULL;
  double hours = g_ascii_strtod (text, &end);

  if (end == text || *end != '\0' || !(hours >= MIN_HOURS && hours <= MAX_HOURS)) {
    set_bad (error, "“%s” is not a number of hours from %g to %g", text, MIN_HOURS, MAX_HOURS);
    return FALSE;
  }
  *seconds = MAX (1, (guint) (hours * 3600.0 + 0.5));
  return TRUE;
}

/**
 * confabd_config_value_parse_level:
 *
 * Returns: whether @text is the name of a level of the log
 */
gboolean
confabd_config_value_parse_level (const char *text, GLogLevelFlags *level, GError **error)
{
  static const struct {
    const char *name;
    GLogLevelFlags level;
  } levels[] = {
    { "debug", G_LOG_LEVEL_DEBUG },
    { "info", G_LOG_LEVEL_INFO },
    { "message", G_LOG_LEVEL_MESSAGE },
    { "warning", G_LOG_LEVEL_WARNING },
  };

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++) {
    if (g_str_equal (levels[i].name, text)) {
      *level = levels[i].level;
      return TRUE;
    }
  }
  set_bad (error, "“%s” is not “debug”, “info”, “message” or “warning”", text);
  return FALSE;
}

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

/**
 * confabd_config_value_parse_base_url:
 *
 * Returns: (transfer full): how the server is reached, without a slash at the end
 */
char *
confabd_config_value_parse_base_url (const char *text, GError **error)
{
  char *url = parse_origin (text);

  return url != NULL ? url : set_bad (error, "“%s” is not like “https://call.example.org”", text);
}

/**
 * confabd_config_value_parse_path:
 *
 * Returns: (transfer full): an absolute path, of a file that may or may not be there
 */
char *
confabd_config_value_parse_path (const char *text, GError **error)
{
  if (!g_path_is_absolute (text)) {
    return set_bad (error, "“%s” is not an absolute path", text);
  }
  return g_strdup (text);
}

/**
 * confabd_config_value_parse_database:
 *
 * Returns: (transfer full): the URL of a database
 */
char *
confabd_config_value_parse_database (const char *text, GError **error)
{
  gboolean is_file = g_str_has_prefix (text, "sqlite:///") && strlen (text) > 10;
  gboolean is_server =
      g_str_has_prefix (text, "postgresql://") || g_str_has_prefix (text, "postgres://");

  if (!is_file && !is_server && !g_str_equal (text, "sqlite::memory:")) {
    return set_bad (error, "“%s” is not like “sqlite:///PATH” or “postgresql://HOST/NAME”", text);
  }
  return g_strdup (text);
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

/**
 * confabd_config_value_parse_listen:
 *
 * Returns: (transfer full) (element-type GSocketAddress): at least one address
 */
GPtrArray *
confabd_config_value_parse_listen (const char *text, GError **error)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (GStrv) items = split_list (text);

  for (guint i = 0; items[i] != NULL; i++) {
    GSocketAddress *address = parse_address (items[i]);

    if (address == NULL) {
      return set_bad (error, "“%s” is not like “127.0.0.1:8080” or “[::1]:8080”", items[i]);
    }
    g_ptr_array_add (addresses, address);
  }
  return addresses->len > 0 ? g_steal_pointer (&addresses) : set_bad (error, "there is no address");
}

/**
 * confabd_config_value_parse_origins:
 *
 * Returns: (transfer full): the origins, as browsers spell them
 */
char **
confabd_config_value_parse_origins (const char *text, GError **error)
{
  g_auto (GStrv) items = split_list (text);

  for (guint i = 0; items[i] != NULL; i++) {
    char *origin = parse_origin (items[i]);

    if (g_str_equal (items[i], "*")) {
      return set_bad (error, "“*” would let every page in the world in; name the origins");
    }
    if (origin == NULL) {
      return set_bad (error, "“%s” is not like “https://example.org”", items[i]);
    }
    g_free (items[i]);
    items[i] = origin;
  }
  return g_steal_pointer (&items);
}

/**
 * confabd_config_value_parse_ice:
 *
 * Returns: (transfer full) (element-type ConfabIceServer): the servers; errors do not quote @text,
 *   which somebody may have put a password into
 */
GPtrArray *
confabd_config_value_parse_ice (const char *text, GError **error)
{
  g_autoptr (GPtrArray) servers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) confab_ice_server_unref);
  g_auto (GStrv) items = split_list (text);

  for (guint i = 0; items[i] != NULL; i++) {
    const char *urls[] = { items[i], NULL };

    if (!g_regex_match_simple ("^stuns?:[^\\s/?]+$", items[i], 0, 0)) {
      return set_bad (error, "server %u is not like “stun:HOST:PORT”; relays belong to [turn]",
                      i + 1);
    }
    g_ptr_array_add (servers, confab_ice_server_new (urls, NULL, NULL, 0));
  }
  return g_steal_pointer (&servers);
}

/**
 * confabd_config_value_parse_turn_urls:
 *
 * Returns: (transfer full): the URLs (RFC 7065)
 */
char **
confabd_config_value_parse_turn_urls (const char *text, GError **error)
{
  g_auto (GStrv) items = split_list (text);

  for (guint i = 0; items[i] != NULL; i++) {
    if (i >= MAX_TURN_URLS) {
      return set_bad (error, "more than %d relays", MAX_TURN_URLS);
    }
    if (!g_regex_match_simple ("^turns?:[^\\s/?]+(\\?transport=(udp|tcp))?$", items[i], 0, 0)) {
      return set_bad (error, "“%s” is not like “turn:HOST:PORT?transport=udp” or “turns:HOST:PORT”",
                      items[i]);
    }
  }
  return g_steal_pointer (&items);
}

static void
wipe (gpointer data)
{
  explicit_bzero (data, strlen (data));
  g_free (data);
}

/**
 * confabd_config_value_parse_secret:
 *
 * Returns: (transfer full): the secret without the space around it; errors do not quote @text
 */
GBytes *
confabd_config_value_parse_secret (const char *text, GError **error)
{
  char *secret = g_strstrip (g_strdup (text));
  gsize size = strlen (secret);

  if (size < MIN_SECRET_BYTES || size > MAX_SECRET_BYTES) {
    wipe (secret);
    return set_bad (error, "a secret has %d to %d characters", MIN_SECRET_BYTES, MAX_SECRET_BYTES);
  }
  return g_bytes_new_with_free_func (secret, size, wipe, secret);
}

/**
 * confabd_config_value_read_secret:
 * @path: of a small file with nothing else in it
 *
 * Returns: (transfer full): the secret
 */
GBytes *
confabd_config_value_read_secret (const char *path, GError **error)
{
  g_autoptr (GBytes) secret = NULL;
  gsize size = 0;
  char *text = NULL;

  if (!g_file_get_contents (path, &text, &size, error)) {
    return NULL;
  }
  secret = confabd_config_value_parse_secret (text, error);
  explicit_bzero (text, size);
  g_free (text);
  return g_steal_pointer (&secret);
}
