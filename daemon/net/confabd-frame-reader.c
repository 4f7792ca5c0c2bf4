/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "confabd-frame-reader-private.h"

/* RFC 6455 §5.2: two bytes, a mask, and a longer length where seven bits do not do. */
#define HEADER_BYTES(payload) ((gsize) 6 + ((payload) > G_MAXUINT16 ? 8 : (payload) > 125 ? 2 : 0))

/*
 * libwslay reads the frames: masks, opcodes, UTF-8, close codes. It is used as a parser only. What
 * it wants to answer is dropped, since it would answer each ping of a flood; and it does not
 * collect messages, since it counts a limit per frame then and takes memory for what a header
 * promises instead of for what has come.
 *
 * Its context has 8 kB of buffers. Between messages a fresh context is as good as the used one, so
 * an idle socket has none.
 */

static void
fail (ConfabdFrameReader *self, guint code)
{
  if (self->failure == 0)
    self->failure = code;
  wslay_event_shutdown_read (self->wslay);
}

/* A token bucket that is a single time: each message pays its share of a second, the burst is how
 * far one may be ahead. */
static gboolean
pay (gint64 *paid_us, gint64 now_us, guint per_s, guint burst)
{
  gint64 price_us = per_s > 0 ? G_USEC_PER_SEC / per_s : 0;

  *paid_us = MAX (*paid_us, now_us) + price_us;
  return *paid_us - now_us <= price_us * burst;
}

static void
begin_message (ConfabdFrameReader *self, guint8 opcode)
{
  const ConfabdSocketLimits *limits = self->limits;

  if (!pay (&self->messages_paid_us, self->now_us, limits->messages_per_s, limits->messages_burst))
    fail (self, CONFABD_CLOSE_TOO_MANY);
  g_clear_pointer (&self->message, g_byte_array_unref);
  self->message = g_byte_array_new ();
  self->message_is_text = opcode == WSLAY_TEXT_FRAME;
  self->n_fragments = 0;
}

static void
check_data_frame (ConfabdFrameReader *self, guint64 payload_length)
{
  const ConfabdSocketLimits *limits = self->limits;

  if (payload_length > limits->message_bytes ||
      self->message->len + payload_length > limits->message_bytes ||
      ++self->n_fragments > limits->fragments)
    fail (self, CONFABD_CLOSE_TOO_LARGE);
}

static void
on_frame_start (wslay_event_context_ptr wslay,
                const struct wslay_event_on_frame_recv_start_arg *frame,
                gpointer user_data)
{
  ConfabdFrameReader *self = user_data;
  const ConfabdSocketLimits *limits = self->limits;

  self->frame_opcode = frame->opcode;
  self->frame_bytes = HEADER_BYTES (frame->payload_length) + frame->payload_length;
  if (wslay_is_ctrl_frame (frame->opcode)) {
    if (!pay (&self->controls_paid_us, self->now_us, limits->controls_per_s,
              limits->controls_burst))
      fail (self, CONFABD_CLOSE_TOO_MANY);
    return;
  }
  if (frame->opcode != WSLAY_CONTINUATION_FRAME)
    begin_message (self, frame->opcode);
  check_data_frame (self, frame->payload_length);
}

static void
on_frame_chunk (wslay_event_context_ptr wslay,
                const struct wslay_event_on_frame_recv_chunk_arg *chunk,
                gpointer user_data)
{
  ConfabdFrameReader *self = user_data;

  if (self->failure == 0 && !wslay_is_ctrl_frame (self->frame_opcode) && chunk->data_length > 0)
    g_byte_array_append (self->message, chunk->data, (guint) chunk->data_length);
}

static void
on_frame_end (wslay_event_context_ptr wslay, gpointer user_data)
{
  ConfabdFrameReader *self = user_data;

  self->open_bytes -= self->frame_bytes;
}

static void
deliver_message (ConfabdFrameReader *self)
{
  g_autoptr (GBytes) data = g_byte_array_free_to_bytes (g_steal_pointer (&self->message));

  self->funcs->message (self->message_is_text, data, self->user_data);
}

static void
deliver_close (ConfabdFrameReader *self, const struct wslay_event_on_msg_recv_arg *message)
{
  /* A code is two bytes; libwslay lets half a code pass as none. */
  if (message->msg_length == 1)
    fail (self, WSLAY_CODE_PROTOCOL_ERROR);
  else
    self->funcs->close (message->status_code != 0 ? message->status_code
                                                  : WSLAY_CODE_NO_STATUS_RCVD,
                        self->user_data);
}

