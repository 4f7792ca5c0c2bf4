/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-routes"

#include "config.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include "confab-audio-context.h"
#include "confab-audio-routes.h"

#define SETTLE_MS 250 /* an interface that changes says so several times */

struct _ConfabAudioRoutes {
  GMainContext *context; /* (owned) */
  ConfabAudioRoutesFunc changed;
  gpointer user_data;       /* (unowned) owns us */
  GNetworkMonitor *monitor; /* (owned) of the process */
  gulong handler;
  GSource *timer; /* (owned) (nullable) */
  char *before;   /* (owned) the addresses that there were */
};

static gsize
get_size (const struct ifaddrs *one)
{
  if (one->ifa_addr == NULL || (one->ifa_flags & IFF_UP) == 0 ||
      (one->ifa_flags & IFF_LOOPBACK) != 0)
    return 0;
  if (one->ifa_addr->sa_family == AF_INET)
    return sizeof (struct sockaddr_in);
  return one->ifa_addr->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6) : 0;
}

/* Interfaces come and go without any address that leads anywhere; those do not count. */
static char *
list_addresses (void)
{
  GString *list = g_string_new (NULL);
  struct ifaddrs *all = NULL;

  if (getifaddrs (&all) != 0)
    return g_string_free (list, FALSE);
  for (struct ifaddrs *i = all; i != NULL; i = i->ifa_next) {
    gsize size = get_size (i);
    g_autoptr (GSocketAddress) address =
        size > 0 ? g_socket_address_new_from_native (i->ifa_addr, size) : NULL;
    GInetAddress *inet = address != NULL
                             ? g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))
                             : NULL;
    g_autofree char *text = NULL;

    if (inet == NULL || g_inet_address_get_is_link_local (inet))
      continue;
    text = g_inet_address_to_string (inet);
    g_string_append_printf (list, "%s ", text);
  }
  freeifaddrs (all);
  return g_string_free (list, FALSE);
}

static gboolean
on_settled (gpointer user_data)
{
  ConfabAudioRoutes *self = user_data;
  g_autofree char *now = list_addresses ();
  gboolean is_other = g_strcmp0 (now, self->before) != 0;

  confab_audio_context_clear_source (&self->timer);
  g_free (self->before);
  self->before = g_steal_pointer (&now);
  if (is_other)
    self->changed (self->user_data);
  return G_SOURCE_REMOVE;
}

static void
on_network_changed (GNetworkMonitor *monitor, gboolean is_available, gpointer user_data)
{
  ConfabAudioRoutes *self = user_data;

  confab_audio_context_clear_source (&self->timer);
  self->timer = confab_audio_context_add_timeout (self->context, SETTLE_MS, on_settled, self);
}

/**
 * confab_audio_routes_new:
 * @context: where @changed is called; the one in which the process first asked for a network
 * monitor, or nothing is noticed
 * @changed: this machine has other addresses than before, a moment ago
 * @user_data: for @changed
 *
 * Returns: (transfer full): the watch
 */
ConfabAudioRoutes *
confab_audio_routes_new (GMainContext *context, ConfabAudioRoutesFunc changed, gpointer user_data)
{
  ConfabAudioRoutes *self = g_new0 (ConfabAudioRoutes, 1);

  self->context = g_main_context_ref (context);
  self->changed = changed;
  self->user_data = user_data;
  self->before = list_addresses ();
  self->monitor = g_object_ref (g_network_monitor_get_default ());
  self->handler =
      g_signal_connect (self->monitor, "network-changed", G_CALLBACK (on_network_changed), self);
  return self;
}

void
confab_audio_routes_free (ConfabAudioRoutes *self)
{
  confab_audio_context_clear_source (&self->timer);
  g_clear_signal_handler (&self->handler, self->monitor);
  g_object_unref (self->monitor);
  g_main_context_unref (self->context);
  g_free (self->before);
  g_free (self);
}
