/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-clock.h"
#include "confabd-audit.h"
#include "confabd-grant.h"
#include "confabd-keyring.h"
#include "confabd-principal.h"
#include "confabd-store-sessions.h"

G_BEGIN_DECLS

#define CONFABD_SESSIONS_DEVICE_CHARS 64

/* How somebody wants to be signed in. */
typedef struct {
  const char *device_name; /* (nullable) what they call it, one line */
  ConfabdSessionKind kind;
  gboolean is_trusted;       /* stays signed in for longer */
  const char *address;       /* (nullable) where they come from */
  const char *password_hash; /* (nullable) what they proved to know, if that is still theirs */
} ConfabdSessionRequest;

#define CONFABD_TYPE_SESSIONS (confabd_sessions_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdSessions, confabd_sessions, CONFABD, SESSIONS, GObject)

ConfabdSessions *confabd_sessions_new (ConfabdStore *store,
                                       ConfabClock *clock,
                                       ConfabdKeyring *keyring);
void confabd_sessions_set_keyring (ConfabdSessions *self, ConfabdKeyring *keyring);

gboolean confabd_sessions_start (ConfabdSessions *self, GError **error);
void confabd_sessions_stop (ConfabdSessions *self);

/* Where it is written down that a token was reused. */
void confabd_sessions_set_audit (ConfabdSessions *self, ConfabdAudit *audit);

/* Guests, and whom the session bus vouches for: nothing is kept of it. */
ConfabdGrant *confabd_sessions_grant (ConfabdSessions *self,
                                      ConfabdPrincipalKind kind,
                                      ConfabUser *user);
ConfabdPrincipal *confabd_sessions_verify (ConfabdSessions *self,
                                           const char *token,
                                           GError **error);

void confabd_sessions_open_async (ConfabdSessions *self,
                                  ConfabUser *user,
                                  const ConfabdSessionRequest *request,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
ConfabdGrant *confabd_sessions_open_finish (ConfabdSessions *self,
                                            GAsyncResult *result,
                                            GError **error);

/* address: (nullable) where they ask from, for the audit */
void confabd_sessions_refresh_async (ConfabdSessions *self,
                                     const char *refresh_token,
                                     const char *address,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
ConfabdGrant *confabd_sessions_refresh_finish (ConfabdSessions *self,
                                               GAsyncResult *result,
                                               GError **error);

void confabd_sessions_list_async (ConfabdSessions *self,
                                  const char *user_id,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
GPtrArray *confabd_sessions_list_finish (ConfabdSessions *self,
                                         GAsyncResult *result,
                                         GError **error);

void confabd_sessions_revoke_async (ConfabdSessions *self,
                                    const char *user_id,
                                    const char *session_id,
                                    const char *reason,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean confabd_sessions_revoke_finish (ConfabdSessions *self,
                                         GAsyncResult *result,
                                         GError **error);

/* except_id: (nullable) one that stays, as after a change of the password */
void confabd_sessions_revoke_all_async (ConfabdSessions *self,
                                        const char *user_id,
                                        const char *except_id,
                                        const char *reason,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean confabd_sessions_revoke_all_finish (ConfabdSessions *self,
                                             GAsyncResult *result,
                                             GError **error);

/* Ends the session of somebody who leaves, also one that nothing is kept of. */
void confabd_sessions_sign_out_async (ConfabdSessions *self,
                                      ConfabdPrincipal *principal,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean confabd_sessions_sign_out_finish (ConfabdSessions *self,
                                           GAsyncResult *result,
                                           GError **error);

G_END_DECLS
