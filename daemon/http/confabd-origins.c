/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-origins"

#include "config.h"

#include <string.h>

#include "confabd-origins.h"

/*
 * Which web pages may speak to the daemon: its own, and those of configured foreign origins. A
 * program that is no browser sends no Origin, and is not what this is about.
 *
 * Its own page is one whose origin is the base URL, or whose origin names the host that the request
 * went to. The latter holds for addresses and for this machine's names only: any other name may be
 * a stranger's that was made to point here (DNS rebinding).
 */
struct _ConfabdOrigins {
  GObject parent_instance;

  char *own;           /* (owned) scheme, host and port of the base URL */
  GHashTable *foreign; /* (element-type utf8) (owned) */
};

G_DEFINE_FINAL_TYPE (ConfabdOrigins, confabd_origins, G_TYPE_OBJECT)

/* As browsers write it: lower case, no path, no default port. */
static char *
origin_of (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  g_autofree char *host = NULL;
  const char *scheme;
  int port;
  gboolean is_default;

  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return g_ascii_strdown (url, -1);
  scheme = g_uri_get_scheme (uri);
  port = g_uri_get_port (uri);
  is_default = port == -1 || (g_str_equal (scheme, "http") && port == 80) ||
               (g_str_equal (scheme, "https") && port == 443);
  host = g_ascii_strdown (g_uri_get_host (uri), -1);
  return g_uri_join (G_URI_FLAGS_NONE, scheme, NULL, host, is_default ? -1 : port, "", NULL, NULL);
}

static gboolean
is_own_name (const char *host)
{
  return g_hostname_is_ip_address (host) || g_ascii_strcasecmp (host, "localhost") == 0 ||
         g_ascii_strcasecmp (host, g_get_host_name ()) == 0;
}

static gboolean
names_host (const char *origin, const char *host)
{
  g_autoptr (GUri) uri = g_uri_parse (origin, G_URI_FLAGS_NONE, NULL);
  const char *authority = strstr (origin, "://");

  return uri != NULL && authority != NULL && g_uri_get_host (uri) != NULL &&
         g_ascii_strcasecmp (authority + 3, host) == 0 && is_own_name (g_uri_get_host (uri));
}

static void
confabd_origins_finalize (GObject *object)
{
  ConfabdOrigins *self = CONFABD_ORIGINS (object);

  g_free (self->own);
  g_hash_table_unref (self->foreign);

  G_OBJECT_CLASS (confabd_origins_parent_class)->finalize (object);
}

static void
confabd_origins_class_init (ConfabdOriginsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_origins_finalize;
}

static void
confabd_origins_init (ConfabdOrigins *self)
{
  self->foreign = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * confabd_origins_new:
 * @base_url: where people reach the daemon
 * @foreign: (nullable): other origins whose pages may speak to it, "https://example.org"
 *
 * Returns: (transfer full): the policy
 */
ConfabdOrigins *
confabd_origins_new (const char *base_url, const char *const *foreign)
{
  ConfabdOrigins *self = g_object_new (CONFABD_TYPE_ORIGINS, NULL);

  self->own = origin_of (base_url);
  confabd_origins_set_foreign (self, foreign);
  return self;
}

/**
 * confabd_origins_set_foreign:
 * @self: the policy
 * @foreign: (nullable): the other origins whose pages may speak to the daemon from now on
 */
void
confabd_origins_set_foreign (ConfabdOrigins *self, const char *const *foreign)
{
  g_hash_table_remove_all (self->foreign);
  for (gsize i = 0; foreign != NULL && foreign[i] != NULL; i++)
    g_hash_table_add (self->foreign, origin_of (foreign[i]));
}

/**
 * confabd_origins_is_foreign:
 * @self: the policy
 * @origin: (nullable): the field `Origin` of a request
 *
 * Returns: whether it is one of the configured foreign origins, which get CORS
 */
gboolean
confabd_origins_is_foreign (ConfabdOrigins *self, const char *origin)
{
  return origin != NULL && g_hash_table_contains (self->foreign, origin);
}

/**
 * confabd_origins_is_welcome:
 * @self: the policy
 * @origin: (nullable): the field `Origin` of a request
 * @host: (nullable): its field `Host`
 *
 * Source: RFC 6454; RFC 6455, 10.2.
 *
 * Returns: whether a page of that origin, or no page, may do what it asks for
 */
gboolean
confabd_origins_is_welcome (ConfabdOrigins *self, const char *origin, const char *host)
{
  if (origin == NULL || g_str_equal (origin, self->own) ||
      confabd_origins_is_foreign (self, origin))
    return TRUE;
  return host != NULL && names_host (origin, host);
}
