/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-ice"

#include "config.h"

#include <ifaddrs.h>
#include <net/if.h>

#include "confab-audio-ice.h"

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

static void
add_servers (GstElement *webrtc, ConfabAudioRelays *relays)
{
  g_autoptr (GPtrArray) stun = confab_audio_relays_dup_stun_uris (relays);
  g_autoptr (GPtrArray) turn = confab_audio_relays_dup_turn_uris (relays);

  if (stun->len > 0)
    g_object_set (webrtc, "stun-server", stun->pdata[stun->len - 1], NULL);
  for (guint i = 0; i < turn->len; i++) {
    gboolean is_added = FALSE; /* TRUE for whatever looks like a URI */

    g_signal_emit_by_name (webrtc, "add-turn-server", turn->pdata[i], &is_added);
  }
}

/**
 * confab_audio_ice_configure:
 * @webrtc: a webrtcbin in READY
 * @relays: what helps, and whether nothing else may be used
 *
 * Sets the ICE agent up before it gathers. webrtcbin knows one STUN server: the last one wins.
 */
void
confab_audio_ice_configure (GstElement *webrtc, ConfabAudioRelays *relays)
{
  configure_agent (webrtc);
  if (confab_audio_relays_get_only (relays))
    gst_util_set_object_arg (G_OBJECT (webrtc), "ice-transport-policy", "relay");
  add_servers (webrtc, relays);
}
