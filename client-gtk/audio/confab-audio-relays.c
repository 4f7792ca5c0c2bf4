/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-relays"

#include "config.h"

#include <string.h>

#include "confab-audio-relays.h"
#include "confab-audio-tls-tunnel.h"
#include "confab-audio-turn-probe.h"
#include "confab-ice-server.h"

#define PORT_PLAIN 3478 /* RFC 8489, RFC 8656 */
#define PORT_TLS   5349
#define MAX_RELAYS 8 /* each costs a socket an address of this machine and a peer */

struct _ConfabAudioRelays {
  GMainContext *context; /* (owned) */
  ConfabAudioRelaysProblemFunc problem;
  gpointer user_data; /* (unowned) owns us */

  GPtrArray *servers; /* (element-type ConfabIceServer) (owned) */
  GPtrArray *tunnels; /* (element-type ConfabAudioTlsTunnel) (owned) kept over renewals */
  gboolean is_only;
  gboolean is_checked;         /* these servers were probed */
  ConfabAudioTurnProbe *probe; /* (owned) (nullable) under way */
};

/* One URL of a relay. */
typedef struct {
  char *host; /* (owned) without brackets */
  guint16 port;
  gboolean is_tls;
  const char *transport; /* (unowned) a literal */
} Relay;

static void
relay_clear (Relay *relay)
{
  g_free (relay->host);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Relay, relay_clear)

/* turn:relay.example.org:3478?transport=udp. Source: RFC 7065, section 3.1. */
static gboolean
parse_relay (const char *url, Relay *relay)
{
  g_autoptr (GSocketConnectable) address = NULL;
  g_autofree char *authority = NULL;
  const char *query = strchr (url, '?');
  const char *begin = strchr (url, ':');

  relay->is_tls = g_str_has_prefix (url, "turns:");
  if (!relay->is_tls && !g_str_has_prefix (url, "turn:"))
    return FALSE;
  authority =
      query != NULL ? g_strndup (begin + 1, (gsize) (query - begin - 1)) : g_strdup (begin + 1);
  address = g_network_address_parse (authority, relay->is_tls ? PORT_TLS : PORT_PLAIN, NULL);
  if (address == NULL || *g_network_address_get_hostname (G_NETWORK_ADDRESS (address)) == '\0')
    return FALSE;
  relay->host = g_strdup (g_network_address_get_hostname (G_NETWORK_ADDRESS (address)));
  relay->port = g_network_address_get_port (G_NETWORK_ADDRESS (address));
  relay->transport = relay->is_tls || g_strcmp0 (query, "?transport=tcp") == 0 ? "tcp" : "udp";
  return TRUE;
}

/* ---- URIs ---- */

static char *
make_uri (ConfabIceServer *server, const char *host, guint16 port, const char *transport)
{
  gboolean is_ipv6 = strchr (host, ':') != NULL;
  g_autofree char *user =
      g_uri_escape_string (confab_ice_server_get_username (server), NULL, FALSE);
  g_autofree char *password =
      g_uri_escape_string (confab_ice_server_get_credential (server), NULL, FALSE);

  return g_strdup_printf ("turn://%s:%s@%s%s%s:%u?transport=%s", user, password, is_ipv6 ? "[" : "",
                          host, is_ipv6 ? "]" : "", port, transport);
}

static ConfabAudioTlsTunnel *
get_tunnel (ConfabAudioRelays *self, const Relay *relay)
{
  g_autoptr (GError) error = NULL;
  ConfabAudioTlsTunnel *tunnel = NULL;

  for (guint i = 0; i < self->tunnels->len; i++) {
    tunnel = self->tunnels->pdata[i];
    if (g_str_equal (confab_audio_tls_tunnel_get_host (tunnel), relay->host) &&
        confab_audio_tls_tunnel_get_port (tunnel) == relay->port)
      return tunnel;
  }
  /* The server may name others each time; a thread each is enough for those of now. */
  if (self->tunnels->len == MAX_RELAYS)
    g_ptr_array_remove_index (self->tunnels, 0);
  tunnel = confab_audio_tls_tunnel_new (relay->host, relay->port, &error);
  if (tunnel == NULL)
    g_warning ("There is no loopback for the relay's TLS: %s", error->message);
  else
    g_ptr_array_add (self->tunnels, tunnel);
  return tunnel;
}

static void
add_tls (ConfabAudioRelays *self, GPtrArray *uris, ConfabIceServer *server, const Relay *relay)
{
  ConfabAudioTlsTunnel *tunnel = get_tunnel (self, relay);
  guint16 ipv4_port = tunnel != NULL ? confab_audio_tls_tunnel_get_ipv4_port (tunnel) : 0;
  guint16 ipv6_port = tunnel != NULL ? confab_audio_tls_tunnel_get_ipv6_port (tunnel) : 0;

  if (ipv4_port != 0)
    g_ptr_array_add (uris, make_uri (server, "127.0.0.1", ipv4_port, "tcp"));
  if (ipv6_port != 0)
    g_ptr_array_add (uris, make_uri (server, "::1", ipv6_port, "tcp"));
}

