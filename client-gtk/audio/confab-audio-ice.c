/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-ice"

#include "config.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>

#include "confab-audio-ice.h"
#include "confab-ice-server.h"

#define PACING_MS           5   /* between two checks: the least of RFC 8445, section 14.2 */
#define CHECK_TIMEOUT_MS    200 /* doubles with each try; libnice's own 500 make a lost check dear */
#define CHECK_TRANSMISSIONS 5   /* six seconds in all: also for those who are far away */

static gboolean
has_network (void)
{
  struct ifaddrs *all = NULL;
  gboolean found = FALSE;

  if (getifaddrs (&all) != 0)
    return TRUE;
  for (struct ifaddrs *i = all; i != NULL && !found; i = i->ifa_next) {
    found = i->ifa_addr != NULL && (i->ifa_flags & IFF_UP) != 0 &&
            (i->ifa_flags & IFF_LOOPBACK) == 0 &&
            (i->ifa_addr->sa_family == AF_INET || i->ifa_addr->sa_family == AF_INET6);
  }
  freeifaddrs (all);
  return found;
}

/* UPnP and TCP cost eleven descriptors a peer, and UPnP leaks some of them (libnice 0.1.21). */
static void
configure_agent (GstElement *webrtc)
{
  g_autoptr (GObject) ice = NULL;
  g_autoptr (GObject) agent = NULL;

  g_object_get (webrtc, "ice-agent", &ice, NULL);
  g_object_get (ice, "agent", &agent, NULL);
  g_object_set (agent, "upnp", FALSE, "ice-tcp", FALSE, "stun-pacing-timer", PACING_MS,
                "stun-initial-timeout", CHECK_TIMEOUT_MS, "stun-max-retransmissions",
                CHECK_TRANSMISSIONS, NULL);
  /* libnice leaves loopback out; without a network two people on one machine would never meet. */
  if (!has_network ()) {
    gboolean is_added = FALSE;

    g_signal_emit_by_name (ice, "add-local-ip-address", "127.0.0.1", &is_added);
  }
}

/* turn:relay.example.org:3478?transport=udp (RFC 7065) -> turn://user:password@relay… */
static char *
to_gst_uri (const char *url, ConfabIceServer *server)
{
  const char *colon = strchr (url, ':');
  g_autofree char *scheme = g_strndup (url, (gsize) (colon - url));
  g_autofree char *user = NULL;
  g_autofree char *password = NULL;

  if (confab_ice_server_get_username (server) == NULL ||
      confab_ice_server_get_credential (server) == NULL)
    return g_strdup_printf ("%s://%s", scheme, colon + 1);
  user = g_uri_escape_string (confab_ice_server_get_username (server), NULL, FALSE);
  password = g_uri_escape_string (confab_ice_server_get_credential (server), NULL, FALSE);
  return g_strdup_printf ("%s://%s:%s@%s", scheme, user, password, colon + 1);
}

static void
add_url (GstElement *webrtc, const char *url, ConfabIceServer *server)
{
  g_autofree char *uri = NULL;
  gboolean is_added = FALSE;

  if (g_str_has_prefix (url, "stun:")) {
    uri = g_strdup_printf ("stun://%s", url + strlen ("stun:"));
    g_object_set (webrtc, "stun-server", uri, NULL);
  } else if (g_str_has_prefix (url, "turn:") || g_str_has_prefix (url, "turns:")) {
    uri = to_gst_uri (url, server);
    g_signal_emit_by_name (webrtc, "add-turn-server", uri, &is_added);
  }
}

/**
 * confab_audio_ice_configure:
 * @webrtc: a webrtcbin in READY
 * @ice_servers: (nullable) (element-type ConfabIceServer): from the daemon
 *
 * Sets the ICE agent up before it gathers. webrtcbin knows one STUN server: the last one wins.
 */
void
confab_audio_ice_configure (GstElement *webrtc, GPtrArray *ice_servers)
{
  configure_agent (webrtc);
  for (guint i = 0; ice_servers != NULL && i < ice_servers->len; i++) {
    ConfabIceServer *server = g_ptr_array_index (ice_servers, i);
    const char *const *urls = confab_ice_server_get_urls (server);

    for (guint k = 0; urls != NULL && urls[k] != NULL; k++)
      add_url (webrtc, urls[k], server);
  }
}
