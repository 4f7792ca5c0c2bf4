/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

typedef enum {
  CONFAB_CALL_STATE_SCHEDULED,
  CONFAB_CALL_STATE_OPEN,
  CONFAB_CALL_STATE_LIVE,
  CONFAB_CALL_STATE_ENDED,
  CONFAB_CALL_STATE_EXPIRED,
  CONFAB_CALL_STATE_CANCELLED,
} ConfabCallState;

typedef enum {
  CONFAB_CALL_EVENT_START,
  CONFAB_CALL_EVENT_FIRST_JOIN,
  CONFAB_CALL_EVENT_END,
  CONFAB_CALL_EVENT_EXPIRE,
  CONFAB_CALL_EVENT_CANCEL,
} ConfabCallEvent;

#define CONFAB_N_CALL_STATES (CONFAB_CALL_STATE_CANCELLED + 1)
#define CONFAB_N_CALL_EVENTS (CONFAB_CALL_EVENT_CANCEL + 1)

CONFAB_AVAILABLE_IN_ALL
gboolean confab_call_state_next (ConfabCallState state,
                                 ConfabCallEvent event,
                                 ConfabCallState *next);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_call_state_is_over (ConfabCallState state);
CONFAB_AVAILABLE_IN_ALL
const char *confab_call_state_to_string (ConfabCallState state);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_call_state_from_string (const char *text, ConfabCallState *state);

G_END_DECLS
