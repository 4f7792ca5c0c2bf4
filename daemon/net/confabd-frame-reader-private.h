/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sys/types.h>
#include <wslay/wslay.h>

#include "confabd-socket-limits.h"

G_BEGIN_DECLS

typedef struct {
  /* Fills @buffer with what is there; returns 0 when there is nothing now. */
  gsize (*read) (guint8 *buffer, gsize size, gpointer user_data);
  void (*message) (gboolean is_text, GBytes *data, gpointer user_data);
  void (*ping) (const guint8 *payload, gsize length, gpointer user_data);
  /* The peer's close frame: nothing is read after it. @code is 1005 when it says nothing. */
  void (*close) (guint code, gpointer user_data);
} ConfabdFrameReaderFuncs;

/* What comes in from one socket. Embedded in the socket. */
typedef struct {
  const ConfabdSocketLimits *limits;    /* (unowned) the socket's */
  const ConfabdFrameReaderFuncs *funcs; /* (unowned) static */
  gpointer user_data;                   /* (unowned) the socket */

  wslay_frame_context_ptr wslay; /* (owned) (nullable) only while something is unfinished */
  GByteArray *message;           /* (owned) (nullable) the payload of the unfinished message */
  gboolean message_is_text;
  guint n_fragments;

  guint8 opcode;       /* of the frame that is being read */
  GByteArray *control; /* (owned) (nullable) its payload when it is a control frame */
  guint64 payload_left;
  gsize open_bytes;    /* read and not yet part of a whole frame */
  gboolean has_closed; /* the peer sent its close frame */
  guint failure;       /* close code; 0 while all is well */

  gint64 now_us;
  gint64 messages_paid_us; /* token buckets: until when the rate is used up */
  gint64 controls_paid_us;
} ConfabdFrameReader;

void confabd_frame_reader_init (ConfabdFrameReader *self,
                                const ConfabdSocketLimits *limits,
                                const ConfabdFrameReaderFuncs *funcs,
                                gpointer user_data);
void confabd_frame_reader_clear (ConfabdFrameReader *self);
guint confabd_frame_reader_run (ConfabdFrameReader *self, gint64 now_us);
gboolean confabd_frame_reader_is_unfinished (ConfabdFrameReader *self);

G_END_DECLS
