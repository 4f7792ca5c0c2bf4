/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-sessions"

#include "config.h"

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-sessions-private.h"
#include "confabd-token-private.h"

#define MAX_REVOCATIONS 100000 /* some 10 MB */
#define MAX_TOKENS      10000  /* that are known to be good: 3 MB */

/**
 * ConfabdSessions:
 *
 * How people stay signed in. A session is one device, kept in the store: it has a refresh token,
 * which is good once, and gives the next one and an access token for an hour. An access token is
 * verified without the disk; what was revoked meanwhile is kept in memory.
 *
 * Guests, and the person at the desktop, have an access token only.
 */
enum { SIGNAL_REVOKED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ConfabdSessions, confabd_sessions, G_TYPE_OBJECT)

/* An access token, and whose it is. */
ConfabdGrant *
confabd_sessions_make_grant (ConfabdSessions *self,
                             ConfabdPrincipalKind kind,
                             ConfabUser *user,
                             const char *session_id,
                             gint64 life_s)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autoptr (ConfabdPrincipal) principal = confabd_principal_new (kind, user, session_id, NULL);
  ConfabdGrant *grant = g_new0 (ConfabdGrant, 1);

  grant->user = confab_user_ref (user);
  grant->session_id = g_strdup (session_id);
  grant->expires_at = g_date_time_add_seconds (now, (double) life_s);
  grant->token = confabd_token_new (self->keyring, principal, now, grant->expires_at);
  return grant;
}

/**
 * confabd_sessions_note_revoked:
 * @until_s: when the last access token of the session expires, seconds since 1970
 *
 * Refuses the access tokens of a session from now on.
 */
void
confabd_sessions_note_revoked (ConfabdSessions *self, const char *session_id, gint64 until_s)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);

  if (confabd_revocations_add (self->revocations, session_id, until_s, g_date_time_to_unix (now))) {
    g_signal_emit (self, signals[SIGNAL_REVOKED], 0, session_id);
  }
}

/**
 * confabd_sessions_note_all_revoked:
 * @revocations: (element-type ConfabdRevocation): of sessions
 *
 * Refuses the access tokens of these sessions from now on.
 */
void
confabd_sessions_note_all_revoked (ConfabdSessions *self, GPtrArray *revocations)
{
  for (guint i = 0; i < revocations->len; i++) {
    const ConfabdRevocation *one = revocations->pdata[i];
    gint64 life_s = one->is_guest ? CONFABD_SESSIONS_KEYLESS_TOKEN_S : CONFABD_SESSIONS_TOKEN_S;

    confabd_sessions_note_revoked (self, one->id, one->revoked_at_us / G_USEC_PER_SEC + life_s);
  }
}

static void
confabd_sessions_dispose (GObject *object)
{
  confabd_sessions_stop (CONFABD_SESSIONS (object));

  G_OBJECT_CLASS (confabd_sessions_parent_class)->dispose (object);
}

static void
confabd_sessions_finalize (GObject *object)
{
  ConfabdSessions *self = CONFABD_SESSIONS (object);

  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  g_clear_object (&self->keyring);
  g_clear_object (&self->revocations);
  g_clear_object (&self->audit);
  g_clear_object (&self->tokens);

  G_OBJECT_CLASS (confabd_sessions_parent_class)->finalize (object);
}

