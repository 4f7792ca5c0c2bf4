/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-link-state"

#include "config.h"

#include "confab-link-state.h"

#define REFUSED -1

/* A link that was live stays “resuming” until it is in the call again, whatever happens on the way:
 * that is one thing to whoever looks at it. */
/* clang-format off */
static const gint8 transitions[CONFAB_N_LINK_STATES][CONFAB_N_LINK_EVENTS] = {
  [CONFAB_LINK_STATE_IDLE] = {
    [CONFAB_LINK_EVENT_CONNECT] = CONFAB_LINK_STATE_CONNECTING,
    [CONFAB_LINK_EVENT_WELCOMED] = REFUSED,
    [CONFAB_LINK_EVENT_JOINED] = REFUSED,
    [CONFAB_LINK_EVENT_LOST] = REFUSED,
    [CONFAB_LINK_EVENT_LEAVE] = CONFAB_LINK_STATE_LEFT,
  },
  [CONFAB_LINK_STATE_CONNECTING] = {
    [CONFAB_LINK_EVENT_CONNECT] = REFUSED,
    [CONFAB_LINK_EVENT_WELCOMED] = CONFAB_LINK_STATE_JOINING,
    [CONFAB_LINK_EVENT_JOINED] = REFUSED,
    [CONFAB_LINK_EVENT_LOST] = CONFAB_LINK_STATE_CONNECTING,
    [CONFAB_LINK_EVENT_LEAVE] = CONFAB_LINK_STATE_LEFT,
  },
  [CONFAB_LINK_STATE_JOINING] = {
    [CONFAB_LINK_EVENT_CONNECT] = REFUSED,
    [CONFAB_LINK_EVENT_WELCOMED] = REFUSED,
    [CONFAB_LINK_EVENT_JOINED] = CONFAB_LINK_STATE_LIVE,
    [CONFAB_LINK_EVENT_LOST] = CONFAB_LINK_STATE_CONNECTING,
    [CONFAB_LINK_EVENT_LEAVE] = CONFAB_LINK_STATE_LEFT,
  },
  [CONFAB_LINK_STATE_LIVE] = {
    [CONFAB_LINK_EVENT_CONNECT] = REFUSED,
    [CONFAB_LINK_EVENT_WELCOMED] = REFUSED,
    [CONFAB_LINK_EVENT_JOINED] = REFUSED,
    [CONFAB_LINK_EVENT_LOST] = CONFAB_LINK_STATE_RESUMING,
    [CONFAB_LINK_EVENT_LEAVE] = CONFAB_LINK_STATE_LEFT,
  },
  [CONFAB_LINK_STATE_RESUMING] = {
    [CONFAB_LINK_EVENT_CONNECT] = REFUSED,
    [CONFAB_LINK_EVENT_WELCOMED] = CONFAB_LINK_STATE_RESUMING,
    [CONFAB_LINK_EVENT_JOINED] = CONFAB_LINK_STATE_LIVE,
    [CONFAB_LINK_EVENT_LOST] = CONFAB_LINK_STATE_RESUMING,
    [CONFAB_LINK_EVENT_LEAVE] = CONFAB_LINK_STATE_LEFT,
  },
  [CONFAB_LINK_STATE_LEFT] = { REFUSED, REFUSED, REFUSED, REFUSED, REFUSED },
};

static const char *const names[] = {
  [CONFAB_LINK_STATE_IDLE] = "idle",
  [CONFAB_LINK_STATE_CONNECTING] = "connecting",
  [CONFAB_LINK_STATE_JOINING] = "joining",
  [CONFAB_LINK_STATE_LIVE] = "live",
  [CONFAB_LINK_STATE_RESUMING] = "resuming",
  [CONFAB_LINK_STATE_LEFT] = "left",
};
/* clang-format on */

G_STATIC_ASSERT (G_N_ELEMENTS (names) == CONFAB_N_LINK_STATES);

/**
 * confab_link_state_next:
 * @state: where the link is
 * @event: what happens to it
 * @next: (out) (optional): where the link is then
 *
 * The one table of how a client is connected to its call. Pure.
 *
 * Returns: %FALSE when @event cannot happen in @state; @next is left alone then
 * Since: 0.1
 */
gboolean
confab_link_state_next (ConfabLinkState state, ConfabLinkEvent event, ConfabLinkState *next)
{
  g_return_val_if_fail ((guint) state < CONFAB_N_LINK_STATES, FALSE);
  g_return_val_if_fail ((guint) event < CONFAB_N_LINK_EVENTS, FALSE);

  if (transitions[state][event] == REFUSED)
    return FALSE;
  if (next != NULL)
    *next = (ConfabLinkState) transitions[state][event];
  return TRUE;
}

/**
 * confab_link_state_to_string:
 * @state: a state
 *
 * Returns: (transfer none): its name, for logs and programs
 * Since: 0.1
 */
const char *
confab_link_state_to_string (ConfabLinkState state)
{
  g_return_val_if_fail ((guint) state < CONFAB_N_LINK_STATES, NULL);

  return names[state];
}
