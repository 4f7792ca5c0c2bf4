/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-error.h"
#include "confabd-calls.h"
#include "confabd-expiry.h"
#include "test-loop.h"

G_BEGIN_DECLS

/* Calls on a store in memory and a clock by hand, with each operation waited for. Operations that
 * must succeed have no error. */
typedef struct {
  ConfabClock *clock;        /* (owned) */
  ConfabdDatabase *database; /* (owned) */
  ConfabdStore *store;       /* (owned) */
  ConfabdCalls *calls;       /* (owned) */
  ConfabUser *ada;           /* (owned) */
  ConfabUser *bob;           /* (owned) */
  GString *events; /* (owned) what the calls signalled: "started TITLE;" "ended TITLE REASON;" */
} DomainFixture;

void domain_set_up (DomainFixture *self, gconstpointer data);
void domain_tear_down (DomainFixture *self, gconstpointer data);
void domain_run_sql (DomainFixture *self, const char *sql);
void domain_advance (DomainFixture *self, gint64 by_us);
/* A guest at 192.0.2.7. */
ConfabdPrincipal *domain_make_principal (ConfabUser *user);
ConfabUser *domain_make_user (DomainFixture *self, const char *name);

ConfabCall *domain_try_create (
    DomainFixture *self, const char *title, guint size, char **secret, GError **error);
ConfabCall *domain_create (DomainFixture *self, const char *title, guint size);
ConfabCall *domain_try_admit (DomainFixture *self,
                              ConfabUser *user,
                              const char *code,
                              const char *secret,
                              ConfabRole *role,
                              GError **error);
void domain_admit (DomainFixture *self, ConfabUser *user, ConfabCall *call);
ConfabParticipant *domain_try_enter (
    DomainFixture *self, ConfabUser *user, const char *call_id, ConfabCall **call, GError **error);
ConfabParticipant *domain_enter (DomainFixture *self, ConfabUser *user, ConfabCall *call);
void domain_leave (DomainFixture *self, ConfabParticipant *participant);
ConfabCall *domain_try_end (DomainFixture *self,
                            ConfabUser *user,
                            const char *call_id,
                            GError **error);
ConfabCall *domain_try_get (DomainFixture *self,
                            ConfabUser *user,
                            const char *call_id,
                            GPtrArray **participants,
                            GError **error);

G_END_DECLS
