/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "confabd-watchdog-private.h"

/*
 * How long a peer is waited for: for a sign of life, for the end of what it began to say, for it to
 * read, for its close frame. Pure: time is an argument, and what follows is for the socket to do.
 */

static gint64
ms_to_us (guint ms)
{
  return (gint64) ms * 1000;
}

static gint64
get_dead_us (const ConfabdWatchdog *self)
{
  return self->heard_mono_us + ms_to_us (self->limits->dead_after_ms);
}

/* What the peer is too slow for; G_MAXINT64 when it owes nothing. */
static gint64
get_slow_us (const ConfabdWatchdog *self)
{
  gint64 slow_us = G_MAXINT64;

  if (self->unfinished_mono_us != 0)
    slow_us = self->unfinished_mono_us + ms_to_us (self->limits->unfinished_ms);
  if (self->blocked_mono_us != 0)
    slow_us = MIN (slow_us, self->blocked_mono_us + ms_to_us (self->limits->dead_after_ms));
  return slow_us;
}

/*
 * confabd_watchdog_init:
 * @limits: of the socket, which outlive the watchdog
 * @now_us: when the peer was heard first
 */
void
confabd_watchdog_init (ConfabdWatchdog *self, const ConfabdSocketLimits *limits, gint64 now_us)
{
  *self = (ConfabdWatchdog){
    .limits = limits,
    .heard_mono_us = now_us,
    .next_ping_mono_us = now_us + ms_to_us (limits->ping_interval_ms),
  };
}

/* Something came from the peer. */
void
confabd_watchdog_note_heard (ConfabdWatchdog *self, gint64 now_us)
{
  self->heard_mono_us = now_us;
}

/*
 * confabd_watchdog_note_unfinished:
 * @is_unfinished: whether a message has begun and not ended with what was heard last
 *
 * Returns: whether something is due earlier than it was
 */
gboolean
confabd_watchdog_note_unfinished (ConfabdWatchdog *self, gboolean is_unfinished)
{
  gboolean is_new = is_unfinished && self->unfinished_mono_us == 0;

  if (!is_unfinished)
    self->unfinished_mono_us = 0;
  else if (is_new)
    self->unfinished_mono_us = self->heard_mono_us;
  return is_new;
}

/* Everything that was to be said is with the kernel. */
void
confabd_watchdog_note_written (ConfabdWatchdog *self)
{
  self->blocked_mono_us = 0;
}

/*
 * confabd_watchdog_note_blocked:
 * @has_read: whether the kernel took something before it took no more
 */
void
confabd_watchdog_note_blocked (ConfabdWatchdog *self, gboolean has_read, gint64 now_us)
{
  if (self->blocked_mono_us == 0 || has_read)
    self->blocked_mono_us = now_us;
}

/* Returns: whether the peer has to read before more can be written */
gboolean
confabd_watchdog_is_blocked (const ConfabdWatchdog *self)
{
  return self->blocked_mono_us != 0;
}

/* Our close frame is said: from now on nothing counts but its answer. */
void
confabd_watchdog_note_closing (ConfabdWatchdog *self, gint64 now_us)
{
  self->close_by_mono_us = now_us + ms_to_us (self->limits->close_timeout_ms);
}

/* Returns: when to check next */
gint64
confabd_watchdog_get_due_us (const ConfabdWatchdog *self)
{
  if (self->close_by_mono_us != 0)
    return self->close_by_mono_us;
  return MIN (MIN (self->next_ping_mono_us, get_dead_us (self)), get_slow_us (self));
}

/*
 * confabd_watchdog_check:
 * @now_us: the time
 *
 * Returns: the worst that is due. After a ping the next one is due an interval later.
 */
ConfabdAlarm
confabd_watchdog_check (ConfabdWatchdog *self, gint64 now_us)
{
  if (self->close_by_mono_us != 0)
    return now_us >= self->close_by_mono_us ? CONFABD_ALARM_DEAD : CONFABD_ALARM_NONE;
  if (now_us >= get_dead_us (self))
    return CONFABD_ALARM_DEAD;
  if (now_us >= get_slow_us (self))
    return CONFABD_ALARM_TOO_SLOW;
  if (now_us < self->next_ping_mono_us)
    return CONFABD_ALARM_NONE;
  self->next_ping_mono_us = now_us + ms_to_us (self->limits->ping_interval_ms);
  return CONFABD_ALARM_PING;
}
