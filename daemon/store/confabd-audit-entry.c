/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include <string.h>

#include "confabd-audit-entry.h"

#define MAX_NAME_CHARS   255
#define MAX_DETAIL_CHARS 1000

/* Tells these hashes from all others that somebody may make of the same words. */
#define DOMAIN "confab-audit-1\n"

static const char *const action_names[] = {
  [CONFABD_AUDIT_LOGIN] = "login",
  [CONFABD_AUDIT_LOGIN_FAILED] = "login-failed",
  [CONFABD_AUDIT_LOGOUT] = "logout",
  [CONFABD_AUDIT_REGISTERED] = "registered",
  [CONFABD_AUDIT_PROFILE_CHANGED] = "profile-changed",
  [CONFABD_AUDIT_PASSWORD_CHANGED] = "password-changed",
  [CONFABD_AUDIT_PASSWORD_RESET] = "password-reset",
  [CONFABD_AUDIT_EMAIL_VERIFIED] = "email-verified",
  [CONFABD_AUDIT_TOKEN_REUSED] = "token-reused",
  [CONFABD_AUDIT_SESSION_REVOKED] = "session-revoked",
  [CONFABD_AUDIT_KEY_CREATED] = "key-created",
  [CONFABD_AUDIT_KEY_ROTATED] = "key-rotated",
  [CONFABD_AUDIT_KEY_REVOKED] = "key-revoked",
  [CONFABD_AUDIT_KEY_USED] = "key-used",
  [CONFABD_AUDIT_ROLE_CHANGED] = "role-changed",
  [CONFABD_AUDIT_USER_DISABLED] = "user-disabled",
  [CONFABD_AUDIT_USER_ENABLED] = "user-enabled",
  [CONFABD_AUDIT_USER_DELETED] = "user-deleted",
  [CONFABD_AUDIT_INVITE_CREATED] = "invite-created",
  [CONFABD_AUDIT_INVITE_REVOKED] = "invite-revoked",
  [CONFABD_AUDIT_CALL_CREATED] = "call-created",
  [CONFABD_AUDIT_CALL_CHANGED] = "call-changed",
  [CONFABD_AUDIT_CALL_ENDED] = "call-ended",
  [CONFABD_AUDIT_JOB_RETRIED] = "job-retried",
  [CONFABD_AUDIT_EXPORTED] = "exported",
  [CONFABD_AUDIT_IMPORTED] = "imported",
  [CONFABD_AUDIT_MIGRATED] = "migrated",
  [CONFABD_AUDIT_PRUNED] = "audit-pruned",
  [CONFABD_AUDIT_LOST] = "audit-lost",
};

G_STATIC_ASSERT (G_N_ELEMENTS (action_names) == CONFABD_N_AUDIT_ACTIONS);

/**
 * confabd_audit_action_to_string:
 *
 * Returns: the wire name of @action
 */
const char *
confabd_audit_action_to_string (ConfabdAuditAction action)
{
  g_return_val_if_fail (action < CONFABD_N_AUDIT_ACTIONS, NULL);

  return action_names[action];
}

/**
 * confabd_audit_action_from_string:
 * @action: (out): the action of that wire name
 *
 * Returns: whether there is one
 */
gboolean
confabd_audit_action_from_string (const char *text, ConfabdAuditAction *action)
{
  for (guint i = 0; i < G_N_ELEMENTS (action_names); i++) {
    if (g_str_equal (action_names[i], text)) {
      *action = i;
      return TRUE;
    }
  }
  return FALSE;
}

