/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gio/gio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "confab-audio-relays.h"
#include "confab-audio-tls-tunnel.h"
#include "confab-ice-server.h"

static void
on_problem (const GError *error, gpointer user_data)
{
  g_assert_not_reached ();
}

static GPtrArray *
make_servers (const char *url, const char *user, const char *password)
{
  const char *const urls[] = { url, NULL };
  GPtrArray *servers = g_ptr_array_new_with_free_func ((GDestroyNotify) confab_ice_server_unref);

  g_ptr_array_add (servers, confab_ice_server_new (urls, user, password, 600));
  return servers;
}

static void
assert_uri (ConfabAudioRelays *relays, const char *url, const char *uri)
{
  g_autoptr (GPtrArray) servers = make_servers (url, "17:a@b", "p:/?");
  g_autoptr (GPtrArray) uris = NULL;

  confab_audio_relays_set_servers (relays, servers);
  uris = confab_audio_relays_dup_turn_uris (relays);
  g_assert_cmpuint (uris->len, ==, uri != NULL ? 1 : 0);
  if (uri != NULL)
    g_assert_cmpstr (uris->pdata[0], ==, uri);
}

/* Credentials are escaped, ports filled in; what is no relay is none. */
static void
test_uris (void)
{
  ConfabAudioRelays *relays = confab_audio_relays_new (g_main_context_default (), on_problem, NULL);

  assert_uri (relays, "turn:relay.test",
              "turn://17%3Aa%40b:p%3A%2F%3F@relay.test:3478?transport=udp");
  assert_uri (relays, "turn:192.0.2.1:80?transport=tcp",
              "turn://17%3Aa%40b:p%3A%2F%3F@192.0.2.1:80?transport=tcp");
  assert_uri (relays, "turn:[2001:db8::1]:80",
              "turn://17%3Aa%40b:p%3A%2F%3F@[2001:db8::1]:80?transport=udp");
  assert_uri (relays, "stun:relay.test", NULL);
  assert_uri (relays, "turn:", NULL);
  assert_uri (relays, "turn:relay.test:99999", NULL);
  assert_uri (relays, "http://relay.test", NULL);
  confab_audio_relays_free (relays);
}

static guint
count_threads (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (tasks) != NULL)
    n++;
  return n;
}

/* A server that names another relay each time has us keep a thread for the last ones alone. */
static void
test_tunnels_are_bounded (void)
{
  ConfabAudioRelays *relays = confab_audio_relays_new (g_main_context_default (), on_problem, NULL);
  guint n_threads = count_threads ();

  for (guint i = 0; i < 50; i++) {
    g_autofree char *url = g_strdup_printf ("turns:127.0.0.1:%u", 10000 + i);
    g_autoptr (GPtrArray) servers = make_servers (url, "user", "password");
    g_autoptr (GPtrArray) uris = NULL;

    confab_audio_relays_set_servers (relays, servers);
    uris = confab_audio_relays_dup_turn_uris (relays);
    g_assert_cmpuint (uris->len, >=, 1);
    g_assert_true (g_str_has_prefix (uris->pdata[0], "turn://user:password@127.0.0.1:"));
  }
  g_assert_cmpuint (count_threads (), <=, n_threads + 10);
  confab_audio_relays_free (relays);
}

static double
get_cpu_s (void)
{
  struct timespec used;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &used);
  return (double) used.tv_sec + (double) used.tv_nsec / 1e9;
}

static guint
get_next_descriptor (void)
{
  int next = dup (0);

  close (next);
  return (guint) next;
}

static GSocket *
connect_to (guint16 port)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, port);
  GSocket *socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  g_assert_true (g_socket_connect (socket, address, NULL, NULL));
  return socket;
}

/* Without descriptors the tunnel waits, and does not run in circles; then it goes on. */
static void
test_tunnel_out_of_descriptors (void)
{
  g_autoptr (GSocketListener) relay = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (relay, NULL, NULL);
  ConfabAudioTlsTunnel *tunnel = confab_audio_tls_tunnel_new ("127.0.0.1", port, NULL);
  g_autoptr (GSocket) inner = NULL;
  g_autoptr (GSocketConnection) outer = NULL;
  struct rlimit before;
  struct rlimit none;
  double cpu_s = 0;
  char byte = 0;

  g_assert_nonnull (tunnel);
  inner = connect_to (confab_audio_tls_tunnel_get_ipv4_port (tunnel));
  outer = g_socket_listener_accept (relay, NULL, NULL, NULL); /* it works */
  g_clear_object (&outer);
  g_assert_cmpint (g_socket_receive (inner, &byte, 1, NULL, NULL), <=, 0); /* and is over */
  g_clear_object (&inner);

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  none = before;
  none.rlim_cur = get_next_descriptor () + 1; /* for our own end alone */
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  inner = connect_to (confab_audio_tls_tunnel_get_ipv4_port (tunnel));
  cpu_s = get_cpu_s ();
  g_usleep (G_TIME_SPAN_SECOND);
  cpu_s = get_cpu_s () - cpu_s;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  g_assert_cmpfloat (cpu_s, <, 0.1);
  outer = g_socket_listener_accept (relay, NULL, NULL, NULL);
  g_assert_nonnull (outer);
  confab_audio_tls_tunnel_free (tunnel);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audio/relays/uris", test_uris);
  g_test_add_func ("/audio/relays/tunnels-are-bounded", test_tunnels_are_bounded);
  g_test_add_func ("/audio/relays/tunnel-out-of-descriptors", test_tunnel_out_of_descriptors);
  return g_test_run ();
}
