/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-socket"

#include "config.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "confabd-frame-reader-private.h"
#include "confabd-inlet-private.h"
#include "confabd-outbox-private.h"
#include "confabd-socket-private.h"
#include "confabd-watchdog-private.h"

#define CLOSE_ABNORMAL 1006

/* The kernel would grow the buffer of a peer that does not read to 4 MB; what it holds is not
 * counted by the outbox. */
#define SEND_BUFFER_BYTES (64 * 1024)

typedef enum {
  STATE_OPEN,
  STATE_CLOSING, /* a close frame is sent or queued; the peer's is awaited */
  STATE_FAILING, /* likewise, but whatever the peer sends is thrown away */
  STATE_CLOSED,  /* no descriptor any more */
} SocketState;

/**
 * ConfabdSocket:
 *
 * One WebSocket after its handshake, the server's end: messages in, messages out, with every limit
 * that keeps one peer from costing others anything (DESIGN “The gate”).
 *
 * Nothing is called back from within a call: what goes wrong while sending is told by the handler's
 * closed at a later turn. Use it from the thread of its poller only.
 */
struct _ConfabdSocket {
  GObject parent_instance;

  ConfabdPoller *poller;  /* (owned) */
  GSocketAddress *remote; /* (owned) */
  ConfabdSocketLimits limits;
  int fd; /* (owned) */
  ConfabdWatch watch;
  ConfabdTimer timer; /* the next of all that is due */

  SocketState state;
  ConfabdFrameReader reader;
  ConfabdInlet inlet;
  ConfabdOutbox outbox;
  ConfabdWatchdog watchdog;

  guint close_code;
  gboolean was_clean;   /* the peer's close frame came */
  gboolean is_reported; /* the handler knows that it is closed */

  const ConfabdSocketHandler *handler; /* (unowned) (nullable) static */
  gpointer handler_data;           /* (unowned) the handler's owner takes the handler away first */
  ConfabdSocketGoneFunc gone_func; /* (nullable) */
  gpointer gone_data;              /* (unowned) the gate's record of this connection */
};

G_DEFINE_FINAL_TYPE (ConfabdSocket, confabd_socket, G_TYPE_OBJECT)

/* Whoever has to hear of an end hears of it at the next turn. */
static gboolean
has_news (ConfabdSocket *self)
{
  return self->state == STATE_CLOSED || (self->state == STATE_FAILING && !self->is_reported);
}

static void
schedule (ConfabdSocket *self)
{
  gint64 due_us = has_news (self) ? 0 : confabd_watchdog_get_due_us (&self->watchdog);
  gint64 delay_us = MAX (due_us - g_get_monotonic_time (), 0);

  confabd_poller_arm (self->poller, &self->timer, (guint) ((delay_us + 999) / 1000));
}

/* The end of the connection. The handler hears of it at the next turn. */
static void
hang_up (ConfabdSocket *self)
{
  if (self->state == STATE_CLOSED)
    return;
  if (self->state == STATE_OPEN)
    self->close_code = CLOSE_ABNORMAL;
  self->state = STATE_CLOSED;
  confabd_poller_unwatch (self->poller, &self->watch);
  close (self->fd);
  self->fd = -1;
  confabd_outbox_clear (&self->outbox);
  schedule (self);
}

static void
on_everything_written (ConfabdSocket *self)
{
  /* Our close frame is out: after a fault that was our last word; after the peer's close frame
   * nothing is left to do. */
  if (self->state == STATE_FAILING)
    shutdown (self->fd, SHUT_WR);
  else if (self->state == STATE_CLOSING && self->was_clean)
    hang_up (self);
}

static void
write_outbox (ConfabdSocket *self)
{
  guint wanted = EPOLLIN;
  guint64 sent_before = self->outbox.sent_bytes;

  switch (confabd_outbox_write (&self->outbox, self->fd)) {
  case CONFABD_OUTBOX_EMPTY:
    confabd_watchdog_note_written (&self->watchdog);
    on_everything_written (self);
    break;
  case CONFABD_OUTBOX_BLOCKED:
    wanted |= EPOLLOUT;
    confabd_watchdog_note_blocked (&self->watchdog, self->outbox.sent_bytes != sent_before,
                                   g_get_monotonic_time ());
    schedule (self);
    break;
  case CONFABD_OUTBOX_BROKEN:
    hang_up (self);
    break;
  }
  if (self->watch.func != NULL)
    confabd_poller_change (self->poller, &self->watch, wanted);
}