/* Strangers choose some of these words; an administrator reads them on a terminal. */
static char *
tidy (const char *text, glong max_chars)
{
  GString *tidied = NULL;
  g_autofree char *valid = NULL;

  if (text == NULL) {
    return NULL;
  }
  /* Cut first: a character has at most four bytes, and so has what makes a wrong one valid. */
  valid = g_utf8_make_valid (text, (gssize) strnlen (text, (gsize) max_chars * 4));
  tidied = g_string_new (NULL);
  for (const char *p = valid; *p != '\0' && max_chars > 0; p = g_utf8_next_char (p), max_chars--) {
    gunichar character = g_utf8_get_char (p);

    g_string_append_unichar (tidied, g_unichar_iscntrl (character) ? 0xfffd : character);
  }
  return g_string_free (tidied, FALSE);
}

/**
 * confabd_audit_entry_new:
 * @facts: what happened
 * @at_us: when, in microseconds since 1970
 *
 * Returns: (transfer full): an entry that is not written yet
 */
ConfabdAuditEntry *
confabd_audit_entry_new (const ConfabdAuditFacts *facts, gint64 at_us)
{
  ConfabdAuditEntry *self = g_new0 (ConfabdAuditEntry, 1);

  self->at_us = at_us;
  self->actor_id = tidy (facts->actor_id, MAX_NAME_CHARS);
  self->actor = tidy (facts->actor != NULL ? facts->actor : "", MAX_NAME_CHARS);
  self->action = g_strdup (confabd_audit_action_to_string (facts->action));
  self->target = tidy (facts->target, MAX_NAME_CHARS);
  self->address = tidy (facts->address, MAX_NAME_CHARS);
  self->result = g_strdup (facts->is_success ? "success" : "failure");
  self->detail = tidy (facts->detail, MAX_DETAIL_CHARS);
  return self;
}

/**
 * confabd_audit_entry_new_from_row:
 * @row: of %CONFABD_AUDIT_ROW
 *
 * Returns: (transfer full): the entry that the database has
 */
ConfabdAuditEntry *
confabd_audit_entry_new_from_row (GVariant *row)
{
  ConfabdAuditEntry *self = g_new0 (ConfabdAuditEntry, 1);

  g_variant_get (row, CONFABD_AUDIT_ROW, &self->seq, &self->at_us, &self->actor_id, &self->actor,
                 &self->action, &self->target, &self->address, &self->result, &self->detail,
                 &self->hash);
  return self;
}

/**
 * confabd_audit_entry_free:
 * @self: (transfer full): an entry
 */
void
confabd_audit_entry_free (ConfabdAuditEntry *self)
{
  g_free (self->actor_id);
  g_free (self->actor);
  g_free (self->action);
  g_free (self->target);
  g_free (self->address);
  g_free (self->result);
  g_free (self->detail);
  g_free (self->hash);
  g_free (self);
}

/* “3:Ada,”, or “-,” for what is not there: no two lists of fields look the same. */
static void
add_field (GString *text, const char *value)
{
  if (value == NULL) {
    g_string_append (text, "-,");
  } else {
    g_string_append_printf (text, "%" G_GSIZE_FORMAT ":%s,", strlen (value), value);
  }
}

static void
add_number (GString *text, gint64 number)
{
  char value[24];

  g_snprintf (value, sizeof value, "%" G_GINT64_FORMAT, number);
  add_field (text, value);
}

/**
 * confabd_audit_entry_hash:
 * @seq: which entry it is, or will be
 * @before: the hash of the one before; %CONFABD_AUDIT_GENESIS for the first
 *
 * SHA-256 over all that the entry says and the hash before it. Source: docs/audit.md.
 *
 * Returns: (transfer full): 64 lower-case hexadecimal digits
 */
char *
confabd_audit_entry_hash (const ConfabdAuditEntry *self, gint64 seq, const char *before)
{
  g_autoptr (GString) text = g_string_new (DOMAIN);

  add_field (text, before);
  add_number (text, seq);
  add_number (text, self->at_us);
  add_field (text, self->actor_id);
  add_field (text, self->actor);
  add_field (text, self->action);
  add_field (text, self->target);
  add_field (text, self->address);
  add_field (text, self->result);
  add_field (text, self->detail);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, (gssize) text->len);
}
