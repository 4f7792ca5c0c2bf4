/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-proxies"

#include "config.h"

#include <string.h>

#include "confabd-proxies.h"

#define MAX_HOPS 32 /* more than any chain of proxies that somebody runs on purpose */

/*
 * Which neighbours speak for others, and for whom. Anybody can write anything into a header; what
 * the last trusted proxy added is true, what the one before it added is true if that one is
 * trusted, too, and so on from the right to the left.
 */
struct _ConfabdProxies {
  GObject parent_instance;

  GPtrArray *networks; /* (element-type GInetAddressMask) (owned) */
  ConfabdProxySource source;
};

G_DEFINE_FINAL_TYPE (ConfabdProxies, confabd_proxies, G_TYPE_OBJECT)

/* "::ffff:192.0.2.1" is 192.0.2.1. */
static GInetAddress *
take_unmapped (GInetAddress *address)
{
  static const guint8 prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
  const guint8 *bytes = g_inet_address_to_bytes (address);
  GInetAddress *unmapped;

  if (g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6 ||
      memcmp (bytes, prefix, sizeof prefix) != 0)
    return address;
  unmapped = g_inet_address_new_from_bytes (bytes + sizeof prefix, G_SOCKET_FAMILY_IPV4);
  g_object_unref (address);
  return unmapped;
}

/* "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]:80" */
static GInetAddress *
parse_node (const char *text)
{
  g_autofree char *host = g_strstrip (g_strdup (text));
  char *colon = strchr (host, ':');
  char *end = NULL;
  GInetAddress *address;

  if (host[0] == '[') {
    end = strchr (host, ']');
    if (end == NULL)
      return NULL;
    *end = '\0';
    address = g_inet_address_new_from_string (host + 1);
  } else {
    if (colon != NULL && strchr (colon + 1, ':') == NULL)
      *colon = '\0';
    address = g_inet_address_new_from_string (host);
  }
  return address != NULL ? take_unmapped (address) : NULL;
}

/* Splits at @separator, but not inside quotes. (element-type utf8) */
static GPtrArray *
split_quoted (const char *text, char separator)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func (g_free);
  const char *start = text;
  gboolean is_quoted = FALSE;

  for (const char *at = text;; at++) {
    if (*at == '"')
      is_quoted = !is_quoted;
    if (*at == '\0' || (*at == separator && !is_quoted)) {
      g_ptr_array_add (parts, g_strstrip (g_strndup (start, (gsize) (at - start))));
      start = at + 1;
    }
    if (*at == '\0')
      return parts;
  }
}

/* Of `for="[2001:db8::1]:80";proto=https`; a name made up by a proxy is no address. */
static GInetAddress *
parse_element (const char *element)
{
  g_autoptr (GPtrArray) pairs = split_quoted (element, ';');

  for (guint i = 0; i < pairs->len; i++) {
    char *pair = pairs->pdata[i];
    gsize length = strlen (pair);

    if (g_ascii_strncasecmp (pair, "for=", 4) != 0)
      continue;
    if (length > 6 && pair[4] == '"' && pair[length - 1] == '"') {
      pair[length - 1] = '\0';
      return parse_node (pair + 5);
    }
    return parse_node (pair + 4);
  }
  return NULL;
}

static void
confabd_proxies_finalize (GObject *object)
{
  g_ptr_array_unref (CONFABD_PROXIES (object)->networks);

  G_OBJECT_CLASS (confabd_proxies_parent_class)->finalize (object);
}

static void
confabd_proxies_class_init (ConfabdProxiesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_proxies_finalize;
}

static void
confabd_proxies_init (ConfabdProxies *self)
{
}

/**
 * confabd_proxies_new:
 * @networks: (element-type GInetAddressMask): who is trusted
 * @source: what of them is believed
 *
 * Returns: (transfer full): the proxies; never changed, so safe to use from any thread
 */
ConfabdProxies *
confabd_proxies_new (GPtrArray *networks, ConfabdProxySource source)
{
  ConfabdProxies *self = g_object_new (CONFABD_TYPE_PROXIES, NULL);

  self->networks = g_ptr_array_ref (networks);
  self->source = source;
  return self;
}

/**
 * confabd_proxies_get_source:
 * @self: the proxies
 *
 * Returns: what of them is believed
 */
ConfabdProxySource
confabd_proxies_get_source (ConfabdProxies *self)
{
  return self->source;
}

/**
 * confabd_proxies_is_trusted:
 * @self: the proxies
 * @address: of a neighbour
 *
 * Returns: whether what it says of others is believed
 */
gboolean
confabd_proxies_is_trusted (ConfabdProxies *self, GInetAddress *address)
{
  for (guint i = 0; i < self->networks->len; i++) {
    if (g_inet_address_mask_matches (self->networks->pdata[i], address))
      return TRUE;
  }
  return FALSE;
}

/**
 * confabd_proxies_find_client:
 * @self: the proxies, whose source is a header field
 * @peer: who opened the connection
 * @field: (nullable): the field, with all of its lines joined by commas
 *
 * Goes from proxy to proxy, as far as they are trusted and say something that can be read.
 * Source: RFC 7239, 5.2 and 6.
 *
 * Returns: (transfer full): who asks
 */
GInetAddress *
confabd_proxies_find_client (ConfabdProxies *self, GInetAddress *peer, const char *field)
{
  g_autoptr (GPtrArray) hops = split_quoted (field != NULL ? field : "", ',');
  GInetAddress *client = g_object_ref (peer);

  for (guint i = hops->len; i > 0 && hops->len - i < MAX_HOPS; i--) {
    const char *hop = hops->pdata[i - 1];
    GInetAddress *before = NULL;

    if (!confabd_proxies_is_trusted (self, client))
      break;
    before = self->source == CONFABD_PROXY_FORWARDED ? parse_element (hop) : parse_node (hop);
    if (before == NULL)
      break;
    g_object_unref (client);
    client = before;
  }
  return client;
}
