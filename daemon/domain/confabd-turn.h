/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-clock.h"
#include "confab-ice-server.h"

G_BEGIN_DECLS

/**
 * ConfabdTurnSetup:
 * @clock: where time comes from
 * @stun_servers: (element-type ConfabIceServer): those that want to know nobody
 * @urls: (array zero-terminated=1): of the relay, `turn:HOST:PORT?transport=udp`, `turns:…`
 * @secret: (nullable): what the relay shares with us; %NULL without a relay
 * @lifetime_s: how long a credential is good
 *
 * What helps to connect; references are taken.
 */
typedef struct {
  ConfabClock *clock;
  GPtrArray *stun_servers;
  const char *const *urls;
  GBytes *secret;
  guint lifetime_s;
} ConfabdTurnSetup;

#define CONFABD_TYPE_TURN (confabd_turn_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdTurn, confabd_turn, CONFABD, TURN, GObject)

ConfabdTurn *confabd_turn_new (const ConfabdTurnSetup *setup);
void confabd_turn_set_servers (ConfabdTurn *self, const ConfabdTurnSetup *setup);
GPtrArray *confabd_turn_issue (ConfabdTurn *self, const char *holder_id);

G_END_DECLS