static void
on_message (wslay_event_context_ptr wslay,
            const struct wslay_event_on_msg_recv_arg *message,
            gpointer user_data)
{
  ConfabdFrameReader *self = user_data;

  if (self->failure != 0)
    return;
  if (message->opcode == WSLAY_CONNECTION_CLOSE)
    deliver_close (self, message);
  else if (message->opcode == WSLAY_PING)
    self->funcs->ping (message->msg, message->msg_length, self->user_data);
  else if (!wslay_is_ctrl_frame (message->opcode))
    deliver_message (self);
}

static gssize
on_read (wslay_event_context_ptr wslay, guint8 *buffer, gsize size, int flags, gpointer user_data)
{
  ConfabdFrameReader *self = user_data;
  gsize length = self->funcs->read (buffer, size, self->user_data);

  if (length == 0) {
    wslay_event_set_error (wslay, WSLAY_ERR_WOULDBLOCK);
    return -1;
  }
  self->open_bytes += length;
  return (gssize) length;
}

static gssize
drop_reply (
    wslay_event_context_ptr wslay, const guint8 *data, gsize length, int flags, gpointer user_data)
{
  return (gssize) length;
}

static const struct wslay_event_callbacks wslay_callbacks = {
  .recv_callback = on_read,
  .send_callback = drop_reply,
  .on_frame_recv_start_callback = on_frame_start,
  .on_frame_recv_chunk_callback = on_frame_chunk,
  .on_frame_recv_end_callback = on_frame_end,
  .on_msg_recv_callback = on_message,
};

static void
ensure_wslay (ConfabdFrameReader *self)
{
  if (self->wslay != NULL)
    return;
  if (wslay_event_context_server_init (&self->wslay, &wslay_callbacks, self) != 0)
    g_error ("Out of memory"); /* as g_malloc() would say */
  wslay_event_config_set_no_buffering (self->wslay, 1);
}

/* Why libwslay stopped reading: by our own limits, because of a close frame, or because of
 * something the peer did wrong. */
static void
find_failure (ConfabdFrameReader *self, int result)
{
  guint code;

  if (self->failure != 0 || wslay_event_get_close_received (self->wslay) ||
      (result == 0 && wslay_event_get_read_enabled (self->wslay)))
    return;
  code = result == 0 ? wslay_event_get_status_code_sent (self->wslay) : WSLAY_CODE_PROTOCOL_ERROR;
  self->failure = code == WSLAY_CODE_MESSAGE_TOO_BIG ? CONFABD_CLOSE_TOO_LARGE : code;
}

void
confabd_frame_reader_init (ConfabdFrameReader *self,
                           const ConfabdSocketLimits *limits,
                           const ConfabdFrameReaderFuncs *funcs,
                           gpointer user_data)
{
  *self = (ConfabdFrameReader){ .limits = limits, .funcs = funcs, .user_data = user_data };
}

void
confabd_frame_reader_clear (ConfabdFrameReader *self)
{
  g_clear_pointer (&self->wslay, wslay_event_context_free);
  g_clear_pointer (&self->message, g_byte_array_unref);
}

/* Whether the peer has begun a frame or a message and owes the rest of it. */
gboolean
confabd_frame_reader_is_unfinished (ConfabdFrameReader *self)
{
  return self->open_bytes > 0 || self->message != NULL;
}

/*
 * confabd_frame_reader_run:
 * @now_us: monotonic time, for the rates
 *
 * Reads until there is nothing more. A function called from here may stop caring about more, but
 * must not clear the reader.
 *
 * Returns: 0, or the close code for what the peer did wrong; the reader is of no use after that
 */
guint
confabd_frame_reader_run (ConfabdFrameReader *self, gint64 now_us)
{
  int result;

  self->now_us = now_us;
  ensure_wslay (self);
  result = wslay_event_recv (self->wslay);
  if (wslay_event_want_write (self->wslay))
    wslay_event_send (self->wslay);
  find_failure (self, result);

  if (self->failure == 0 && !confabd_frame_reader_is_unfinished (self) &&
      !wslay_event_get_close_received (self->wslay))
    g_clear_pointer (&self->wslay, wslay_event_context_free);
  return self->failure;
}
