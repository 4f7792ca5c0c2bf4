/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-call-state"

#include "config.h"

#include "confab-call-state.h"

#define REFUSED -1

/* clang-format off */
static const gint8 transitions[CONFAB_N_CALL_STATES][CONFAB_N_CALL_EVENTS] = {
  [CONFAB_CALL_STATE_SCHEDULED] = {
    [CONFAB_CALL_EVENT_START] = CONFAB_CALL_STATE_OPEN,
    [CONFAB_CALL_EVENT_FIRST_JOIN] = REFUSED,
    [CONFAB_CALL_EVENT_END] = REFUSED,
    [CONFAB_CALL_EVENT_EXPIRE] = CONFAB_CALL_STATE_EXPIRED,
    [CONFAB_CALL_EVENT_CANCEL] = CONFAB_CALL_STATE_CANCELLED,
  },
  [CONFAB_CALL_STATE_OPEN] = {
    [CONFAB_CALL_EVENT_START] = REFUSED,
    [CONFAB_CALL_EVENT_FIRST_JOIN] = CONFAB_CALL_STATE_LIVE,
    [CONFAB_CALL_EVENT_END] = CONFAB_CALL_STATE_ENDED,
    [CONFAB_CALL_EVENT_EXPIRE] = CONFAB_CALL_STATE_EXPIRED,
    [CONFAB_CALL_EVENT_CANCEL] = CONFAB_CALL_STATE_CANCELLED,
  },
  [CONFAB_CALL_STATE_LIVE] = {
    [CONFAB_CALL_EVENT_START] = REFUSED,
    [CONFAB_CALL_EVENT_FIRST_JOIN] = REFUSED,
    [CONFAB_CALL_EVENT_END] = CONFAB_CALL_STATE_ENDED,
    [CONFAB_CALL_EVENT_EXPIRE] = CONFAB_CALL_STATE_EXPIRED,
    [CONFAB_CALL_EVENT_CANCEL] = REFUSED,
  },
  [CONFAB_CALL_STATE_ENDED] = { REFUSED, REFUSED, REFUSED, REFUSED, REFUSED },
  [CONFAB_CALL_STATE_EXPIRED] = { REFUSED, REFUSED, REFUSED, REFUSED, REFUSED },
  [CONFAB_CALL_STATE_CANCELLED] = { REFUSED, REFUSED, REFUSED, REFUSED, REFUSED },
};

static const char *const names[] = {
  [CONFAB_CALL_STATE_SCHEDULED] = "scheduled",
  [CONFAB_CALL_STATE_OPEN] = "open",
  [CONFAB_CALL_STATE_LIVE] = "live",
  [CONFAB_CALL_STATE_ENDED] = "ended",
  [CONFAB_CALL_STATE_EXPIRED] = "expired",
  [CONFAB_CALL_STATE_CANCELLED] = "cancelled",
};
/* clang-format on */

G_STATIC_ASSERT (G_N_ELEMENTS (names) == CONFAB_N_CALL_STATES);

/**
 * confab_call_state_next:
 * @state: where the call is
 * @event: what happens to it
 * @next: (out) (optional): where the call is then
 *
 * The one table of what may become of a call. Pure.
 *
 * Source: data/api/openapi.yaml, `Call.state`.
 *
 * Returns: %FALSE when @event cannot happen in @state; @next is left alone then
 * Since: 0.1
 */
gboolean
confab_call_state_next (ConfabCallState state, ConfabCallEvent event, ConfabCallState *next)
{
  g_return_val_if_fail ((guint) state < CONFAB_N_CALL_STATES, FALSE);
  g_return_val_if_fail ((guint) event < CONFAB_N_CALL_EVENTS, FALSE);

  if (transitions[state][event] == REFUSED)
    return FALSE;
  if (next != NULL)
    *next = (ConfabCallState) transitions[state][event];
  return TRUE;
}

/**
 * confab_call_state_is_over:
 * @state: a state
 *
 * Returns: %TRUE for a state that no event leaves
 * Since: 0.1
 */
gboolean
confab_call_state_is_over (ConfabCallState state)
{
  for (guint event = 0; event < CONFAB_N_CALL_EVENTS; event++) {
    if (confab_call_state_next (state, (ConfabCallEvent) event, NULL))
      return FALSE;
  }
  return TRUE;
}

/**
 * confab_call_state_to_string:
 * @state: a state
 *
 * Returns: (transfer none): its name on the wire and in the store
 * Since: 0.1
 */
const char *
confab_call_state_to_string (ConfabCallState state)
{
  g_return_val_if_fail ((guint) state < CONFAB_N_CALL_STATES, NULL);

  return names[state];
}

/**
 * confab_call_state_from_string:
 * @text: (nullable): a name
 * @state: (out): its state
 *
 * Returns: %FALSE for a name that this version does not know; @state is left alone then
 * Since: 0.1
 */
gboolean
confab_call_state_from_string (const char *text, ConfabCallState *state)
{
  g_return_val_if_fail (state != NULL, FALSE);

  for (guint i = 0; i < CONFAB_N_CALL_STATES; i++) {
    if (g_strcmp0 (names[i], text) == 0) {
      *state = (ConfabCallState) i;
      return TRUE;
    }
  }
  return FALSE;
}
