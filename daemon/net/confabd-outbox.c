/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <wslay/wslay.h>

#include "confabd-outbox-private.h"

#define FIN_BIT            0x80
#define HEADER_MAX_BYTES   10 /* of a frame that is not masked: what a server sends */
#define CLOSE_CODE_MISSING 1005

/* As many frames go into one system call; each is a header of its own and a body that others may
 * share. */
#define BATCH_FRAMES 16

struct _ConfabdOutboxFrame {
  GBytes *body; /* (owned) (nullable) */
  gsize start_length;
  guint8 start[]; /* the frame's header and what of the payload is not shared */
};

static gsize
put_header (guint8 *header, guint8 opcode, guint64 length)
{
  header[0] = FIN_BIT | opcode;
  if (length < 126) {
    header[1] = (guint8) length;
    return 2;
  }
  if (length <= G_MAXUINT16) {
    guint16 length_be = GUINT16_TO_BE ((guint16) length);

    header[1] = 126;
    memcpy (header + 2, &length_be, sizeof length_be);
    return 4;
  }
  length = GUINT64_TO_BE (length);
  header[1] = 127;
  memcpy (header + 2, &length, sizeof length);
  return HEADER_MAX_BYTES;
}

static ConfabdOutboxFrame *
frame_new (guint8 opcode, gconstpointer start, gsize start_length, GBytes *body)
{
  ConfabdOutboxFrame *frame = g_malloc (sizeof *frame + HEADER_MAX_BYTES + start_length);
  gsize body_length = body != NULL ? g_bytes_get_size (body) : 0;

  frame->body = body != NULL ? g_bytes_ref (body) : NULL;
  frame->start_length = put_header (frame->start, opcode, start_length + body_length);
  if (start_length > 0)
    memcpy (frame->start + frame->start_length, start, start_length);
  frame->start_length += start_length;
  return frame;
}

static void
frame_free (ConfabdOutboxFrame *frame)
{
  g_clear_pointer (&frame->body, g_bytes_unref);
  g_free (frame);
}

static gsize
frame_get_size (ConfabdOutboxFrame *frame)
{
  return frame->start_length + (frame->body != NULL ? g_bytes_get_size (frame->body) : 0);
}

static void
push (ConfabdOutbox *self, ConfabdOutboxFrame *frame)
{
  self->queued_bytes += frame_get_size (frame);
  g_queue_push_tail (&self->frames, frame);
}

static void
pop (ConfabdOutbox *self)
{
  ConfabdOutboxFrame *frame = NULL;

  if (self->pong_link == self->frames.head)
    self->pong_link = NULL;
  frame = g_queue_pop_head (&self->frames);
  self->queued_bytes -= frame_get_size (frame);
  self->written = 0;
  frame_free (frame);
}

static guint
gather (ConfabdOutbox *self, struct iovec *vectors)
{
  guint n_vectors = 0;
  guint n_frames = 0;

  for (GList *link = self->frames.head; link != NULL && n_frames < BATCH_FRAMES;
       link = link->next) {
    ConfabdOutboxFrame *frame = link->data;
    gsize skip = n_frames++ == 0 ? self->written : 0;
    gsize skip_start = MIN (skip, frame->start_length);

    if (skip_start < frame->start_length)
      vectors[n_vectors++] =
          (struct iovec){ frame->start + skip_start, frame->start_length - skip_start };
    if (frame->body != NULL) {
      gsize length = 0;
      const guint8 *data = g_bytes_get_data (frame->body, &length);

      skip -= skip_start;
      vectors[n_vectors++] = (struct iovec){ (gpointer) (data + skip), length - skip };
    }
  }
  return n_vectors;
}

static void
account (ConfabdOutbox *self, gsize length)
{
  self->written += length;
  self->sent_bytes += length;
  while (self->frames.length > 0) {
    gsize size = frame_get_size (self->frames.head->data);
    gsize rest = self->written;

    if (rest < size)
      return;
    pop (self);
    self->written = rest - size;
  }
}

void
confabd_outbox_init (ConfabdOutbox *self, const ConfabdSocketLimits *limits)
{
  *self = (ConfabdOutbox){ .limits = limits };
  g_queue_init (&self->frames);
}

