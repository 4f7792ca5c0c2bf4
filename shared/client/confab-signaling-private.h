/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-backoff.h"
#include "confab-clock.h"
#include "confab-signaling.h"

G_BEGIN_DECLS

/* All of the times of a session, so that tests can have short ones. */
typedef struct {
  guint attempt_ms; /* from the upgrade to `welcome` */
  guint ping_ms;
  guint dead_ms;    /* silence after which the server counts as gone */
  guint give_up_ms; /* length of an outage after which nobody waits any more */
  ConfabBackoff backoff;
} ConfabSignalingTiming;

void confab_signaling_set_timing (ConfabSignaling *self, const ConfabSignalingTiming *timing);
void confab_signaling_set_clock (ConfabSignaling *self, ConfabClock *clock);
void confab_signaling_drop (ConfabSignaling *self, const GError *error);

G_END_DECLS
