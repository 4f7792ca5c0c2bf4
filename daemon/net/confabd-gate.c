/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-gate"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "confabd-visit-private.h"

/* A storm of reconnects arrives within a second; the kernel cuts this to net.core.somaxconn. */
#define BACKLOG 4096

/* Connections taken in one turn, so that those who are in do not wait for those who come. */
#define ACCEPT_BATCH 64

/* How long nobody is let in after the process could not even get its spare descriptor back. */
#define EXHAUSTED_PAUSE_MS 100

typedef struct {
  ConfabdGate *gate; /* (unowned) the gate owns it */
  int fd;            /* (owned) */
  ConfabdWatch watch;
} Listener;

/**
 * ConfabdGate:
 *
 * Where strangers come in. It accepts connections, counts them, reads the head of their one request
 * with a deadline and lets through what is well-formed: requests as a connection that nobody has
 * read from yet, WebSockets as #ConfabdSocket.
 *
 * It stands before libsoup because libsoup 3.2 alone keeps closed connections for ever, stops
 * serving at the first EMFILE, has no time-outs and reads smuggled requests. Use it from the thread
 * of its poller only.
 */
struct _ConfabdGate {
  GObject parent_instance;

  ConfabdVisitHost host;
  char *websocket_path;     /* (owned) (nullable) */
  char *websocket_protocol; /* (owned) (nullable) */
  GPtrArray *listeners;     /* (element-type Listener) (owned) */
  GQueue visits;            /* (element-type ConfabdVisit) (owned), by their own links */

  int spare_fd; /* (owned) given up to send somebody away when there is no other; -1 if lost */
  gboolean is_exhausted; /* said so in the log */
  ConfabdTimer pause_timer;

  GTask *stop_task; /* (owned) (nullable) */
  ConfabdTimer stop_timer;
};

G_DEFINE_FINAL_TYPE (ConfabdGate, confabd_gate, G_TYPE_OBJECT)

static void
listener_free (Listener *listener)
{
  confabd_poller_unwatch (listener->gate->host.poller, &listener->watch);
  close (listener->fd);
  g_free (listener);
}