void
confabd_outbox_clear (ConfabdOutbox *self)
{
  while (self->frames.length > 0)
    pop (self);
}

/*
 * confabd_outbox_push_text:
 * @prefix: (array length=prefix_length): how the message begins; copied
 * @rest: how it goes on; a reference is kept, so that all receivers share it
 *
 * Returns: %FALSE when the peer has left too much unread already; nothing is queued then
 */
gboolean
confabd_outbox_push_text (ConfabdOutbox *self,
                          const char *prefix,
                          gsize prefix_length,
                          GBytes *rest)
{
  gsize size = HEADER_MAX_BYTES + prefix_length + g_bytes_get_size (rest);

  if (self->frames.length >= self->limits->outbox_messages ||
      self->queued_bytes + size > self->limits->outbox_bytes)
    return FALSE;
  push (self, frame_new (WSLAY_TEXT_FRAME, prefix, prefix_length, rest));
  return TRUE;
}

/* Does nothing while something else waits: a peer that does not read needs no ping. */
void
confabd_outbox_push_ping (ConfabdOutbox *self)
{
  if (self->frames.length == 0)
    push (self, frame_new (WSLAY_PING, NULL, 0, NULL));
}

/* RFC 6455 §5.5.3 lets us answer only the latest of several pings: a pong that is not begun is
 * replaced. A pong overtakes messages, but goes between two frames and not into one. */
void
confabd_outbox_push_pong (ConfabdOutbox *self, const guint8 *payload, gsize length)
{
  ConfabdOutboxFrame *frame = frame_new (WSLAY_PONG, payload, length, NULL);
  gboolean is_begun = self->pong_link == self->frames.head && self->written > 0;

  self->queued_bytes += frame_get_size (frame);
  if (self->pong_link != NULL && !is_begun) {
    self->queued_bytes -= frame_get_size (self->pong_link->data);
    frame_free (self->pong_link->data);
    self->pong_link->data = frame;
  } else if (self->written > 0) {
    g_queue_insert_after (&self->frames, self->frames.head, frame);
    self->pong_link = self->frames.head->next;
  } else {
    g_queue_push_head (&self->frames, frame);
    self->pong_link = self->frames.head;
  }
}

/* Not subject to the limits: it is the last frame. */
void
confabd_outbox_push_close (ConfabdOutbox *self, guint code, const char *reason)
{
  guint8 payload[CONFABD_CONTROL_MAX_BYTES];
  guint16 code_be = GUINT16_TO_BE ((guint16) code);
  gsize reason_length = MIN (strlen (reason), sizeof payload - sizeof code_be);

  memcpy (payload, &code_be, sizeof code_be);
  memcpy (payload + sizeof code_be, reason, reason_length);
  push (self, frame_new (WSLAY_CONNECTION_CLOSE, payload,
                         code == CLOSE_CODE_MISSING ? 0 : sizeof code_be + reason_length, NULL));
}

/* Lets go of all that can be let go of without breaking the framing. */
void
confabd_outbox_drop_unbegun (ConfabdOutbox *self)
{
  while (self->frames.length > (self->written > 0 ? 1 : 0)) {
    ConfabdOutboxFrame *frame = g_queue_pop_tail (&self->frames);

    self->queued_bytes -= frame_get_size (frame);
    frame_free (frame);
  }
  if (self->pong_link != self->frames.head)
    self->pong_link = NULL;
}

/* Writes what the kernel takes. */
ConfabdOutboxResult
confabd_outbox_write (ConfabdOutbox *self, int fd)
{
  while (self->frames.length > 0) {
    struct iovec vectors[2 * BATCH_FRAMES];
    struct msghdr message = { .msg_iov = vectors };
    gssize length;

    message.msg_iovlen = gather (self, vectors);
    length = sendmsg (fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (length < 0 && errno == EINTR)
      continue;
    if (length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS))
      return CONFABD_OUTBOX_BLOCKED;
    if (length < 0)
      return CONFABD_OUTBOX_BROKEN;
    account (self, (gsize) length);
  }
  return CONFABD_OUTBOX_EMPTY;
}
