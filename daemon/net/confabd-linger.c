/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <errno.h>
#include <sys/socket.h>

#include "confabd-linger-private.h"

/*
 * confabd_linger_discard:
 * @fd: a socket on which the last word was said
 * @budget_bytes: (inout): how much more we are willing to take
 *
 * Throws away what the peer still sends. Closing a socket with unread bytes resets the connection,
 * and the reset can overtake our last words on their way to the peer's application (RFC 9112 §9.6).
 *
 * Returns: %FALSE when it is time to close: the peer has closed, or has used up its budget
 */
gboolean
confabd_linger_discard (int fd, gsize *budget_bytes)
{
  while (*budget_bytes > 0) {
    guint8 buffer[4096];
    gssize length = recv (fd, buffer, sizeof buffer, MSG_DONTWAIT);

    if (length < 0 && errno == EINTR)
      continue;
    if (length < 0)
      return errno == EAGAIN || errno == EWOULDBLOCK;
    if (length == 0)
      return FALSE;
    *budget_bytes -= MIN (*budget_bytes, (gsize) length);
  }
  return FALSE;
}
