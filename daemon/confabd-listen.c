/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-listen"

#include "config.h"

#include <glib/gstdio.h>

#include "confabd-listen.h"

/*
 * Where the daemon listens. On a desktop it takes a free port, remembers it beside the database and
 * takes it again the next time: a join link that was given away must not die with an idle daemon.
 */

#define PORT_FILE "port"

static char *
format_address (GSocketAddress *address)
{
  GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (address);
  g_autofree char *host = g_inet_address_to_string (g_inet_socket_address_get_address (inet));
  gboolean is_ipv6 = g_socket_address_get_family (address) == G_SOCKET_FAMILY_IPV6;

  return g_strdup_printf (is_ipv6 ? "http://[%s]:%u" : "http://%s:%u", host,
                          g_inet_socket_address_get_port (inet));
}

static guint
read_port (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, PORT_FILE, NULL);
  g_autofree char *text = NULL;
  guint64 port = 0;

  if (!g_file_get_contents (path, &text, NULL, NULL) ||
      !g_ascii_string_to_unsigned (g_strstrip (text), 10, 1024, G_MAXUINT16, &port, NULL))
    return 0;
  return (guint) port;
}

static void
write_port (const char *folder, GSocketAddress *bound)
{
  g_autofree char *path = g_build_filename (folder, PORT_FILE, NULL);
  g_autofree char *text =
      g_strdup_printf ("%u\n", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  g_autoptr (GError) error = NULL;

  if (!g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    g_warning ("The next daemon will listen elsewhere: %s", error->message);
}

/* @wanted has no port of its own; somebody else may have the remembered one by now. */
static GSocketAddress *
listen_as_before (ConfabdGate *gate, GSocketAddress *wanted, const char *folder)
{
  guint port = read_port (folder);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;
  GSocketAddress *bound;

  if (port == 0)
    return NULL;
  address = g_inet_socket_address_new (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (wanted)), (guint16) port);
  bound = confabd_gate_listen (gate, address, &error);
  if (bound == NULL)
    g_message ("Links that were given away are void, another port has to do: %s", error->message);
  return bound;
}

static GSocketAddress *
listen_first (ConfabdGate *gate, GSocketAddress *address, const char *folder, GError **error)
{
  gboolean is_free_choice =
      g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)) == 0 && folder != NULL;
  GSocketAddress *bound = NULL;

  if (is_free_choice)
    bound = listen_as_before (gate, address, folder);
  if (bound == NULL)
    bound = confabd_gate_listen (gate, address, error);
  if (bound != NULL && is_free_choice)
    write_port (folder, bound);
  return bound;
}

/**
 * confabd_listen:
 * @gate: where strangers come in
 * @addresses: (element-type GSocketAddress): at least one; port 0 takes a free one
 * @port_folder: (nullable): where to remember the port of the first, if it is a free one
 * @error: return location for a #GError
 *
 * Listens on all of them.
 *
 * Returns: (transfer full): where the first listens, "http://127.0.0.1:41234"
 */
char *
confabd_listen (ConfabdGate *gate, GPtrArray *addresses, const char *port_folder, GError **error)
{
  g_autoptr (GSocketAddress) first = NULL;

  g_return_val_if_fail (addresses->len > 0, NULL);

  first = listen_first (gate, addresses->pdata[0], port_folder, error);
  if (first == NULL)
    return NULL;
  for (guint i = 1; i < addresses->len; i++) {
    g_autoptr (GSocketAddress) bound = confabd_gate_listen (gate, addresses->pdata[i], error);

    if (bound == NULL)
      return NULL;
  }
  return format_address (first);
}

/**
 * confabd_listen_guess_base_url:
 * @address: where the daemon listens
 *
 * What links may begin with when nobody has said: the address, or this machine's name when it is
 * every address.
 *
 * Returns: (transfer full): a URL without a slash at the end
 */
char *
confabd_listen_guess_base_url (const char *address)
{
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);
  g_autoptr (GInetAddress) host = g_inet_address_new_from_string (g_uri_get_host (uri));

  if (host == NULL || !g_inet_address_get_is_any (host))
    return g_strdup (address);
  return g_strdup_printf ("http://%s:%d", g_get_host_name (), g_uri_get_port (uri));
}