static void
confabd_sessions_class_init (ConfabdSessionsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confabd_sessions_dispose;
  G_OBJECT_CLASS (klass)->finalize = confabd_sessions_finalize;

  /**
   * ConfabdSessions::revoked:
   * @session_id: which
   *
   * A session ended before its time; whatever is open in its name has to be closed.
   */
  signals[SIGNAL_REVOKED] = g_signal_new ("revoked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
confabd_sessions_init (ConfabdSessions *self)
{
  self->revocations = confabd_revocations_new (MAX_REVOCATIONS);
  self->tokens = confabd_token_memory_new (MAX_TOKENS);
}

/**
 * confabd_sessions_new:
 * @store: where sessions are kept
 * @clock: their time
 * @keyring: what signs access tokens
 *
 * Returns: (transfer full): the sessions
 */
ConfabdSessions *
confabd_sessions_new (ConfabdStore *store, ConfabClock *clock, ConfabdKeyring *keyring)
{
  ConfabdSessions *self = NULL;

  g_return_val_if_fail (CONFABD_IS_STORE (store), NULL);
  g_return_val_if_fail (CONFAB_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (CONFABD_IS_KEYRING (keyring), NULL);

  self = g_object_new (CONFABD_TYPE_SESSIONS, NULL);
  self->store = g_object_ref (store);
  self->clock = g_object_ref (clock);
  self->keyring = g_object_ref (keyring);
  return self;
}

/**
 * confabd_sessions_set_keyring:
 * @self: the sessions
 * @keyring: what signs access tokens from now on; tokens of keys that are not in it are not
 * believed
 */
void
confabd_sessions_set_keyring (ConfabdSessions *self, ConfabdKeyring *keyring)
{
  g_return_if_fail (CONFABD_IS_SESSIONS (self));
  g_return_if_fail (CONFABD_IS_KEYRING (keyring));

  g_set_object (&self->keyring, keyring);
  /* What was found good by a key that is gone has to be proved again. */
  g_object_unref (self->tokens);
  self->tokens = confabd_token_memory_new (MAX_TOKENS);
}

/**
 * confabd_sessions_set_audit:
 * @audit: where it is written down that a token was reused
 */
void
confabd_sessions_set_audit (ConfabdSessions *self, ConfabdAudit *audit)
{
  g_return_if_fail (CONFABD_IS_SESSIONS (self));
  g_return_if_fail (CONFABD_IS_AUDIT (audit));

  g_set_object (&self->audit, audit);
}

/**
 * confabd_sessions_grant:
 * @kind: %CONFABD_PRINCIPAL_GUEST or %CONFABD_PRINCIPAL_LOCAL
 * @user: who; whoever calls this has made sure of it
 *
 * Signs somebody in of whom nothing is kept: they get no refresh token, and an access token that
 * lasts for the longest call.
 *
 * Returns: (transfer full): what they get
 */
ConfabdGrant *
confabd_sessions_grant (ConfabdSessions *self, ConfabdPrincipalKind kind, ConfabUser *user)
{
  g_autofree char *session_id = confab_id_new ();

  g_return_val_if_fail (CONFABD_IS_SESSIONS (self), NULL);

  return confabd_sessions_make_grant (self, kind, user, session_id,
                                      CONFABD_SESSIONS_KEYLESS_TOKEN_S);
}

static ConfabdPrincipal *
prove (
    ConfabdSessions *self, const char *token, GDateTime *now, gint64 *issued_at_s, GError **error)
{
  ConfabdPrincipal *principal =
      confabd_token_memory_find (self->tokens, token, g_date_time_to_unix (now), issued_at_s);
  gint64 expires_at_s = 0;

  if (principal != NULL) {
    return principal;
  }
  principal = confabd_token_verify (self->keyring, token, now, issued_at_s, &expires_at_s, error);
  if (principal != NULL) {
    confabd_token_memory_keep (self->tokens, token, principal, *issued_at_s, expires_at_s);
  }
  return principal;
}

/**
 * confabd_sessions_verify:
 * @token: (nullable): what a stranger sent
 * @error: return location for a #GError
 *
 * Tells who sent a request. Asks neither disk nor network.
 *
 * Fails with %CONFAB_ERROR_NOT_AUTHENTICATED for anything that we did not sign, and for what has
 * expired or was revoked. The user is as the token knows them.
 *
 * Returns: (transfer full): who it is
 */
ConfabdPrincipal *
confabd_sessions_verify (ConfabdSessions *self, const char *token, GError **error)
{
  g_autoptr (GDateTime) now = NULL;
  g_autoptr (ConfabdPrincipal) principal = NULL;
  gint64 issued_at_s = 0;

  g_return_val_if_fail (CONFABD_IS_SESSIONS (self), NULL);

  now = confab_clock_dup_now (self->clock);
  principal = prove (self, token, now, &issued_at_s, error);
  if (principal == NULL) {
    return NULL;
  }
  if (confabd_revocations_contain (self->revocations, confabd_principal_get_session_id (principal),
                                   issued_at_s)) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED,
                         "You were signed out; sign in again");
    return NULL;
  }
  return g_steal_pointer (&principal);
}
