/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "confabd-frame-reader-private.h"

/* RFC 6455 §5.2: two bytes, a mask, and a longer length where seven bits do not do. */
#define HEADER_BYTES(payload) ((gsize) 6 + ((payload) > G_MAXUINT16 ? 8 : (payload) > 125 ? 2 : 0))

/*
 * libwslay takes the frames apart; what they mean is decided here. Its event layer would do that
 * too, but it answers each ping of a flood, takes memory for what a header promises instead of for
 * what has come, and its check of UTF-8, byte by byte, cost a sixth of the time that relaying a
 * message takes.
 *
 * Its context has 4 kB of buffer. Between frames a fresh context is as good as the used one, so an
 * idle socket has none.
 */

/* A token bucket that is a single time: each message pays its share of a second, the burst is how
 * far one may be ahead. */
static gboolean
pay (gint64 *paid_us, gint64 now_us, guint per_s, guint burst)
{
  gint64 price_us = per_s > 0 ? G_USEC_PER_SEC / per_s : 0;

  *paid_us = MAX (*paid_us, now_us) + price_us;
  return *paid_us - now_us <= price_us * burst;
}

/* A NUL is a character in UTF-8, if not in GLib. */
static gboolean
is_utf8 (const guint8 *bytes, gsize length)
{
  const char *at = (const char *) bytes;
  const char *limit = at + length;

  while (at < limit) {
    if (g_utf8_validate_len (at, (gsize) (limit - at), &at))
      return TRUE;
    if (*at++ != '\0')
      return FALSE;
  }
  return TRUE;
}

/* RFC 6455 §7.4 and the registry it opened. */
static gboolean
is_close_code (guint code)
{
  return (code >= 1000 && code <= 1014 && code != 1004 && code != WSLAY_CODE_NO_STATUS_RCVD &&
          code != WSLAY_CODE_ABNORMAL_CLOSURE) ||
         (code >= 3000 && code <= 4999);
}

/* The functions below return 0 or the close code for what the peer did wrong. */

static guint
begin_message (ConfabdFrameReader *self, const struct wslay_frame_iocb *frame)
{
  const ConfabdSocketLimits *limits = self->limits;

  if (self->message != NULL)
    return WSLAY_CODE_PROTOCOL_ERROR;
  if (!pay (&self->messages_paid_us, self->now_us, limits->messages_per_s, limits->messages_burst))
    return CONFABD_CLOSE_TOO_MANY;
  self->message = g_byte_array_new ();
  self->message_is_text = frame->opcode == WSLAY_TEXT_FRAME;
  self->n_fragments = 0;
  return 0;
}

static guint
begin_fragment (ConfabdFrameReader *self, const struct wslay_frame_iocb *frame)
{
  const ConfabdSocketLimits *limits = self->limits;

  if (self->message == NULL)
    return WSLAY_CODE_PROTOCOL_ERROR;
  if (frame->payload_length > limits->message_bytes ||
      self->message->len + frame->payload_length > limits->message_bytes ||
      ++self->n_fragments > limits->fragments)
    return CONFABD_CLOSE_TOO_LARGE;
  return 0;
}

static guint
begin_control (ConfabdFrameReader *self)
{
  const ConfabdSocketLimits *limits = self->limits;

  if (!pay (&self->controls_paid_us, self->now_us, limits->controls_per_s, limits->controls_burst))
    return CONFABD_CLOSE_TOO_MANY;
  self->control = g_byte_array_new ();
  return 0;
}

/* No extension is ever accepted, so no reserved bit has a meaning. */
static guint
begin_frame (ConfabdFrameReader *self, const struct wslay_frame_iocb *frame)
{
  guint failure = 0;

  if (!frame->mask || frame->rsv != WSLAY_RSV_NONE)
    return WSLAY_CODE_PROTOCOL_ERROR;
  self->opcode = frame->opcode;
  self->payload_left = frame->payload_length;
  switch (frame->opcode) {
  case WSLAY_TEXT_FRAME:
  case WSLAY_BINARY_FRAME:
    failure = begin_message (self, frame);
    return failure != 0 ? failure : begin_fragment (self, frame);
  case WSLAY_CONTINUATION_FRAME:
    return begin_fragment (self, frame);
  case WSLAY_CONNECTION_CLOSE:
  case WSLAY_PING:
  case WSLAY_PONG:
    return begin_control (self);
  default:
    return WSLAY_CODE_PROTOCOL_ERROR;
  }
}

