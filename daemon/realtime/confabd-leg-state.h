/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  CONFABD_LEG_STATE_HELLO,   /* connected; nobody knows who it is */
  CONFABD_LEG_STATE_READY,   /* welcomed */
  CONFABD_LEG_STATE_JOINING, /* the store is being asked */
  CONFABD_LEG_STATE_IN_CALL,
  CONFABD_LEG_STATE_CLOSING, /* a close frame is on its way; nothing more is heard or said */
  CONFABD_LEG_STATE_CLOSED,
} ConfabdLegState;

typedef enum {
  CONFABD_LEG_EVENT_WELCOME,
  CONFABD_LEG_EVENT_JOIN,
  CONFABD_LEG_EVENT_ADMIT,
  CONFABD_LEG_EVENT_TURN_AWAY, /* the join was refused, the session goes on */
  CONFABD_LEG_EVENT_CLOSE,
  CONFABD_LEG_EVENT_LOSE,
} ConfabdLegEvent;

#define CONFABD_N_LEG_STATES (CONFABD_LEG_STATE_CLOSED + 1)
#define CONFABD_N_LEG_EVENTS (CONFABD_LEG_EVENT_LOSE + 1)

gboolean confabd_leg_state_next (ConfabdLegState state,
                                 ConfabdLegEvent event,
                                 ConfabdLegState *next);

G_END_DECLS
