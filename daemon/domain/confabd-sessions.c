/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-sessions"

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-label-private.h"
#include "confabd-sessions-private.h"
#include "confabd-token-private.h"

#define PLAIN_US          (7 * G_TIME_SPAN_DAY)
#define TRUSTED_US        (30 * G_TIME_SPAN_DAY)
#define MAX_REVOCATIONS   100000 /* some 10 MB */
#define MAX_TOKENS        10000  /* that are known to be good: 3 MB */
#define REFRESH_PREFIX    "cfr_"
#define MAX_REFRESH_BYTES 64

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

/* What a grant waits for. */
typedef struct {
  ConfabdGrant *grant; /* (owned) (nullable) */
  char *refresh_token; /* (owned) (nullable) the next one */
  char *address;       /* (owned) (nullable) */
} Pending;

static void
pending_free (Pending *self)
{
  g_clear_pointer (&self->grant, confabd_grant_free);
  g_free (self->refresh_token);
  g_free (self->address);
  g_free (self);
}

static char *
hash_of (const char *secret)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, secret, -1);
}

static char *
make_refresh_token (void)
{
  g_autofree char *secret = confab_secret_new ();

  return g_strconcat (REFRESH_PREFIX, secret, NULL);
}

static ConfabdGrant *
make_grant (ConfabdSessions *self,
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

static ConfabdGrant *
grant_session (ConfabdSessions *self,
               ConfabUser *user,
               ConfabdSession *session,
               const char *refresh_token)
{
  ConfabdGrant *grant =
      make_grant (self, CONFABD_PRINCIPAL_SESSION, user, session->id, CONFABD_SESSIONS_TOKEN_S);

  grant->session = confabd_session_ref (session);
  grant->refresh_token = g_strdup (refresh_token);
  grant->refresh_expires_at = g_date_time_ref (session->expires_at);
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
 * @revocations: (element-type ConfabdRevocation): of sessions that are kept
 *
 * Refuses the access tokens of these sessions from now on.
 */
void
confabd_sessions_note_all_revoked (ConfabdSessions *self, GPtrArray *revocations)
{
  for (guint i = 0; i < revocations->len; i++) {
    const ConfabdRevocation *one = revocations->pdata[i];

    confabd_sessions_note_revoked (self, one->id,
                                   one->revoked_at_us / G_USEC_PER_SEC + CONFABD_SESSIONS_TOKEN_S);
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

  return make_grant (self, kind, user, session_id, CONFABD_SESSIONS_KEYLESS_TOKEN_S);
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

/* Opening */

static ConfabdSession *
make_session (ConfabdSessions *self,
              ConfabUser *user,
              const ConfabdSessionRequest *request,
              GError **error)
{
  static const char *const fallbacks[] = { "App", "Browser" };
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autoptr (GDateTime) expires_at =
      g_date_time_add (now, request->is_trusted ? TRUSTED_US : PLAIN_US);
  g_autofree char *id = confab_id_new ();
  g_autofree char *label = confabd_label_normalize (
      request->device_name != NULL ? request->device_name : "", CONFABD_SESSIONS_DEVICE_CHARS);
  const ConfabdSession fields = {
    .id = id,
    .user_id = (char *) confab_user_get_id (user),
    .device_name = (char *) (label != NULL && *label != '\0' ? label : fallbacks[request->kind]),
    .kind = request->kind,
    .is_trusted = request->is_trusted,
    .created_at = now,
    .last_seen_at = now,
    .expires_at = expires_at,
  };

  if (label == NULL) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                 "The name of a device has at most %d characters, in one line",
                 CONFABD_SESSIONS_DEVICE_CHARS);
    return NULL;
  }
  return confabd_session_new (&fields);
}

static void
on_opened (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdSessions *self = g_task_get_source_object (task);
  g_autoptr (GPtrArray) surplus = NULL;
  Pending *pending = NULL;
  GError *error = NULL;

  surplus = confabd_store_add_session_finish (CONFABD_STORE (object), result, &error);
  if (surplus == NULL) {
    g_task_return_error (task, error);
    return;
  }
  confabd_sessions_note_all_revoked (self, surplus);
  pending = g_task_get_task_data (task);
  g_task_return_pointer (task, g_steal_pointer (&pending->grant),
                         (GDestroyNotify) confabd_grant_free);
}

/**
 * confabd_sessions_open_async:
 * @user: who, in the store already; whoever calls this has made sure of it
 * @request: how they want to be signed in
 *
 * Signs @user in on a device. Finishes with %CONFAB_ERROR_BAD_REQUEST for a name of a device that
 * is none.
 */
void
confabd_sessions_open_async (ConfabdSessions *self,
                             ConfabUser *user,
                             const ConfabdSessionRequest *request,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (ConfabdSession) session = NULL;
  g_autofree char *refresh_token = NULL;
  g_autofree char *hash = NULL;
  Pending *pending = NULL;
  GError *error = NULL;

  g_return_if_fail (CONFABD_IS_SESSIONS (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confabd_sessions_open_async);
  session = make_session (self, user, request, &error);
  if (session == NULL) {
    g_task_return_error (task, error);
    return;
  }
  refresh_token = make_refresh_token ();
  hash = hash_of (refresh_token);
  pending = g_new0 (Pending, 1);
  pending->grant = grant_session (self, user, session, refresh_token);
  g_task_set_task_data (task, pending, (GDestroyNotify) pending_free);
  confabd_store_add_session_async (self->store, session, request->address, hash, cancellable,
                                   on_opened, g_steal_pointer (&task));
}

/**
 * confabd_sessions_open_finish:
 * @error: return location for a #GError
 *
 * Returns: (transfer full): what they get
 */
ConfabdGrant *
confabd_sessions_open_finish (ConfabdSessions *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, confabd_sessions_open_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Refreshing */

static gpointer
set_not_refreshed (GError **error, const ConfabdRotation *rotation)
{
  const char *sentence = rotation->outcome == CONFABD_ROTATION_REUSED
                             ? "The refresh token was used before, so its session has ended"
                             : "The refresh token is not good any more; sign in again";

  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED, sentence);
  return NULL;
}

static void
note_reuse (ConfabdSessions *self, const ConfabdRotation *rotation, const char *address)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  ConfabdAuditNote note = { 0 };

  confabd_sessions_note_revoked (self, rotation->session->id,
                                 g_date_time_to_unix (now) + CONFABD_SESSIONS_TOKEN_S);
  if (self->audit != NULL) {
    note.action = CONFABD_AUDIT_TOKEN_REUSED;
    note.user = rotation->user;
    note.target = rotation->session->id;
    note.address = address;
    confabd_audit_write (self->audit, &note);
  }
}

static void
on_rotated (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdSessions *self = g_task_get_source_object (task);
  Pending *pending = g_task_get_task_data (task);
  g_autoptr (ConfabdRotation) rotation = NULL;
  GError *error = NULL;

  rotation = confabd_store_rotate_session_finish (CONFABD_STORE (object), result, &error);
  if (rotation == NULL) {
    g_task_return_error (task, error);
    return;
  }
  if (rotation->outcome == CONFABD_ROTATION_REUSED) {
    note_reuse (self, rotation, pending->address);
  }
  if (rotation->outcome != CONFABD_ROTATION_DONE) {
    set_not_refreshed (&error, rotation);
    g_task_return_error (task, error);
    return;
  }
  g_task_return_pointer (
      task, grant_session (self, rotation->user, rotation->session, pending->refresh_token),
      (GDestroyNotify) confabd_grant_free);
}

/**
 * confabd_sessions_refresh_async:
 * @refresh_token: (nullable): what a stranger sent
 * @address: (nullable): where from, for the audit
 *
 * Takes a refresh token for the next one and an access token, with the role that the user has now.
 *
 * Finishes with %CONFAB_ERROR_NOT_AUTHENTICATED. A token that was used before revokes its session.
 */
void
confabd_sessions_refresh_async (ConfabdSessions *self,
                                const char *refresh_token,
                                const char *address,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GDateTime) now = NULL;
  g_autofree char *old_hash = NULL;
  g_autofree char *new_hash = NULL;
  Pending *pending = NULL;
  ConfabdTurnover turnover;

  g_return_if_fail (CONFABD_IS_SESSIONS (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confabd_sessions_refresh_async);
  if (refresh_token == NULL || strnlen (refresh_token, MAX_REFRESH_BYTES) == MAX_REFRESH_BYTES) {
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED,
                             "The refresh token is not one of ours");
    return;
  }
  pending = g_new0 (Pending, 1);
  pending->refresh_token = make_refresh_token ();
  pending->address = g_strdup (address);
  g_task_set_task_data (task, pending, (GDestroyNotify) pending_free);
  now = confab_clock_dup_now (self->clock);
  old_hash = hash_of (refresh_token);
  new_hash = hash_of (pending->refresh_token);
  turnover = (ConfabdTurnover){ old_hash, new_hash, now, PLAIN_US, TRUSTED_US };
  confabd_store_rotate_session_async (self->store, &turnover, cancellable, on_rotated,
                                      g_steal_pointer (&task));
}

/**
 * confabd_sessions_refresh_finish:
 * @error: return location for a #GError
 *
 * Returns: (transfer full): what they get
 */
ConfabdGrant *
confabd_sessions_refresh_finish (ConfabdSessions *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, confabd_sessions_refresh_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