static guint
finish_message (ConfabdFrameReader *self)
{
  g_autoptr (GBytes) data = g_byte_array_free_to_bytes (g_steal_pointer (&self->message));
  gsize length = 0;
  const guint8 *bytes = g_bytes_get_data (data, &length);

  if (self->message_is_text && !is_utf8 (bytes, length))
    return WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA;
  self->funcs->message (self->message_is_text, data, self->user_data);
  return 0;
}

static guint
finish_close (ConfabdFrameReader *self, const guint8 *payload, guint length)
{
  guint code = length >= 2 ? (guint) payload[0] << 8 | payload[1] : WSLAY_CODE_NO_STATUS_RCVD;

  if (length == 1 || (length >= 2 && !is_close_code (code)))
    return WSLAY_CODE_PROTOCOL_ERROR;
  if (length > 2 && !is_utf8 (payload + 2, length - 2))
    return WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA;
  self->has_closed = TRUE;
  self->funcs->close (code, self->user_data);
  return 0;
}

static guint
finish_frame (ConfabdFrameReader *self, const struct wslay_frame_iocb *frame)
{
  g_autoptr (GByteArray) control = g_steal_pointer (&self->control);

  self->open_bytes -= HEADER_BYTES (frame->payload_length) + frame->payload_length;
  if (self->opcode == WSLAY_CONNECTION_CLOSE)
    return finish_close (self, control->data, control->len);
  if (self->opcode == WSLAY_PING)
    self->funcs->ping (control->data, control->len, self->user_data);
  else if (control == NULL && frame->fin)
    return finish_message (self);
  return 0;
}

/* A frame comes in as many chunks as there were reads; each repeats what the header said. */
static guint
take_chunk (ConfabdFrameReader *self, const struct wslay_frame_iocb *frame)
{
  guint failure = self->payload_left == 0 ? begin_frame (self, frame) : 0;

  if (failure != 0)
    return failure;
  if (frame->data_length > 0)
    g_byte_array_append (self->control != NULL ? self->control : self->message, frame->data,
                         (guint) frame->data_length);
  self->payload_left -= frame->data_length;
  return self->payload_left == 0 ? finish_frame (self, frame) : 0;
}

static gssize
on_read (guint8 *buffer, gsize size, int flags, gpointer user_data)
{
  ConfabdFrameReader *self = user_data;
  gsize length = self->funcs->read (buffer, size, self->user_data);

  self->open_bytes += length;
  return length > 0 ? (gssize) length : -1;
}

static void
ensure_wslay (ConfabdFrameReader *self)
{
  const struct wslay_frame_callbacks callbacks = { .recv_callback = on_read };

  if (self->wslay == NULL && wslay_frame_context_init (&self->wslay, &callbacks, self) != 0)
    g_error ("Out of memory"); /* as g_malloc() would say */
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
  g_clear_pointer (&self->wslay, wslay_frame_context_free);
  g_clear_pointer (&self->message, g_byte_array_unref);
  g_clear_pointer (&self->control, g_byte_array_unref);
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
  self->now_us = now_us;
  ensure_wslay (self);
  while (self->failure == 0 && !self->has_closed) {
    struct wslay_frame_iocb frame = { 0 };
    gssize result = wslay_frame_recv (self->wslay, &frame);

    if (result == WSLAY_ERR_WANT_READ)
      break;
    self->failure = result < 0 ? WSLAY_CODE_PROTOCOL_ERROR : take_chunk (self, &frame);
  }
  if (self->open_bytes == 0)
    g_clear_pointer (&self->wslay, wslay_frame_context_free);
  return self->failure;
}
