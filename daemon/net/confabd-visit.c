/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-gate"

#include "config.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "confabd-handshake.h"
#include "confabd-linger-private.h"
#include "confabd-proxy-header.h"
#include "confabd-socket-private.h"
#include "confabd-visit-private.h"

/* How long a refused client has to read its answer, and how much of what it still sends is thrown
 * away meanwhile. */
#define BODILESS     "HEAD "
#define LINGER_MS    2000
#define LINGER_BYTES (1024 * 1024)

/*
 * ConfabdVisit:
 *
 * One connection, from accept until its end. Until its head is complete the bytes stay in the
 * kernel and are only peeked at; then it is refused, or goes to whoever answers requests, or
 * becomes a WebSocket. In the latter two cases the visit stays behind to count the connection and
 * to keep its deadline.
 */
struct _ConfabdVisit {
  ConfabdVisitHost *host; /* (unowned) outlives its visits */
  GList link;             /* in the gate's queue; its data is the visit */
  ConfabdPeer peer;

  ConfabdVisitState state;
  int fd; /* (owned) until it is handed over, then -1 */
  ConfabdWatch watch;
  ConfabdTimer timer;
  gboolean is_counted;   /* as one of the crowd */
  gboolean awaits_proxy; /* to say whom it speaks for, before the head */
  gsize scanned;         /* of the head */
  gsize linger_bytes;    /* still to be thrown away */

  GSocketConnection *connection; /* (unowned) (nullable) a weak reference: its end is the visit's */
  ConfabdSocket *socket;         /* (owned) (nullable) */
};

static void
end (ConfabdVisit *self)
{
  self->host->gone (self, self->host->gate);
}

static void
stop_watching (ConfabdVisit *self)
{
  confabd_poller_unwatch (self->host->poller, &self->watch);
  confabd_poller_disarm (self->host->poller, &self->timer);
}

static void
on_linger_ready (guint events, gpointer user_data)
{
  ConfabdVisit *self = user_data;

  if (!confabd_linger_discard (self->fd, &self->linger_bytes))
    end (self);
}

static void
answer_and_linger (ConfabdVisit *self, GBytes *answer)
{
  gsize length = 0;
  gconstpointer data = g_bytes_get_data (answer, &length);

  stop_watching (self);
  self->state = CONFABD_VISIT_LINGER;
  /* The first thing written to this connection, and less than a kilobyte: it fits or the connection
   * is broken. */
  if (send (self->fd, data, length, MSG_NOSIGNAL | MSG_DONTWAIT) != (gssize) length ||
      shutdown (self->fd, SHUT_WR) != 0 ||
      !confabd_poller_watch (self->host->poller, &self->watch, self->fd, EPOLLIN, on_linger_ready,
                             self, NULL)) {
    end (self);
    return;
  }
  confabd_poller_arm (self->host->poller, &self->timer, LINGER_MS);
}

static void
refuse (ConfabdVisit *self, const ConfabdRefusal *refusal)
{
  g_autoptr (GBytes) answer =
      confabd_refusal_render (refusal->status, refusal->code, refusal->detail);

  self->host->n_refused++;
  answer_and_linger (self, answer);
}

static void
on_connection_gone (gpointer user_data, GObject *where_it_was)
{
  ConfabdVisit *self = user_data;

  self->connection = NULL;
  end (self);
}

/* Head, body and end of an answer go out as one packet, when the connection is closed, as each is
 * after its one request. Not with “100 Continue”, which somebody waits for. */
static void
cork (ConfabdVisit *self, ConfabdHead *head)
{
  int on = 1;

  if (confabd_head_get_field (head, "expect") == NULL)
    setsockopt (self->fd, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
}

/* The connection has its descriptor from here on. */
static GSocketConnection *
make_connection (ConfabdVisit *self, GError **error)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (self->fd, error);

  if (socket == NULL)
    return NULL;
  self->fd = -1;
  return g_socket_connection_factory_create_connection (socket);
}