static int
open_spare (void)
{
  return open ("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void
finish_stop (ConfabdGate *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->stop_task);

  confabd_poller_disarm (self->host.poller, &self->stop_timer);
  g_task_return_boolean (task, TRUE);
}

static void
on_visit_gone (ConfabdVisit *visit, gpointer user_data)
{
  ConfabdGate *self = CONFABD_GATE (user_data);

  g_queue_unlink (&self->visits, confabd_visit_get_link (visit));
  confabd_visit_free (visit);
  if (self->stop_task != NULL && self->visits.length == 0)
    finish_stop (self);
}

/* There are too many: one answer, as far as the kernel takes it, and no waiting for anything. */
static void
turn_away (ConfabdGate *self, int fd, guint status, const char *detail)
{
  g_autoptr (GBytes) answer = confabd_refusal_render (status, CONFAB_ERROR_TOO_MANY, detail);
  gsize length = 0;
  gconstpointer data = g_bytes_get_data (answer, &length);

  self->host.n_refused++;
  if (send (fd, data, length, MSG_NOSIGNAL | MSG_DONTWAIT) == (gssize) length)
    shutdown (fd, SHUT_WR);
  close (fd);
}

static gboolean
is_proxy (ConfabdGate *self, const ConfabdPeer *peer)
{
  ConfabdProxies *proxies = self->host.options.proxies;
  g_autoptr (GInetAddress) address = NULL;

  if (proxies == NULL)
    return FALSE;
  address = confabd_peer_to_inet (peer);
  return confabd_proxies_is_trusted (proxies, address);
}

/* A proxy counts for nobody; those for whom it speaks do, as soon as it has said who they are. */
static void
admit (ConfabdGate *self, int fd, const ConfabdPeer *peer)
{
  const ConfabdGateOptions *options = &self->host.options;
  gboolean speaks_for_others = is_proxy (self, peer);
  ConfabdVisit *visit = NULL;

  self->is_exhausted = FALSE;
  if (self->visits.length >= options->max_connections) {
    turn_away (self, fd, 503, "There are too many connections.");
    return;
  }
  if (!speaks_for_others && !confabd_crowd_enter (self->host.crowd, peer)) {
    turn_away (self, fd, 429, "There are too many connections from your address.");
    return;
  }
  visit = confabd_visit_new (&self->host, fd, peer, speaks_for_others);
  g_queue_push_tail_link (&self->visits, confabd_visit_get_link (visit));
  confabd_visit_start (visit);
}

static void
pause_listening (ConfabdGate *self)
{
  for (guint i = 0; i < self->listeners->len; i++) {
    Listener *listener = g_ptr_array_index (self->listeners, i);

    confabd_poller_change (self->host.poller, &listener->watch, 0);
  }
  confabd_poller_arm (self->host.poller, &self->pause_timer, EXHAUSTED_PAUSE_MS);
}

static void
on_pause_over (gpointer user_data)
{
  ConfabdGate *self = CONFABD_GATE (user_data);

  if (self->spare_fd < 0)
    self->spare_fd = open_spare ();
  for (guint i = 0; i < self->listeners->len; i++) {
    Listener *listener = g_ptr_array_index (self->listeners, i);

    confabd_poller_change (self->host.poller, &listener->watch, EPOLLIN);
  }
}

/* Without a descriptor for it a connection would stay in the backlog and wake us for ever: it is
 * taken with the spare one and closed. */
static gboolean
send_away_one (ConfabdGate *self, Listener *listener)
{
  int fd;

  if (!self->is_exhausted)
    g_message ("No descriptor is left for new connections; %u are open", self->visits.length);
  self->is_exhausted = TRUE;

  if (self->spare_fd >= 0)
    close (self->spare_fd);
  fd = accept4 (listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0)
    close (fd);
  self->spare_fd = open_spare ();
  if (self->spare_fd < 0 || fd < 0)
    pause_listening (self);
  return fd >= 0 && self->spare_fd >= 0;
}

/* Returns whether it is worth trying for another one. */
static gboolean
accept_one (ConfabdGate *self, Listener *listener)
{
  ConfabdPeer peer = { 0 };
  socklen_t length = sizeof peer;
  int fd = accept4 (listener->fd, &peer.any, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);

  if (fd >= 0) {
    admit (self, fd, &peer);
    return TRUE;
  }
  switch (errno) {
  case EAGAIN:
    return FALSE;
  case EMFILE:
  case ENFILE:
  case ENOBUFS:
  case ENOMEM:
    return send_away_one (self, listener);
  default:
    return TRUE; /* the connection broke before we had it: accept(2) */
  }
}

static void
on_listener_ready (guint events, gpointer user_data)
{
  Listener *listener = user_data;
  g_autoptr (ConfabdGate) self = g_object_ref (listener->gate);

  /* Without listeners somebody has stopped the gate meanwhile: this one is gone. */
  for (guint i = 0; i < ACCEPT_BATCH && self->listeners->len > 0; i++) {
    if (!accept_one (self, listener))
      break;
  }
}

static void
on_stop_due (gpointer user_data)
{
  g_autoptr (ConfabdGate) self = g_object_ref (CONFABD_GATE (user_data));
  GList *next = NULL;

  for (GList *link = self->visits.head; link != NULL; link = next) {
    next = link->next;
    confabd_visit_cut (link->data);
  }
  if (self->stop_task != NULL)
    finish_stop (self);
}

static void
confabd_gate_dispose (GObject *object)
{
  ConfabdGate *self = CONFABD_GATE (object);

  if (self->host.poller != NULL) {
    g_ptr_array_set_size (self->listeners, 0);
    while (self->visits.length > 0) {
      ConfabdVisit *visit = g_queue_peek_head (&self->visits);

      g_queue_unlink (&self->visits, confabd_visit_get_link (visit));
      confabd_visit_free (visit);
    }
    confabd_poller_disarm (self->host.poller, &self->pause_timer);
    confabd_poller_disarm (self->host.poller, &self->stop_timer);
  }
  g_clear_object (&self->host.options.proxies);
  g_clear_object (&self->host.poller);

  G_OBJECT_CLASS (confabd_gate_parent_class)->dispose (object);
}

static void
confabd_gate_finalize (GObject *object)
{
  ConfabdGate *self = CONFABD_GATE (object);

  if (self->spare_fd >= 0)
    close (self->spare_fd);
  g_clear_pointer (&self->listeners, g_ptr_array_unref);
  g_clear_pointer (&self->host.crowd, confabd_crowd_free);
  g_clear_pointer (&self->websocket_path, g_free);
  g_clear_pointer (&self->websocket_protocol, g_free);

  G_OBJECT_CLASS (confabd_gate_parent_class)->finalize (object);
}

static void
confabd_gate_class_init (ConfabdGateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confabd_gate_dispose;
  object_class->finalize = confabd_gate_finalize;
}

static void
confabd_gate_init (ConfabdGate *self)
{
  self->listeners = g_ptr_array_new_with_free_func ((GDestroyNotify) listener_free);
  self->spare_fd = open_spare ();
  self->pause_timer = (ConfabdTimer) CONFABD_TIMER_INIT (on_pause_over, self);
  self->stop_timer = (ConfabdTimer) CONFABD_TIMER_INIT (on_stop_due, self);
}

/**
 * confabd_gate_new:
 * @poller: what to wait with
 * @options: limits; copied
 * @handler: (transfer none): static functions for what comes through
 * @user_data: for @handler; has to outlive the gate
 *
 * Returns: (transfer full): a gate that is not open yet
 */
ConfabdGate *
confabd_gate_new (ConfabdPoller *poller,
                  const ConfabdGateOptions *options,
                  const ConfabdGateHandler *handler,
                  gpointer user_data)
{
  ConfabdGate *self = g_object_new (CONFABD_TYPE_GATE, NULL);

  self->websocket_path = g_strdup (options->websocket_path);
  self->websocket_protocol = g_strdup (options->websocket_protocol);
  self->host.gate = self;
  self->host.poller = g_object_ref (poller);
  self->host.options = *options;
  if (options->proxies != NULL)
    g_object_ref (options->proxies);
  self->host.crowd = confabd_crowd_new (options->max_connections_per_address);
  self->host.options.websocket_path = self->websocket_path;
  self->host.options.websocket_protocol = self->websocket_protocol;
  self->host.handler = handler;
  self->host.handler_data = user_data;
  self->host.gone = on_visit_gone;
  return self;
}

/**
 * confabd_gate_set_limits:
 * @self: a gate
 * @options: limits for whoever comes from now on; what is no limit is passed over
 */
void
confabd_gate_set_limits (ConfabdGate *self, const ConfabdGateOptions *options)
{
  ConfabdGateOptions *own = &self->host.options;

  g_return_if_fail (CONFABD_IS_GATE (self));

  own->max_connections = options->max_connections;
  own->max_connections_per_address = options->max_connections_per_address;
  own->head_bytes = options->head_bytes;
  own->head_timeout_ms = options->head_timeout_ms;
  own->body_bytes = options->body_bytes;
  own->request_timeout_ms = options->request_timeout_ms;
  own->socket = options->socket;
  confabd_crowd_set_max_per_address (self->host.crowd, options->max_connections_per_address);
}

static gboolean
set_listen_error (GSocketAddress *address, int saved_errno, GError **error)
{
  GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (address);
  g_autofree char *host = g_inet_address_to_string (g_inet_socket_address_get_address (inet));
  guint port = g_inet_socket_address_get_port (inet);
  GIOErrorEnum code = g_io_error_from_errno (saved_errno);

  if (saved_errno == EADDRINUSE)
    g_set_error (error, G_IO_ERROR, code, "Port %u on %s is already in use", port, host);
  else if (saved_errno == EACCES)
    g_set_error (error, G_IO_ERROR, code, "Port %u on %s is for administrators only", port, host);
  else if (saved_errno == EADDRNOTAVAIL)
    g_set_error (error, G_IO_ERROR, code, "%s is not an address of this machine", host);
  else
    g_set_error (error, G_IO_ERROR, code, "Port %u on %s cannot be listened on: %s", port, host,
                 g_strerror (saved_errno));
  return FALSE;
}

/* SO_REUSEADDR: a restarted daemon gets its port although connections of the one before are still
 * in TIME_WAIT. */
static gboolean
bind_and_listen (int fd, GSocketAddress *address, GError **error)
{
  ConfabdPeer local = { 0 };
  gboolean is_in6 = g_socket_address_get_family (address) == G_SOCKET_FAMILY_IPV6;
  int on = 1;

  if (!g_socket_address_to_native (address, &local, sizeof local, error))
    return FALSE;
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* accepted sockets inherit it */
  if (is_in6)
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind (fd, &local.any, is_in6 ? sizeof local.in6 : sizeof local.in) != 0 ||
      listen (fd, BACKLOG) != 0)
    return set_listen_error (address, errno, error);
  return TRUE;
}

