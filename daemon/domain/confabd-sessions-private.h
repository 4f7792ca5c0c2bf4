/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-revocations.h"
#include "confabd-sessions.h"
#include "confabd-token-memory-private.h"

G_BEGIN_DECLS

/* The files of ConfabdSessions share these. */

#define CONFABD_SESSIONS_TOKEN_S (60 * 60) /* as long as a stolen one is of use */
#define CONFABD_SESSIONS_KEYLESS_TOKEN_S \
  (12 * 60 * 60) /* of who cannot refresh: the longest call */

struct _ConfabdSessions {
  GObject parent_instance;

  ConfabdStore *store;             /* (owned) */
  ConfabClock *clock;              /* (owned) */
  ConfabdKeyring *keyring;         /* (owned) */
  ConfabdRevocations *revocations; /* (owned) */
  ConfabdAudit *audit;             /* (owned) (nullable) */
  GCancellable *cancellable;       /* (owned) (nullable) while it watches the store */
  gint64 looked_at_us;             /* revocations up to then are known */
  guint timer;
  ConfabdTokenMemory *tokens; /* (owned) */
};

ConfabdGrant *confabd_sessions_make_grant (ConfabdSessions *self,
                                           ConfabdPrincipalKind kind,
                                           ConfabUser *user,
                                           const char *session_id,
                                           gint64 life_s);
void confabd_sessions_note_revoked (ConfabdSessions *self, const char *session_id, gint64 until_s);
void confabd_sessions_note_all_revoked (ConfabdSessions *self, GPtrArray *revocations);

G_END_DECLS
