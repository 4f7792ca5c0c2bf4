/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-accounts.h"
#include "confabd-audit.h"
#include "confabd-brake.h"
#include "confabd-calls.h"
#include "confabd-config.h"
#include "confabd-expiry.h"
#include "confabd-jobs.h"
#include "confabd-key-watch.h"
#include "confabd-keys.h"
#include "confabd-mail.h"
#include "confabd-members.h"
#include "confabd-passwords.h"
#include "confabd-people.h"
#include "confabd-quality.h"
#include "confabd-retention.h"
#include "confabd-sessions.h"
#include "confabd-store.h"
#include "confabd-tickets.h"
#include "confabd-turn.h"

G_BEGIN_DECLS

/* The objects of the domain, and the store below them, built out of a configuration. */
typedef struct {
  gboolean is_desktop;
  ConfabdConfig *config;       /* (owned) */
  ConfabClock *clock;          /* (owned) */
  ConfabdStore *store;         /* (owned) */
  ConfabdAudit *audit;         /* (owned) */
  ConfabdSessions *sessions;   /* (owned) */
  ConfabdKeys *keys;           /* (owned) */
  ConfabdKeyWatch *key_watch;  /* (owned) */
  ConfabdJobs *jobs;           /* (owned) */
  ConfabdMail *mail;           /* (owned) */
  ConfabdRetention *retention; /* (owned) */
  ConfabdAccounts *accounts;   /* (owned) */
  ConfabdBrake *brake;         /* (owned) */
  ConfabdPasswords *passwords; /* (owned) */
  ConfabdMembers *members;     /* (owned) (nullable) until base_url is known */
  ConfabdPeople *people;       /* (owned) (nullable) likewise */
  ConfabdTickets *tickets;     /* (owned) */
  ConfabdCalls *calls;         /* (owned) */
  ConfabdExpiry *expiry;       /* (owned) */
  ConfabdQuality *quality;     /* (owned) */
  ConfabdTurn *turn;           /* (owned) */
} ConfabdDomain;

ConfabdDomain *confabd_domain_open (ConfabdConfig *config,
                                    ConfabClock *clock,
                                    gboolean is_desktop,
                                    GError **error);
void confabd_domain_admit_members (ConfabdDomain *self, const char *base_url);
ConfabdKeyring *confabd_domain_read_keyring (ConfabdDomain *self,
                                             ConfabdConfig *config,
                                             GError **error);
void confabd_domain_reload (ConfabdDomain *self, ConfabdConfig *config, ConfabdKeyring *keyring);
void confabd_domain_free (ConfabdDomain *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdDomain, confabd_domain_free)

G_END_DECLS
