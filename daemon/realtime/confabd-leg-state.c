/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-leg-state"

#include "config.h"

#include "confabd-leg-state.h"

#define NONE (-1)

/* clang-format off */
static const gint8 transitions[CONFABD_N_LEG_STATES][CONFABD_N_LEG_EVENTS] = {
  /*                                WELCOME                  JOIN                       ADMIT                      TURN_AWAY                CLOSE                      LOSE */
  [CONFABD_LEG_STATE_HELLO]   = { CONFABD_LEG_STATE_READY, NONE,                      NONE,                      NONE,                    CONFABD_LEG_STATE_CLOSING, CONFABD_LEG_STATE_CLOSED },
  [CONFABD_LEG_STATE_READY]   = { NONE,                    CONFABD_LEG_STATE_JOINING, NONE,                      NONE,                    CONFABD_LEG_STATE_CLOSING, CONFABD_LEG_STATE_CLOSED },
  [CONFABD_LEG_STATE_JOINING] = { NONE,                    NONE,                      CONFABD_LEG_STATE_IN_CALL, CONFABD_LEG_STATE_READY, CONFABD_LEG_STATE_CLOSING, CONFABD_LEG_STATE_CLOSED },
  [CONFABD_LEG_STATE_IN_CALL] = { NONE,                    NONE,                      NONE,                      NONE,                    CONFABD_LEG_STATE_CLOSING, CONFABD_LEG_STATE_CLOSED },
  [CONFABD_LEG_STATE_CLOSING] = { NONE,                    NONE,                      NONE,                      NONE,                    NONE,                      CONFABD_LEG_STATE_CLOSED },
  [CONFABD_LEG_STATE_CLOSED]  = { NONE,                    NONE,                      NONE,                      NONE,                    NONE,                      NONE },
};
/* clang-format on */

/**
 * confabd_leg_state_next:
 * @state: where a session is
 * @event: what happens
 * @next: (out): where it is then; untouched on %FALSE
 *
 * Returns: whether @event can happen in @state
 */
gboolean
confabd_leg_state_next (ConfabdLegState state, ConfabdLegEvent event, ConfabdLegState *next)
{
  if (transitions[state][event] == NONE)
    return FALSE;
  *next = (ConfabdLegState) transitions[state][event];
  return TRUE;
}