/**
 * confabd_gate_listen:
 * @self: a gate
 * @address: a #GInetSocketAddress, IPv4 or IPv6; port 0 is any free port
 * @error: return location for a #GError
 *
 * Opens the gate at an address; can be called for several. Fails with a %G_IO_ERROR whose message
 * names port and address, for instance %G_IO_ERROR_ADDRESS_IN_USE, “Port 8080 on 127.0.0.1 is
 * already in use”.
 *
 * Returns: (transfer full): the address with its real port
 */
GSocketAddress *
confabd_gate_listen (ConfabdGate *self, GSocketAddress *address, GError **error)
{
  ConfabdPeer local = { 0 };
  socklen_t length = sizeof local;
  Listener *listener = NULL;
  int fd;

  g_return_val_if_fail (CONFABD_IS_GATE (self), NULL);
  g_return_val_if_fail (G_IS_INET_SOCKET_ADDRESS (address), NULL);

  fd = socket ((int) g_socket_address_get_family (address),
               SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    set_listen_error (address, errno, error);
    return NULL;
  }
  listener = g_new0 (Listener, 1);
  listener->gate = self;
  listener->fd = fd;
  if (!bind_and_listen (fd, address, error) ||
      !confabd_poller_watch (self->host.poller, &listener->watch, fd, EPOLLIN, on_listener_ready,
                             listener, error)) {
    listener_free (listener);
    return NULL;
  }
  g_ptr_array_add (self->listeners, listener);
  getsockname (fd, &local.any, &length);
  return confabd_peer_to_address (&local);
}

