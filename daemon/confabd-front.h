/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-domain.h"
#include "confabd-gate.h"
#include "confabd-hub.h"
#include "confabd-limits.h"
#include "confabd-origins.h"
#include "confabd-router.h"
#include "confabd-server.h"

G_BEGIN_DECLS

/* What strangers meet, from the listening socket to the routes, built on top of a domain. */
typedef struct {
  ConfabdDomain *domain;   /* (unowned) outlives the front */
  ConfabdPoller *poller;   /* (owned) */
  ConfabdGate *gate;       /* (owned) */
  ConfabdHub *hub;         /* (owned) */
  ConfabdOrigins *origins; /* (owned) */
  ConfabdLimits *limits;   /* (owned) */
  ConfabdRouter *router;   /* (owned) */
  ConfabdServer *server;   /* (owned) */
  char *address;           /* (owned) "http://127.0.0.1:41234", where the first socket listens */
  char *base_url;          /* (owned) what join links begin with */
} ConfabdFront;

ConfabdFront *confabd_front_open (ConfabdDomain *domain, GError **error);
void confabd_front_reload (ConfabdFront *self);
void confabd_front_free (ConfabdFront *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdFront, confabd_front_free)

G_END_DECLS
