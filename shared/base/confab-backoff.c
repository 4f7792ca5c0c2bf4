/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-backoff"

#include "config.h"

#include "confab-backoff.h"

/**
 * ConfabBackoff:
 * @first_ms: the longest first delay
 * @limit_ms: the longest delay of all
 * @attempt: how many delays were handed out since the start or the last reset
 *
 * How long to wait before trying again: doubled each time up to a limit, and spread over its upper
 * half, so that the clients of a restarted server do not all come back in the same moment.
 *
 * Plain data without a thread of its own.
 *
 * Since: 0.1
 */

/**
 * confab_backoff_next_ms:
 * @self: the state
 * @random: from 0.0 up to but not including 1.0, from g_random_double() or a test
 *
 * Hands out the next delay and counts the attempt.
 *
 * Returns: milliseconds, between half and the whole of this attempt's delay
 * Since: 0.1
 */
guint
confab_backoff_next_ms (ConfabBackoff *self, double random)
{
  guint64 delay_ms = 0;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (random >= 0.0 && random < 1.0, self->first_ms);

  delay_ms = MIN ((guint64) self->first_ms << MIN (self->attempt, 31), self->limit_ms);
  if (self->attempt < G_MAXUINT)
    self->attempt++;
  return (guint) (delay_ms / 2 + (guint64) (random * (double) (delay_ms - delay_ms / 2)));
}

/**
 * confab_backoff_reset:
 * @self: the state
 *
 * Starts again with the shortest delay: to be called after a success.
 *
 * Since: 0.1
 */
void
confab_backoff_reset (ConfabBackoff *self)
{
  g_return_if_fail (self != NULL);

  self->attempt = 0;
}
