/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

/* What is written down. Each has a wire name in confabd-audit-entry.c, kept in the database for
 * ever: names are added, never changed. */
typedef enum {
  CONFABD_AUDIT_LOGIN,
  CONFABD_AUDIT_LOGIN_FAILED,
  CONFABD_AUDIT_LOGOUT,
  CONFABD_AUDIT_REGISTERED,
  CONFABD_AUDIT_PROFILE_CHANGED,
  CONFABD_AUDIT_PASSWORD_CHANGED,
  CONFABD_AUDIT_PASSWORD_RESET,
  CONFABD_AUDIT_EMAIL_VERIFIED,
  CONFABD_AUDIT_TOKEN_REUSED,
  CONFABD_AUDIT_SESSION_REVOKED,
  CONFABD_AUDIT_KEY_CREATED,
  CONFABD_AUDIT_KEY_ROTATED,
  CONFABD_AUDIT_KEY_REVOKED,
  CONFABD_AUDIT_KEY_USED,
  CONFABD_AUDIT_ROLE_CHANGED,
  CONFABD_AUDIT_USER_DISABLED,
  CONFABD_AUDIT_USER_ENABLED,
  CONFABD_AUDIT_USER_DELETED,
  CONFABD_AUDIT_INVITE_CREATED,
  CONFABD_AUDIT_INVITE_REVOKED,
  CONFABD_AUDIT_CALL_CREATED,
  CONFABD_AUDIT_CALL_CHANGED,
  CONFABD_AUDIT_CALL_ENDED,
  CONFABD_AUDIT_JOB_RETRIED,
  CONFABD_AUDIT_EXPORTED,
  CONFABD_AUDIT_IMPORTED,
  CONFABD_AUDIT_MIGRATED,
  CONFABD_AUDIT_PRUNED, /* target: the last entry that went; detail: its hash */
  CONFABD_AUDIT_LOST,   /* detail: how many */
  CONFABD_N_AUDIT_ACTIONS
} ConfabdAuditAction;

const char *confabd_audit_action_to_string (ConfabdAuditAction action);
gboolean confabd_audit_action_from_string (const char *text, ConfabdAuditAction *action);

/* What the parts of an entry may be. All strings are copied, made valid UTF-8 without control
 * characters, and cut to their bounds. */
typedef struct {
  ConfabdAuditAction action;
  const char *actor_id; /* (nullable) the user, when there is one */
  const char *actor;    /* a name: of the user now, of who tried, of a program */
  const char *target;   /* (nullable) an id or a name: what it was done to */
  const char *address;  /* (nullable) where it came from */
  gboolean is_success;
  const char *detail; /* (nullable) a few words; never a secret */
} ConfabdAuditFacts;

/* An entry. Immutable; one that is not written yet has neither seq nor hash. */
typedef struct {
  gint64 seq;     /* 1, 2, 3 …; 0: not written yet */
  gint64 at_us;   /* microseconds since 1970 */
  char *actor_id; /* (owned) (nullable) */
  char *actor;    /* (owned) */
  char *action;   /* (owned) a name, maybe one that this version does not know */
  char *target;   /* (owned) (nullable) */
  char *address;  /* (owned) (nullable) */
  char *result;   /* (owned) "success" or "failure" */
  char *detail;   /* (owned) (nullable) */
  char *hash;     /* (owned) (nullable) 64 digits */
} ConfabdAuditEntry;

/* The hash before the first entry. */
#define CONFABD_AUDIT_GENESIS "0000000000000000000000000000000000000000000000000000000000000000"

#define CONFABD_AUDIT_COLUMNS \
  "seq, at, actor_id, actor, action, target, address, result, detail, hash"
#define CONFABD_AUDIT_ROW "(xxmsssmsmssmss)"

ConfabdAuditEntry *confabd_audit_entry_new (const ConfabdAuditFacts *facts, gint64 at_us);
ConfabdAuditEntry *confabd_audit_entry_new_from_row (GVariant *row);
void confabd_audit_entry_free (ConfabdAuditEntry *self);
char *confabd_audit_entry_hash (const ConfabdAuditEntry *self, gint64 seq, const char *before);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdAuditEntry, confabd_audit_entry_free)

G_END_DECLS