static void
begin_close (ConfabdSocket *self, SocketState state, guint code, const char *reason)
{
  self->state = state;
  self->close_code = code;
  confabd_watchdog_note_closing (&self->watchdog, g_get_monotonic_time ());
  confabd_outbox_push_close (&self->outbox, code, reason);
  schedule (self);
  write_outbox (self);
}

/* The peer broke a rule: it is told the code, and nothing it says counts any more. */
static void
fail (ConfabdSocket *self, guint code)
{
  if (self->state == STATE_CLOSING)
    hang_up (self); /* a close frame is its last already */
  if (self->state != STATE_OPEN)
    return;
  confabd_outbox_drop_unbegun (&self->outbox);
  begin_close (self, STATE_FAILING, code, "");
}

static gsize
on_read (guint8 *buffer, gsize size, gpointer user_data)
{
  ConfabdSocket *self = user_data;

  return self->state != STATE_CLOSED ? confabd_inlet_read (&self->inlet, self->fd, buffer, size)
                                     : 0;
}

static void
on_message (gboolean is_text, GBytes *data, gpointer user_data)
{
  ConfabdSocket *self = user_data;

  if (self->state != STATE_OPEN || self->handler == NULL)
    return;
  if (is_text && self->handler->text != NULL)
    self->handler->text (self, data, self->handler_data);
  else if (!is_text && self->handler->binary != NULL)
    self->handler->binary (self, data, self->handler_data);
}

static void
on_ping (const guint8 *payload, gsize length, gpointer user_data)
{
  ConfabdSocket *self = user_data;

  if (self->state == STATE_OPEN)
    confabd_outbox_push_pong (&self->outbox, payload, length);
}

static void
on_close (guint code, gpointer user_data)
{
  ConfabdSocket *self = user_data;

  if (self->state != STATE_OPEN && self->state != STATE_CLOSING)
    return;
  self->was_clean = TRUE;
  if (self->state == STATE_OPEN)
    begin_close (self, STATE_CLOSING, code, "");
  else
    write_outbox (self);
}

static const ConfabdFrameReaderFuncs reader_funcs = {
  .read = on_read,
  .message = on_message,
  .ping = on_ping,
  .close = on_close,
};

static void
announce_failure (ConfabdSocket *self, guint code)
{
  if (self->state == STATE_OPEN && self->handler != NULL && self->handler->failing != NULL)
    self->handler->failing (self, code, self->handler_data);
}

static void
read_frames (ConfabdSocket *self)
{
  guint failure;

  confabd_inlet_begin_turn (&self->inlet);
  failure = confabd_frame_reader_run (&self->reader, self->watchdog.heard_mono_us);
  if (failure != 0) {
    announce_failure (self, failure);
    fail (self, failure);
  } else if (self->inlet.at_end) {
    hang_up (self);
  }
  if (self->state == STATE_CLOSED)
    return;
  if (confabd_watchdog_note_unfinished (&self->watchdog,
                                        confabd_frame_reader_is_unfinished (&self->reader)))
    schedule (self);
  if (self->outbox.frames.length > 0 && !confabd_watchdog_is_blocked (&self->watchdog))
    write_outbox (self);
}

static void
read_input (ConfabdSocket *self)
{
  confabd_watchdog_note_heard (&self->watchdog, g_get_monotonic_time ());
  if (self->state != STATE_FAILING && !self->was_clean)
    read_frames (self);
  else if (!confabd_inlet_discard (&self->inlet, self->fd))
    hang_up (self);
}

/* Tells who has to know. Called from the loop alone: whoever sends or closes is not surprised in
 * the middle of it. */
static void
report_end (ConfabdSocket *self)
{
  if (self->state != STATE_FAILING && self->state != STATE_CLOSED)
    return;
  if (!self->is_reported) {
    self->is_reported = TRUE;
    if (self->handler != NULL && self->handler->closed != NULL)
      self->handler->closed (self, self->close_code, self->was_clean, self->handler_data);
    self->handler = NULL;
  }
  if (self->state == STATE_CLOSED && self->gone_func != NULL) {
    ConfabdSocketGoneFunc gone_func = g_steal_pointer (&self->gone_func);

    gone_func (self, self->gone_data);
  }
}

static void
on_ready (guint events, gpointer user_data)
{
  g_autoptr (ConfabdSocket) self = g_object_ref (user_data);

  if ((events & EPOLLOUT) != 0)
    write_outbox (self);
  if (self->state != STATE_CLOSED && (events & ~(guint) EPOLLOUT) != 0)
    read_input (self);
  report_end (self);
}

