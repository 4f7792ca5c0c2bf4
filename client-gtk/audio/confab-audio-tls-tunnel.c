/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-tls-tunnel"

#include "config.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "confab-audio-tls-tunnel.h"

#define CONNECT_TIMEOUT_S 10
#define ACCEPT_PAUSE_MS   100 /* what cannot be accepted now stays there to be accepted */
#define MAX_CONNECTIONS   64  /* every peer has one an address of this machine */

/* Sound goes through here, so it has a thread of its own: the application's may be busy drawing. */
struct _ConfabAudioTlsTunnel {
  char *host; /* (owned) whose name the certificate has to have */
  guint16 port;
  guint16 ipv4_port; /* of loopback; 0: there is no such loopback */
  guint16 ipv6_port;
  GSocketListener *listener; /* (owned) */
  GCancellable *cancellable; /* (owned) ends everything */
  GMainContext *context;     /* (owned) of the thread */
  GMainLoop *loop;           /* (owned) */
  GThread *thread;           /* (owned) (nullable) */
  guint n_connections;       /* the thread's */
};

/* One connection; two directions share it. */
typedef struct {
  ConfabAudioTlsTunnel *tunnel; /* (unowned) its loop ends after all of them */
  GSocketConnection *inner;     /* (owned) from libnice */
  GSocketConnection *outer;     /* (owned) (nullable) to the server */
} Link;

static void
free_link (gpointer data)
{
  Link *link = data;

  link->tunnel->n_connections--;
  g_clear_object (&link->inner);
  g_clear_object (&link->outer);
}

static void
unref_link (Link *link)
{
  g_rc_box_release_full (link, free_link);
}

/* Each packet at once: it is sound. */
static void
set_no_delay (GSocketConnection *connection)
{
  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, TRUE,
                       NULL);
}

static void
on_spliced (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Link *link = user_data;

  g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, NULL);
  /* Half a connection is of no use: the other direction ends, too. */
  g_socket_shutdown (g_socket_connection_get_socket (link->inner), TRUE, TRUE, NULL);
  g_socket_shutdown (g_socket_connection_get_socket (link->outer), TRUE, TRUE, NULL);
  unref_link (link);
}

static void
splice (Link *link, GSocketConnection *from, GSocketConnection *to)
{
  g_output_stream_splice_async (g_io_stream_get_output_stream (G_IO_STREAM (to)),
                                g_io_stream_get_input_stream (G_IO_STREAM (from)),
                                G_OUTPUT_STREAM_SPLICE_NONE, G_PRIORITY_HIGH,
                                link->tunnel->cancellable, on_spliced, g_rc_box_acquire (link));
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Link *link = user_data;
  g_autoptr (GError) error = NULL;

  link->outer = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  if (link->outer != NULL) {
    g_socket_set_timeout (g_socket_connection_get_socket (link->outer), 0);
    set_no_delay (link->outer);
    splice (link, link->inner, link->outer);
    splice (link, link->outer, link->inner);
  } else {
    g_debug ("no TLS to the relay: %s", error->message);
  }
  unref_link (link);
}

static void
connect_link (ConfabAudioTlsTunnel *self, GSocketConnection *inner)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address = g_network_address_new (self->host, self->port);
  Link *link = g_rc_box_new0 (Link);

  self->n_connections++;
  link->tunnel = self;
  link->inner = g_object_ref (inner);
  set_no_delay (inner);
  g_socket_client_set_tls (client, TRUE); /* the certificate is checked against the host */
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, CONNECT_TIMEOUT_S);
  g_socket_client_connect_async (client, address, self->cancellable, on_connected, link);
}

static void accept_next (ConfabAudioTlsTunnel *self);

static gboolean
on_pause_over (gpointer user_data)
{
  accept_next (user_data);
  return G_SOURCE_REMOVE;
}

/* As when there are no descriptors left: trying at once would fail at once. */
static void
accept_later (ConfabAudioTlsTunnel *self)
{
  g_autoptr (GSource) source = g_timeout_source_new (ACCEPT_PAUSE_MS);

  g_source_set_callback (source, on_pause_over, self, NULL);
  g_source_attach (source, self->context);
}

static void
on_accepted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ConfabAudioTlsTunnel *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) inner =
      g_socket_listener_accept_finish (G_SOCKET_LISTENER (source), result, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (inner == NULL) {
    accept_later (self);
    return;
  }
  if (self->n_connections < MAX_CONNECTIONS)
    connect_link (self, inner);
  accept_next (self);
}

static void
accept_next (ConfabAudioTlsTunnel *self)
{
  g_socket_listener_accept_async (self->listener, self->cancellable, on_accepted, self);
}

static gpointer
run (gpointer user_data)
{
  ConfabAudioTlsTunnel *self = user_data;

  g_main_context_push_thread_default (self->context);
  accept_next (self);
  g_main_loop_run (self->loop);
  /* Everything was cancelled: what is under way says so to its callback, and lets go. */
  while (self->n_connections > 0)
    g_main_context_iteration (self->context, TRUE);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static guint16
listen_on (ConfabAudioTlsTunnel *self, GSocketFamily family, GError **error)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (family);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  if (!g_socket_listener_add_address (self->listener, wanted, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, NULL, &bound, error))
    return 0;
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

/**
 * confab_audio_tls_tunnel_new:
 * @host: name or address of the server; its certificate has to be for that
 * @port: of the server
 * @error: return location for a #GError
 *
 * Listens on loopback, IPv4 and IPv6. Each connection that comes becomes one to the server, over
 * TLS with its certificate checked; it ends at once when that fails.
 *
 * Returns: (transfer full): the tunnel
 */
ConfabAudioTlsTunnel *
confab_audio_tls_tunnel_new (const char *host, guint16 port, GError **error)
{
  ConfabAudioTlsTunnel *self = g_new0 (ConfabAudioTlsTunnel, 1);

  self->host = g_strdup (host);
  self->port = port;
  self->listener = g_socket_listener_new ();
  self->cancellable = g_cancellable_new ();
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->ipv4_port = listen_on (self, G_SOCKET_FAMILY_IPV4, NULL);
  self->ipv6_port = listen_on (self, G_SOCKET_FAMILY_IPV6, self->ipv4_port == 0 ? error : NULL);
  if (self->ipv4_port == 0 && self->ipv6_port == 0) {
    confab_audio_tls_tunnel_free (self);
    return NULL;
  }
  self->thread = g_thread_new ("confab-tls-tunnel", run, self);
  return self;
}

static gboolean
quit (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

/**
 * confab_audio_tls_tunnel_free:
 * @self: (transfer full): a tunnel
 *
 * Cuts its connections; returns when its thread has ended.
 */
void
confab_audio_tls_tunnel_free (ConfabAudioTlsTunnel *self)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_cancellable_cancel (self->cancellable);
  if (self->thread != NULL) {
    g_source_set_callback (source, quit, self->loop, NULL);
    g_source_attach (source, self->context);
    g_thread_join (self->thread);
  }
  g_socket_listener_close (self->listener);
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self->host);
  g_free (self);
}

const char *
confab_audio_tls_tunnel_get_host (ConfabAudioTlsTunnel *self)
{
  return self->host;
}

guint16
confab_audio_tls_tunnel_get_port (ConfabAudioTlsTunnel *self)
{
  return self->port;
}

guint16
confab_audio_tls_tunnel_get_ipv4_port (ConfabAudioTlsTunnel *self)
{
  return self->ipv4_port;
}

guint16
confab_audio_tls_tunnel_get_ipv6_port (ConfabAudioTlsTunnel *self)
{
  return self->ipv6_port;
}
