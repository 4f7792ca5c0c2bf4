/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-live-call.h"
#include "confab-signaling-private.h"

G_BEGIN_DECLS

ConfabSignaling *confab_live_call_get_signaling (ConfabLiveCall *self);
void confab_live_call_set_clock (ConfabLiveCall *self, ConfabClock *clock);
void confab_live_call_set_join_deadline_ms (ConfabLiveCall *self, guint deadline_ms);

G_END_DECLS
