/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What one socket may read in one turn of the loop before others get theirs. */
#define CONFABD_INLET_TURN_BYTES (64 * 1024)

/* What is taken from one descriptor. Embedded in the socket. */
typedef struct {
  gsize turn_bytes;
  gsize linger_bytes; /* what may still come when nothing counts any more */
  gboolean may_read;  /* the last read of this turn filled its buffer */
  gboolean at_end;    /* the peer sends nothing any more */
} ConfabdInlet;

void confabd_inlet_init (ConfabdInlet *self);
void confabd_inlet_begin_turn (ConfabdInlet *self);
gsize confabd_inlet_read (ConfabdInlet *self, int fd, guint8 *buffer, gsize size);
gboolean confabd_inlet_discard (ConfabdInlet *self, int fd);

G_END_DECLS
