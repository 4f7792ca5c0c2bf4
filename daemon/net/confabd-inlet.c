/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <errno.h>
#include <sys/socket.h>

#include "confabd-inlet-private.h"
#include "confabd-linger-private.h"

/* What a peer may still send after we told it that it is shut out: about what was on the way. */
#define LINGER_BYTES (1024 * 1024)

void
confabd_inlet_init (ConfabdInlet *self)
{
  *self = (ConfabdInlet){ .linger_bytes = LINGER_BYTES };
}

/* The descriptor is ready: as much as one turn is worth may be read again. */
void
confabd_inlet_begin_turn (ConfabdInlet *self)
{
  self->turn_bytes = 0;
  self->may_read = TRUE;
}

/*
 * confabd_inlet_read:
 * @fd: a socket
 * @buffer: (out caller-allocates) (array length=size): where to
 *
 * Returns: how many bytes came; 0 when there is nothing more in this turn. When the connection is
 * over or broken, at_end is set.
 */
gsize
confabd_inlet_read (ConfabdInlet *self, int fd, guint8 *buffer, gsize size)
{
  gssize length;

  if (!self->may_read || self->turn_bytes >= CONFABD_INLET_TURN_BYTES)
    return 0;
  do
    length = recv (fd, buffer, size, MSG_DONTWAIT);
  while (length < 0 && errno == EINTR);

  if (length == 0 || (length < 0 && errno != EAGAIN && errno != EWOULDBLOCK))
    self->at_end = TRUE;
  /* A read that did not fill the buffer has emptied the socket: no need to hear it from a second
   * one. */
  self->may_read = length == (gssize) size;
  if (length <= 0)
    return 0;
  self->turn_bytes += (gsize) length;
  return (gsize) length;
}

/*
 * confabd_inlet_discard:
 * @fd: a socket on which the last word was said
 *
 * Returns: as confabd_linger_discard () does: %FALSE when it is time to close
 */
gboolean
confabd_inlet_discard (ConfabdInlet *self, int fd)
{
  return confabd_linger_discard (fd, &self->linger_bytes);
}