static void
pass_request (ConfabdVisit *self, ConfabdHead *head)
{
  ConfabdVisitHost *host = self->host;
  g_autoptr (GSocketAddress) remote = confabd_peer_to_address (&self->peer);
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  stop_watching (self);
  cork (self, head);
  connection = make_connection (self, &error);
  if (connection == NULL) {
    g_debug ("A connection cannot be passed on: %s", error->message);
    end (self);
    return;
  }
  self->state = CONFABD_VISIT_REQUEST;
  self->connection = connection;
  g_object_weak_ref (G_OBJECT (connection), on_connection_gone, self);
  confabd_poller_arm (host->poller, &self->timer, host->options.request_timeout_ms);
  host->handler->request (host->gate, head, connection, remote, host->handler_data);
}

static void
on_socket_gone (ConfabdSocket *socket, gpointer user_data)
{
  end (user_data);
}

/* Takes the head out of the kernel and answers it; frames may follow right behind. */
static gboolean
shake_hands (ConfabdVisit *self, ConfabdHead *head)
{
  ConfabdVisitHost *host = self->host;
  g_autofree char *answer = confabd_handshake_accept (head, host->options.websocket_protocol);
  gsize size = confabd_head_get_size (head);

  return recv (self->fd, host->peeked, size, MSG_DONTWAIT) == (gssize) size &&
         send (self->fd, answer, strlen (answer), MSG_NOSIGNAL | MSG_DONTWAIT) ==
             (gssize) strlen (answer);
}

static void
open_socket (ConfabdVisit *self, ConfabdHead *head, GSocketAddress *remote)
{
  ConfabdVisitHost *host = self->host;
  g_autoptr (ConfabdSocket) socket = NULL;

  stop_watching (self);
  if (!shake_hands (self, head)) {
    end (self);
    return;
  }
  self->state = CONFABD_VISIT_SOCKET;
  self->socket = confabd_socket_new (host->poller, self->fd, remote, &host->options.socket);
  self->fd = -1;
  socket = g_object_ref (self->socket);
  confabd_socket_set_gone_func (socket, on_socket_gone, self);
  host->handler->socket (host->gate, head, socket, host->handler_data);
  confabd_socket_start (socket, NULL);
}

static void
judge_upgrade (ConfabdVisit *self, ConfabdHead *head)
{
  ConfabdVisitHost *host = self->host;
  g_autoptr (GSocketAddress) remote = confabd_peer_to_address (&self->peer);
  ConfabdRefusal refusal;

  if (!confabd_handshake_check (head, host->options.websocket_protocol, &refusal))
    refuse (self, &refusal);
  else
    open_socket (self, head, remote);
}

static const ConfabdRefusal head_too_large = { 431, CONFAB_ERROR_TOO_LARGE,
                                               "The head of the request is too large." };

/* Who asks is known now. Returns whether there is a place for them. */
static gboolean
count_in (ConfabdVisit *self)
{
  self->is_counted = confabd_crowd_enter (self->host->crowd, &self->peer);
  if (!self->is_counted)
    refuse (self, &(ConfabdRefusal){ 429, CONFAB_ERROR_TOO_MANY,
                                     "There are too many connections from your address." });
  return self->is_counted;
}

/* What the proxy added to the head. A proxy that asks for itself counts for nobody. */
static gboolean
know_client (ConfabdVisit *self, ConfabdHead *head)
{
  ConfabdProxies *proxies = self->host->options.proxies;
  gboolean is_standard =
      proxies != NULL && confabd_proxies_get_source (proxies) == CONFABD_PROXY_FORWARDED;
  g_autofree char *field = NULL;
  g_autoptr (GInetAddress) peer = NULL;
  g_autoptr (GInetAddress) client = NULL;

  if (self->is_counted || proxies == NULL ||
      confabd_proxies_get_source (proxies) == CONFABD_PROXY_PROTOCOL)
    return TRUE;
  field = confabd_head_dup_list (head, is_standard ? "forwarded" : "x-forwarded-for");
  peer = confabd_peer_to_inet (&self->peer);
  client = confabd_proxies_find_client (proxies, peer, field);
  if (confabd_proxies_is_trusted (proxies, client))
    return TRUE;
  confabd_peer_set_inet (&self->peer, client);
  return count_in (self);
}

