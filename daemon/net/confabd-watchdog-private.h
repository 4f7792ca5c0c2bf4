/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-socket-limits.h"

G_BEGIN_DECLS

typedef enum {
  CONFABD_ALARM_NONE,
  CONFABD_ALARM_PING,     /* ask the peer for a sign of life */
  CONFABD_ALARM_TOO_SLOW, /* it does not finish what it says, or does not read what is said */
  CONFABD_ALARM_DEAD,     /* nobody is there, or nobody answers our close frame */
} ConfabdAlarm;

/* Since when one peer owes what. Embedded in the socket; all times are monotonic. */
typedef struct {
  const ConfabdSocketLimits *limits; /* (unowned) the socket's */
  gint64 heard_mono_us;              /* the last byte of the peer */
  gint64 next_ping_mono_us;
  gint64 unfinished_mono_us; /* since when a message is unfinished; 0 if none is */
  gint64 blocked_mono_us;    /* since when the peer has not read; 0 if it has */
  gint64 close_by_mono_us;   /* when the close handshake has taken too long; 0 before it */
} ConfabdWatchdog;

void confabd_watchdog_init (ConfabdWatchdog *self,
                            const ConfabdSocketLimits *limits,
                            gint64 now_us);
void confabd_watchdog_note_heard (ConfabdWatchdog *self, gint64 now_us);
gboolean confabd_watchdog_note_unfinished (ConfabdWatchdog *self, gboolean is_unfinished);
void confabd_watchdog_note_written (ConfabdWatchdog *self);
void confabd_watchdog_note_blocked (ConfabdWatchdog *self, gboolean has_read, gint64 now_us);
gboolean confabd_watchdog_is_blocked (const ConfabdWatchdog *self);
void confabd_watchdog_note_closing (ConfabdWatchdog *self, gint64 now_us);
gint64 confabd_watchdog_get_due_us (const ConfabdWatchdog *self);
ConfabdAlarm confabd_watchdog_check (ConfabdWatchdog *self, gint64 now_us);

G_END_DECLS
