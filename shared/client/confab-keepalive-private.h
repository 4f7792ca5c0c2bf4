/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-clock.h"
#include "confab-message.h"

G_BEGIN_DECLS

typedef void (*ConfabKeepalivePing) (gint64 id, gpointer owner);
typedef void (*ConfabKeepaliveDead) (gpointer owner);

/* The pulse of one session: pings, notices silence, and measures the server's clock by the way. A
 * part of its owner, which stops it before it goes. */
typedef struct {
  ConfabClock *clock; /* (unowned) the owner's */
  ConfabKeepalivePing ping;
  ConfabKeepaliveDead dead;
  gpointer owner;      /* (unowned) it contains this */
  GSource *ping_timer; /* (owned) (nullable) */
  GSource *dead_timer; /* (owned) (nullable) */
  guint dead_ms;
  gint64 heard_mono_us;
  gint64 ping_id;
  gint64 ping_sent_mono_us; /* 0: no ping is out */
  gint64 clock_offset_us;
} ConfabKeepalive;

void confab_keepalive_start (ConfabKeepalive *self, guint ping_ms, guint dead_ms);
void confab_keepalive_stop (ConfabKeepalive *self);
void confab_keepalive_hear (ConfabKeepalive *self);
void confab_keepalive_take_welcome (ConfabKeepalive *self, ConfabMessage *welcome);
void confab_keepalive_take_pong (ConfabKeepalive *self, ConfabMessage *pong);

GSource *confab_timer_start (guint delay_ms, GSourceFunc callback, gpointer data);
void confab_timer_stop (GSource **timer);

G_END_DECLS