static void
judge (ConfabdVisit *self, ConfabdHead *head)
{
  const ConfabdGateOptions *options = &self->host->options;
  gboolean is_ours = g_strcmp0 (confabd_head_get_path (head), options->websocket_path) == 0;

  if (confabd_head_get_size (head) > options->head_bytes)
    refuse (self, &head_too_large);
  else if (confabd_head_get_content_length (head) > options->body_bytes)
    refuse (self, &(ConfabdRefusal){ 413, CONFAB_ERROR_TOO_LARGE,
                                     "The body of the request is too large." });
  else if (is_ours && confabd_head_wants_websocket (head))
    judge_upgrade (self, head);
  else if (is_ours)
    refuse (self,
            &(ConfabdRefusal){ 426, CONFAB_ERROR_UNSUPPORTED, "Here only WebSocket is spoken." });
  else
    pass_request (self, head);
}

static gboolean
is_over (gssize length, guint events)
{
  if (length < 0)
    return errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR;
  return length == 0 || (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
}

/* Returns whether the head may follow; else the visit may be over. */
static gboolean
take_proxy_header (ConfabdVisit *self, guint events)
{
  char *peeked = self->host->peeked;
  gssize length = recv (self->fd, peeked, sizeof self->host->peeked, MSG_PEEK | MSG_DONTWAIT);
  ConfabdHeadResult result = CONFABD_HEAD_INCOMPLETE;
  ConfabdPeer proxy = self->peer;
  ConfabdRefusal refusal;
  gsize size = 0;

  if (length > 0)
    result = confabd_proxy_header_parse (peeked, (gsize) length, &size, &self->peer, &refusal);
  if (result == CONFABD_HEAD_REFUSED)
    refuse (self, &refusal);
  else if (result == CONFABD_HEAD_INCOMPLETE && is_over (length, events))
    end (self);
  if (result != CONFABD_HEAD_COMPLETE)
    return FALSE;
  self->awaits_proxy = FALSE;
  return recv (self->fd, peeked, size, MSG_DONTWAIT) == (gssize) size &&
         (confabd_peer_get_key (&proxy) == confabd_peer_get_key (&self->peer) || count_in (self));
}

static gboolean
is_overlong (ConfabdVisit *self, gssize length)
{
  return length > 0 && (gsize) length >= self->host->options.head_bytes;
}

/* Whoever asked with HEAD does not wait for a body. */
static void
refuse_head (ConfabdVisit *self, const ConfabdRefusal *refusal, gsize length)
{
  g_autoptr (GBytes) answer =
      confabd_refusal_render (refusal->status, refusal->code, refusal->detail);
  gboolean is_bodiless =
      length > strlen (BODILESS) && memcmp (self->host->peeked, BODILESS, strlen (BODILESS)) == 0;
  g_autoptr (GBytes) head = is_bodiless ? confabd_refusal_cut_body (answer) : g_bytes_ref (answer);

  answer_and_linger (self, head);
}

/* Returns whether the rest of the head may follow; else the visit may be over. */
static gboolean
read_head (ConfabdVisit *self, guint events)
{
  ConfabdVisitHost *host = self->host;
  g_autoptr (ConfabdHead) head = NULL;
  ConfabdRefusal refusal;
  gssize length = recv (self->fd, host->peeked, sizeof host->peeked, MSG_PEEK | MSG_DONTWAIT);
  ConfabdHeadResult result = CONFABD_HEAD_INCOMPLETE;

  if (length > 0)
    result = confabd_head_parse (host->peeked, (gsize) length, &self->scanned, &head, &refusal);
  switch (result) {
  case CONFABD_HEAD_COMPLETE:
    if (know_client (self, head))
      judge (self, head);
    return FALSE;
  case CONFABD_HEAD_REFUSED:
    refuse_head (self, &refusal, (gsize) length);
    return FALSE;
  case CONFABD_HEAD_INCOMPLETE:
    if (is_overlong (self, length))
      refuse (self, &head_too_large);
    else if (is_over (length, events))
      end (self);
    else
      return TRUE;
    return FALSE;
  }
  g_return_val_if_reached (FALSE);
}

static void
on_head_ready (guint events, gpointer user_data)
{
  ConfabdVisit *self = user_data;

  if (!self->awaits_proxy || take_proxy_header (self, events))
    read_head (self, events);
}

static void
on_due (gpointer user_data)
{
  ConfabdVisit *self = user_data;

  if (self->state == CONFABD_VISIT_HEAD && self->scanned > 0)
    refuse (self, &(ConfabdRefusal){ 408, CONFAB_ERROR_TIMED_OUT, "The request took too long." });
  else
    confabd_visit_cut (self);
}

ConfabdVisit *
confabd_visit_new (ConfabdVisitHost *host, int fd, const ConfabdPeer *peer, gboolean is_proxy)
{
  ConfabdVisit *self = g_new0 (ConfabdVisit, 1);

  self->host = host;
  self->link.data = self;
  self->peer = *peer;
  self->is_counted = !is_proxy;
  self->awaits_proxy =
      is_proxy && confabd_proxies_get_source (host->options.proxies) == CONFABD_PROXY_PROTOCOL;
  self->fd = fd;
  self->linger_bytes = LINGER_BYTES;
  self->timer = (ConfabdTimer) CONFABD_TIMER_INIT (on_due, self);
  return self;
}

/* Breaks whatever is left of the connection; tells nobody. */
void
confabd_visit_free (ConfabdVisit *self)
{
  stop_watching (self);
  if (self->is_counted)
    confabd_crowd_leave (self->host->crowd, &self->peer);
  if (self->fd >= 0)
    close (self->fd);
  if (self->connection != NULL)
    g_object_weak_unref (G_OBJECT (self->connection), on_connection_gone, self);
  if (self->socket != NULL) {
    confabd_socket_set_gone_func (self->socket, NULL, NULL);
    confabd_socket_abort (self->socket);
  }
  g_clear_object (&self->socket);
  g_free (self);
}

GList *
confabd_visit_get_link (ConfabdVisit *self)
{
  return &self->link;
}

ConfabdVisitState
confabd_visit_get_state (ConfabdVisit *self)
{
  return self->state;
}

/* Begins to wait for the head, unless it came along with the connection. May end the visit.
 *
 * Watched edge-triggered: the bytes peeked at stay in the kernel and would wake us for ever. */
void
confabd_visit_start (ConfabdVisit *self)
{
  ConfabdVisitHost *host = self->host;

  if (!self->awaits_proxy && !read_head (self, 0))
    return;
  if (!confabd_poller_watch (host->poller, &self->watch, self->fd, EPOLLIN | EPOLLRDHUP | EPOLLET,
                             on_head_ready, self, NULL)) {
    end (self);
    return;
  }
  confabd_poller_arm (host->poller, &self->timer, host->options.head_timeout_ms);
}

/* The gate stops: a WebSocket is closed with @close_code, who has not asked anything yet is sent
 * away, requests go on. */
void
confabd_visit_leave (ConfabdVisit *self, guint close_code)
{
  if (self->state == CONFABD_VISIT_SOCKET)
    confabd_socket_close (self->socket, close_code, "");
  else if (self->state == CONFABD_VISIT_HEAD)
    end (self);
}

/* Time is up. A request that somebody is busy with ends when they let go of its connection. */
void
confabd_visit_cut (ConfabdVisit *self)
{
  switch (self->state) {
  case CONFABD_VISIT_HEAD:
  case CONFABD_VISIT_LINGER:
    end (self);
    break;
  case CONFABD_VISIT_REQUEST:
    g_socket_shutdown (g_socket_connection_get_socket (self->connection), TRUE, TRUE, NULL);
    break;
  case CONFABD_VISIT_SOCKET:
    confabd_socket_abort (self->socket);
    break;
  }
}
