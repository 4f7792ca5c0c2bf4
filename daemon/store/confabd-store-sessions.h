/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-user.h"
#include "confabd-session.h"
#include "confabd-store.h"

G_BEGIN_DECLS

#define CONFABD_SESSIONS_PER_USER 50 /* the one that was not seen for longest goes */

typedef enum {
  CONFABD_ROTATION_DONE,
  CONFABD_ROTATION_UNKNOWN, /* no such token */
  CONFABD_ROTATION_ENDED,   /* its session expired or was revoked, or its user is gone */
  CONFABD_ROTATION_REUSED,  /* it was used already: its session is revoked now */
  CONFABD_ROTATION_STOLEN,  /* one of its session was reused before */
} ConfabdRotationOutcome;

/* What became of a refresh token. */
typedef struct {
  ConfabdRotationOutcome outcome;
  ConfabdSession *session; /* (owned) (nullable) as it is now; not for UNKNOWN */
  ConfabUser *user;        /* (owned) (nullable) likewise, with the role of now */
} ConfabdRotation;

void confabd_rotation_free (ConfabdRotation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdRotation, confabd_rotation_free)

/* A refresh token that makes place for the next one. Hashes are hexadecimal SHA-256. */
typedef struct {
  const char *old_hash;
  const char *new_hash;
  GDateTime *now;
  gint64 repeat_us;  /* how long the newest one that was used is taken again */
  gint64 plain_us;   /* how long a session lives from now on */
  gint64 trusted_us; /* of a trusted device */
} ConfabdTurnover;

/* A session that was revoked. */
typedef struct {
  char *id; /* (owned) */
  gint64 revoked_at_us;
  gboolean is_guest; /* of whom nothing else is kept, and whose token holds for longer */
} ConfabdRevocation;

/* What was revoked since: microseconds since 1970. */
typedef struct {
  gint64 since_us;
  gint64 guests_since_us;
} ConfabdRevokedQuery;

void confabd_revocation_free (ConfabdRevocation *self);

/* Somebody who signs in. */
typedef struct {
  ConfabdSession *session;
  ConfabUser *user;          /* its user, with the role that they are told to have */
  const char *address;       /* (nullable) where from */
  const char *refresh_hash;  /* of the first refresh token */
  const char *password_hash; /* (nullable) what they proved to know, if that is still theirs */
} ConfabdSessionOpening;

void confabd_store_add_session_async (ConfabdStore *self,
                                      const ConfabdSessionOpening *opening,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
GPtrArray *confabd_store_add_session_finish (ConfabdStore *self,
                                             GAsyncResult *result,
                                             GError **error);

void confabd_store_rotate_session_async (ConfabdStore *self,
                                         const ConfabdTurnover *turnover,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
ConfabdRotation *confabd_store_rotate_session_finish (ConfabdStore *self,
                                                      GAsyncResult *result,
                                                      GError **error);

void confabd_store_list_sessions_async (ConfabdStore *self,
                                        const char *user_id,
                                        GDateTime *now,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
GPtrArray *confabd_store_list_sessions_finish (ConfabdStore *self,
                                               GAsyncResult *result,
                                               GError **error);

void confabd_store_revoke_sessions_async (ConfabdStore *self,
                                          const char *user_id,
                                          const char *only_id,
                                          const char *except_id,
                                          const char *reason,
                                          GDateTime *now,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
GPtrArray *confabd_store_revoke_sessions_finish (ConfabdStore *self,
                                                 GAsyncResult *result,
                                                 GError **error);

void confabd_store_find_revoked_async (ConfabdStore *self,
                                       const ConfabdRevokedQuery *query,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
GPtrArray *confabd_store_find_revoked_finish (ConfabdStore *self,
                                              GAsyncResult *result,
                                              GError **error);

GPtrArray *confabd_store_find_revoked_sync (ConfabdStore *self,
                                            const ConfabdRevokedQuery *query,
                                            GError **error);

void confabd_store_note_signed_out_async (ConfabdStore *self,
                                          const char *session_id,
                                          GDateTime *now,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
gboolean confabd_store_note_signed_out_finish (ConfabdStore *self,
                                               GAsyncResult *result,
                                               GError **error);

G_END_DECLS