/**
 * confabd_gate_stop_async:
 * @self: a gate
 * @close_code: what WebSockets are told
 * @drain_ms: how long requests and WebSockets have to come to an end by themselves; cut after that
 * @cancellable: (nullable): given up on, the rest is cut when the gate is let go of
 * @callback: called when everything has ended
 * @user_data: for @callback
 *
 * Stops listening at once and lets in what is there no more.
 */
void
confabd_gate_stop_async (ConfabdGate *self,
                         guint close_code,
                         guint drain_ms,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GList *next = NULL;

  g_return_if_fail (CONFABD_IS_GATE (self));
  g_return_if_fail (self->stop_task == NULL);

  g_ptr_array_set_size (self->listeners, 0);
  for (GList *link = self->visits.head; link != NULL; link = next) {
    next = link->next;
    confabd_visit_leave (link->data, close_code);
  }

  self->stop_task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (self->stop_task, confabd_gate_stop_async);
  if (self->visits.length == 0)
    finish_stop (self);
  else
    confabd_poller_arm (self->host.poller, &self->stop_timer, drain_ms);
}

/**
 * confabd_gate_stop_finish:
 * @self: a gate
 * @result: what the callback got
 * @error: return location for a #GError
 *
 * Returns: whether everything has ended
 */
gboolean
confabd_gate_stop_finish (ConfabdGate *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * confabd_gate_get_n_connections:
 * @self: a gate
 *
 * Returns: how many connections are open, of every kind
 */
guint
confabd_gate_get_n_connections (ConfabdGate *self)
{
  g_return_val_if_fail (CONFABD_IS_GATE (self), 0);

  return self->visits.length;
}

/**
 * confabd_gate_get_n_refused:
 * @self: a gate
 *
 * Returns: how many connections were refused so far: too many of them, or no HTTP
 */
guint64
confabd_gate_get_n_refused (ConfabdGate *self)
{
  g_return_val_if_fail (CONFABD_IS_GATE (self), 0);

  return self->host.n_refused;
}
