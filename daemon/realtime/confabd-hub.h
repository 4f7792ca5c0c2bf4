/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-clock.h"
#include "confabd-calls.h"
#include "confabd-expiry.h"
#include "confabd-key-watch.h"
#include "confabd-keys.h"
#include "confabd-leg.h"
#include "confabd-quality.h"
#include "confabd-room.h"
#include "confabd-sessions.h"
#include "confabd-tickets.h"
#include "confabd-turn.h"

G_BEGIN_DECLS

/**
 * ConfabdHubParts:
 * @calls: what happens to calls
 * @tickets: who may open a session
 * @quality: who keeps how well people hear each other
 * @expiry: (nullable): who warns before a call ends by time
 * @clock: where time comes from
 * @turn: what helps to connect, for everybody who joins
 * @base_url: the beginning of join links, without a slash at the end
 * @sockets_per_user: how many sessions one user may have at a time
 *
 * What a hub works with; it takes references and copies.
 */
typedef struct {
  ConfabdCalls *calls;
  ConfabdTickets *tickets;
  ConfabdSessions *sessions;  /* (nullable) whose sockets are closed when they are revoked */
  ConfabdKeys *keys;          /* (nullable) likewise */
  ConfabdKeyWatch *key_watch; /* (nullable) who sees that a key is not good any more */
  ConfabdQuality *quality;
  ConfabdExpiry *expiry;
  ConfabClock *clock;
  ConfabdTurn *turn;
  const char *base_url;
  guint sockets_per_user;
} ConfabdHubParts;

#define CONFABD_HUB_HELLO_S 10
#define CONFABD_TYPE_HUB    (confabd_hub_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdHub, confabd_hub, CONFABD, HUB, GObject)

ConfabdHub *confabd_hub_new (const ConfabdHubParts *parts);
void confabd_hub_set_sockets_per_user (ConfabdHub *self, guint sockets_per_user);

ConfabdLeg *confabd_hub_accept (ConfabdHub *self, ConfabdTransport *transport);
void confabd_hub_drain (ConfabdHub *self);
void confabd_hub_shut_out (ConfabdHub *self, const char *id);
void confabd_hub_check_deadlines (ConfabdHub *self);
guint confabd_hub_get_n_legs (ConfabdHub *self);

/* For legs. */
const ConfabdHubParts *confabd_hub_get_parts (ConfabdHub *self);
gboolean confabd_hub_register (ConfabdHub *self, ConfabdLeg *leg, GError **error);
void confabd_hub_forget (ConfabdHub *self, ConfabdLeg *leg);
ConfabdRoom *confabd_hub_get_room (ConfabdHub *self, const char *call_id);
ConfabdRoom *confabd_hub_open_room (ConfabdHub *self, ConfabCall *call);
void confabd_hub_close_room (ConfabdHub *self, const char *call_id);

G_END_DECLS