static void
heed (ConfabdSocket *self, ConfabdAlarm alarm)
{
  switch (alarm) {
  case CONFABD_ALARM_NONE:
    break;
  case CONFABD_ALARM_PING:
    confabd_outbox_push_ping (&self->outbox);
    write_outbox (self);
    break;
  case CONFABD_ALARM_TOO_SLOW:
    fail (self, CONFABD_CLOSE_TOO_SLOW);
    break;
  case CONFABD_ALARM_DEAD:
    hang_up (self);
    break;
  }
}

static void
on_due (gpointer user_data)
{
  g_autoptr (ConfabdSocket) self = g_object_ref (user_data);

  if (self->state != STATE_CLOSED)
    heed (self, confabd_watchdog_check (&self->watchdog, g_get_monotonic_time ()));
  report_end (self);
  if (self->state != STATE_CLOSED)
    schedule (self);
}

static void
confabd_socket_dispose (GObject *object)
{
  ConfabdSocket *self = CONFABD_SOCKET (object);

  self->handler = NULL;
  if (self->poller != NULL) {
    hang_up (self);
    confabd_poller_disarm (self->poller, &self->timer);
  }
  g_clear_object (&self->poller);
  g_clear_object (&self->remote);

  G_OBJECT_CLASS (confabd_socket_parent_class)->dispose (object);
}

static void
confabd_socket_finalize (GObject *object)
{
  ConfabdSocket *self = CONFABD_SOCKET (object);

  confabd_outbox_clear (&self->outbox);
  confabd_frame_reader_clear (&self->reader);

  G_OBJECT_CLASS (confabd_socket_parent_class)->finalize (object);
}

static void
confabd_socket_class_init (ConfabdSocketClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confabd_socket_dispose;
  object_class->finalize = confabd_socket_finalize;
}

static void
confabd_socket_init (ConfabdSocket *self)
{
  self->fd = -1;
  confabd_inlet_init (&self->inlet);
  self->timer = (ConfabdTimer) CONFABD_TIMER_INIT (on_due, self);
}

/**
 * confabd_socket_new:
 * @poller: what to wait with
 * @fd: (transfer full): a connected, non-blocking TCP socket on which the handshake has been
 * answered
 * @remote: the peer's address
 * @limits: what the peer may cost; copied
 *
 * Returns: (transfer full): an open WebSocket that is not read from before confabd_socket_start ().
 * Letting go of the last reference breaks the connection without a word to anybody; the gate holds
 * one until the connection has ended.
 */
ConfabdSocket *
confabd_socket_new (ConfabdPoller *poller,
                    int fd,
                    GSocketAddress *remote,
                    const ConfabdSocketLimits *limits)
{
  ConfabdSocket *self = g_object_new (CONFABD_TYPE_SOCKET, NULL);
  int on = 1;
  int send_buffer = SEND_BUFFER_BYTES;

  self->poller = g_object_ref (poller);
  self->fd = fd;
  self->remote = g_object_ref (remote);
  self->limits = *limits;
  confabd_frame_reader_init (&self->reader, &self->limits, &reader_funcs, self);
  confabd_outbox_init (&self->outbox, &self->limits);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
  confabd_watchdog_init (&self->watchdog, &self->limits, g_get_monotonic_time ());
  return self;
}

/**
 * confabd_socket_set_handler:
 * @self: a socket
 * @handler: (nullable) (transfer none): static functions, or %NULL to hear nothing more
 * @user_data: for them; take the handler away before it goes
 */
void
confabd_socket_set_handler (ConfabdSocket *self,
                            const ConfabdSocketHandler *handler,
                            gpointer user_data)
{
  g_return_if_fail (CONFABD_IS_SOCKET (self));

  self->handler = self->is_reported ? NULL : handler;
  self->handler_data = user_data;
}

/**
 * confabd_socket_set_gone_func: (skip)
 * @self: a socket
 * @func: (nullable): called once when the descriptor has been closed
 * @user_data: for @func
 */
void
confabd_socket_set_gone_func (ConfabdSocket *self, ConfabdSocketGoneFunc func, gpointer user_data)
{
  self->gone_func = func;
  self->gone_data = user_data;
}

/**
 * confabd_socket_start:
 * @self: a new socket
 * @error: return location for a #GError
 *
 * Begins to read and to ping. The gate calls this after it has handed the socket over. Fails with a
 * %G_IO_ERROR as confabd_poller_watch () does; the socket is closed then.
 *
 * Returns: whether the socket is being read from
 */
gboolean
confabd_socket_start (ConfabdSocket *self, GError **error)
{
  guint events = EPOLLIN | (self->outbox.frames.length > 0 ? EPOLLOUT : 0);

  g_return_val_if_fail (CONFABD_IS_SOCKET (self), FALSE);

  if (self->state == STATE_CLOSED)
    return TRUE;
  if (!confabd_poller_watch (self->poller, &self->watch, self->fd, events, on_ready, self, error)) {
    hang_up (self);
    return FALSE;
  }
  schedule (self);
  return TRUE;
}

