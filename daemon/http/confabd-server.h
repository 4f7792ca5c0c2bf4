/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-keys.h"
#include "confabd-limits.h"
#include "confabd-metrics-text.h"
#include "confabd-origins.h"
#include "confabd-router.h"
#include "confabd-sessions.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_SERVER (confabd_server_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdServer, confabd_server, CONFABD, SERVER, GObject)

/* What a server needs; it takes references. */
typedef struct {
  ConfabdRouter *router;     /* the routes */
  ConfabdSessions *sessions; /* who knows tokens */
  ConfabdKeys *keys;         /* who knows API keys */
  ConfabdOrigins *origins;   /* which pages may write */
  ConfabdLimits *limits;     /* how often anybody may ask */
  ConfabGuestAccess guests;  /* what guests may do */
  gboolean is_secure;        /* people reach it by https */
} ConfabdServerParts;

ConfabdServer *confabd_server_new (const ConfabdServerParts *parts);
void confabd_server_serve (ConfabdServer *self,
                           GSocketConnection *connection,
                           GSocketAddress *remote);
void confabd_server_write_metrics (ConfabdServer *self, ConfabdMetricsText *text);
void confabd_server_disconnect (ConfabdServer *self);

G_END_DECLS