static void
add_server (ConfabAudioRelays *self, GPtrArray *uris, ConfabIceServer *server)
{
  const char *const *urls = confab_ice_server_get_urls (server);

  if (confab_ice_server_get_username (server) == NULL ||
      confab_ice_server_get_credential (server) == NULL)
    return;
  for (guint i = 0; urls[i] != NULL && uris->len < MAX_RELAYS; i++) {
    g_auto (Relay) relay = { NULL };

    if (!parse_relay (urls[i], &relay))
      continue;
    if (relay.is_tls)
      add_tls (self, uris, server, &relay);
    else
      g_ptr_array_add (uris, make_uri (server, relay.host, relay.port, relay.transport));
  }
}

/**
 * confab_audio_relays_dup_turn_uris:
 * @self: the relays
 *
 * Returns: (transfer full) (element-type utf8): what webrtcbin's add-turn-server takes, credentials
 *   percent-encoded; TLS by way of a tunnel of ours
 */
GPtrArray *
confab_audio_relays_dup_turn_uris (ConfabAudioRelays *self)
{
  GPtrArray *uris = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->servers->len; i++)
    add_server (self, uris, self->servers->pdata[i]);
  return uris;
}

/**
 * confab_audio_relays_dup_stun_uris:
 * @self: the relays
 *
 * Returns: (transfer full) (element-type utf8): for webrtcbin's stun-server, of which it has one
 */
GPtrArray *
confab_audio_relays_dup_stun_uris (ConfabAudioRelays *self)
{
  GPtrArray *uris = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->servers->len; i++) {
    const char *const *urls = confab_ice_server_get_urls (self->servers->pdata[i]);

    for (guint k = 0; urls[k] != NULL; k++) {
      if (g_str_has_prefix (urls[k], "stun:"))
        g_ptr_array_add (uris, g_strdup_printf ("stun://%s", urls[k] + strlen ("stun:")));
    }
  }
  return uris;
}

/* ---- what is wrong ---- */

static void
on_probed (const GError *error, gpointer user_data)
{
  ConfabAudioRelays *self = user_data;

  g_clear_pointer (&self->probe, confab_audio_turn_probe_free);
  if (error != NULL)
    self->problem (error, self->user_data);
}

static gboolean
find_relay (ConfabAudioRelays *self, ConfabAudioTurnTarget *target, Relay *relay)
{
  for (guint i = 0; i < self->servers->len; i++) {
    ConfabIceServer *server = self->servers->pdata[i];
    const char *const *urls = confab_ice_server_get_urls (server);

    if (confab_ice_server_get_username (server) == NULL ||
        confab_ice_server_get_credential (server) == NULL || urls[0] == NULL ||
        !parse_relay (urls[0], relay))
      continue;
    *target = (ConfabAudioTurnTarget){ relay->host,
                                       relay->port,
                                       relay->is_tls,
                                       g_str_equal (relay->transport, "tcp"),
                                       confab_ice_server_get_username (server),
                                       confab_ice_server_get_credential (server) };
    return TRUE;
  }
  return FALSE;
}

/**
 * confab_audio_relays_check:
 * @self: the relays
 *
 * No relay took part in a connection. libnice does not say why; we ask the first one ourselves,
 * once for each set of servers.
 */
void
confab_audio_relays_check (ConfabAudioRelays *self)
{
  ConfabAudioTurnTarget target;
  g_auto (Relay) relay = { NULL };

  if (self->is_checked || self->probe != NULL || !find_relay (self, &target, &relay))
    return;
  self->is_checked = TRUE;
  self->probe = confab_audio_turn_probe_new (self->context, &target, on_probed, self);
}

/* ---- life ---- */

void
confab_audio_relays_set_servers (ConfabAudioRelays *self, GPtrArray *servers)
{
  g_ptr_array_unref (self->servers);
  self->servers = servers != NULL ? g_ptr_array_ref (servers) : g_ptr_array_new ();
  self->is_checked = FALSE;
}

void
confab_audio_relays_set_only (ConfabAudioRelays *self, gboolean is_only)
{
  self->is_only = is_only;
}

gboolean
confab_audio_relays_get_only (ConfabAudioRelays *self)
{
  return self->is_only;
}

ConfabAudioRelays *
confab_audio_relays_new (GMainContext *context,
                         ConfabAudioRelaysProblemFunc problem,
                         gpointer user_data)
{
  ConfabAudioRelays *self = g_new0 (ConfabAudioRelays, 1);

  self->context = g_main_context_ref (context);
  self->problem = problem;
  self->user_data = user_data;
  self->servers = g_ptr_array_new ();
  self->tunnels = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_audio_tls_tunnel_free);
  return self;
}

void
confab_audio_relays_free (ConfabAudioRelays *self)
{
  g_clear_pointer (&self->probe, confab_audio_turn_probe_free);
  g_ptr_array_unref (self->servers);
  g_ptr_array_unref (self->tunnels);
  g_main_context_unref (self->context);
  g_free (self);
}