/**
 * confabd_socket_send_spliced:
 * @self: a socket
 * @prefix: (array length=prefix_length): how the message begins; at most %CONFABD_SOCKET_MAX_PREFIX
 * bytes, copied
 * @prefix_length: the length of @prefix
 * @rest: how it goes on; shared by everybody it is sent to
 *
 * Sends one text message, valid UTF-8, made of a beginning for this peer alone and a rest that is
 * the same for many. It is written at once as far as the kernel takes it; what does not go waits in
 * the outbox. A peer with a full outbox is closed with %CONFABD_CLOSE_TOO_SLOW, which its handler
 * hears later.
 *
 * Returns: whether the message was accepted; %FALSE also when the socket is not open any more
 */
gboolean
confabd_socket_send_spliced (ConfabdSocket *self,
                             const char *prefix,
                             gsize prefix_length,
                             GBytes *rest)
{
  g_return_val_if_fail (CONFABD_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (prefix_length <= CONFABD_SOCKET_MAX_PREFIX, FALSE);

  if (self->state != STATE_OPEN)
    return FALSE;
  if (!confabd_outbox_push_text (&self->outbox, prefix, prefix_length, rest)) {
    fail (self, CONFABD_CLOSE_TOO_SLOW);
    return FALSE;
  }
  if (!confabd_watchdog_is_blocked (&self->watchdog))
    write_outbox (self);
  return TRUE;
}

/**
 * confabd_socket_send_text:
 * @self: a socket
 * @text: one message, valid UTF-8; a reference is kept while it waits
 *
 * As confabd_socket_send_spliced () without a prefix.
 *
 * Returns: whether the message was accepted
 */
gboolean
confabd_socket_send_text (ConfabdSocket *self, GBytes *text)
{
  return confabd_socket_send_spliced (self, NULL, 0, text);
}

/**
 * confabd_socket_close:
 * @self: a socket; nothing happens when it is closing already
 * @code: 1000..4999, a code that may be sent
 * @reason: for humans, UTF-8, at most 123 bytes
 *
 * Begins the close handshake behind what is queued. From now on no message is delivered or
 * accepted; the handler's closed is called with @code when the peer has answered, or has not within
 * the time for it.
 */
void
confabd_socket_close (ConfabdSocket *self, guint code, const char *reason)
{
  g_return_if_fail (CONFABD_IS_SOCKET (self));

  if (self->state == STATE_OPEN)
    begin_close (self, STATE_CLOSING, code, reason);
}

/**
 * confabd_socket_abort: (skip)
 * @self: a socket
 *
 * Ends the connection at once, without a close handshake.
 */
void
confabd_socket_abort (ConfabdSocket *self)
{
  hang_up (self);
}

/**
 * confabd_socket_is_open:
 * @self: a socket
 *
 * Returns: whether messages can still be sent
 */
gboolean
confabd_socket_is_open (ConfabdSocket *self)
{
  g_return_val_if_fail (CONFABD_IS_SOCKET (self), FALSE);

  return self->state == STATE_OPEN;
}

/**
 * confabd_socket_get_remote_address:
 * @self: a socket
 *
 * Returns: (transfer none): the peer's address
 */
GSocketAddress *
confabd_socket_get_remote_address (ConfabdSocket *self)
{
  g_return_val_if_fail (CONFABD_IS_SOCKET (self), NULL);

  return self->remote;
}

/**
 * confabd_socket_get_family:
 * @self: a socket
 *
 * Returns: the family of the peer's address
 */
GSocketFamily
confabd_socket_get_family (ConfabdSocket *self)
{
  g_return_val_if_fail (CONFABD_IS_SOCKET (self), G_SOCKET_FAMILY_INVALID);

  return g_socket_address_get_family (self->remote);
}

/**
 * confabd_socket_get_queued_messages:
 * @self: a socket
 *
 * Returns: how many frames wait because the peer does not read
 */
guint
confabd_socket_get_queued_messages (ConfabdSocket *self)
{
  g_return_val_if_fail (CONFABD_IS_SOCKET (self), 0);

  return self->outbox.frames.length;
}

/**
 * confabd_socket_get_queued_bytes:
 * @self: a socket
 *
 * Returns: how many bytes these are
 */
gsize
confabd_socket_get_queued_bytes (ConfabdSocket *self)
{
  g_return_val_if_fail (CONFABD_IS_SOCKET (self), 0);

  return self->outbox.queued_bytes;
}
