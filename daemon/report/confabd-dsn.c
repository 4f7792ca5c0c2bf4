/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confabd-dsn.h"

static gboolean
is_http (const char *scheme)
{
  return g_str_equal (scheme, "http") || g_str_equal (scheme, "https");
}

/**
 * confabd_dsn_parse:
 * @text: “https://KEY@HOST/PROJECT”, perhaps with a path before the project
 * @endpoint: (out) (transfer full): where envelopes go
 * @key: (out) (transfer full): what opens it
 * @error: return location for a #GError
 *
 * Errors do not quote @text.
 * Source: Sentry's developer documentation, “DSN”.
 *
 * Returns: whether @text is one
 */
gboolean
confabd_dsn_parse (const char *text, char **endpoint, char **key, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_HAS_PASSWORD, NULL);
  const char *path = uri != NULL ? g_uri_get_path (uri) : "";
  const char *project = strrchr (path, '/');
  g_autofree char *folder = NULL;
  g_autofree char *target = NULL;

  if (uri == NULL || !is_http (g_uri_get_scheme (uri)) || g_uri_get_user (uri) == NULL ||
      g_uri_get_host (uri) == NULL || project == NULL || project[1] == '\0') {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                         "The DSN is not like “https://KEY@HOST/PROJECT”");
    return FALSE;
  }
  folder = g_strndup (path, (gsize) (project - path));
  target = g_strdup_printf ("%s/api/%s/envelope/", folder, project + 1);
  *endpoint = g_uri_join (G_URI_FLAGS_NONE, g_uri_get_scheme (uri), NULL, g_uri_get_host (uri),
                          g_uri_get_port (uri), target, NULL, NULL);
  *key = g_strdup (g_uri_get_user (uri));
  return TRUE;
}
