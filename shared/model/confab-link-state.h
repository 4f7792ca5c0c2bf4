/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

/* The state of one client's connection to its call, DESIGN "States are tables". */
typedef enum {
  CONFAB_LINK_STATE_IDLE,
  CONFAB_LINK_STATE_CONNECTING,
  CONFAB_LINK_STATE_JOINING,
  CONFAB_LINK_STATE_LIVE,
  CONFAB_LINK_STATE_RESUMING,
  CONFAB_LINK_STATE_LEFT,
} ConfabLinkState;

typedef enum {
  CONFAB_LINK_EVENT_CONNECT,
  CONFAB_LINK_EVENT_WELCOMED,
  CONFAB_LINK_EVENT_JOINED,
  CONFAB_LINK_EVENT_LOST,
  CONFAB_LINK_EVENT_LEAVE,
} ConfabLinkEvent;

#define CONFAB_N_LINK_STATES (CONFAB_LINK_STATE_LEFT + 1)
#define CONFAB_N_LINK_EVENTS (CONFAB_LINK_EVENT_LEAVE + 1)

CONFAB_AVAILABLE_IN_ALL
gboolean confab_link_state_next (ConfabLinkState state,
                                 ConfabLinkEvent event,
                                 ConfabLinkState *next);
CONFAB_AVAILABLE_IN_ALL
const char *confab_link_state_to_string (ConfabLinkState state);

G_END_DECLS
