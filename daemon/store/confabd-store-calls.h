/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-call.h"
#include "confab-invite.h"
#include "confab-participant.h"
#include "confab-user.h"
#include "confabd-audit-entry.h"
#include "confabd-store.h"

G_BEGIN_DECLS

/* What the domain does with calls. Each operation is one transaction; rules that must hold whoever
 * else is at it (who is a member, is there a place left) are checked in it. */

/* A call and who is in it. */
typedef struct {
  ConfabCall *call;        /* (owned) */
  GPtrArray *participants; /* (element-type ConfabParticipant) (owned) in the order of entering */
} ConfabdRoster;

/* What a code or a secret opened. */
typedef struct {
  ConfabCall *call; /* (owned) */
  ConfabRole role;
} ConfabdAdmission;

/* Somebody came in. */
typedef struct {
  ConfabCall *call;               /* (owned) as it is with them in it */
  ConfabParticipant *participant; /* (owned) */
  gboolean is_first;              /* the call came to life */
} ConfabdEntry;

void confabd_roster_free (ConfabdRoster *self);
void confabd_admission_free (ConfabdAdmission *self);
void confabd_entry_free (ConfabdEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdRoster, confabd_roster_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdAdmission, confabd_admission_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdEntry, confabd_entry_free)

void confabd_store_create_call_async (ConfabdStore *self,
                                      ConfabUser *creator,
                                      ConfabCall *call,
                                      ConfabInvite *invite,
                                      const char *secret_hash,
                                      guint max_open,
                                      const ConfabdAuditFacts *facts,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean confabd_store_create_call_finish (ConfabdStore *self,
                                           GAsyncResult *result,
                                           GError **error);

void confabd_store_get_call_async (ConfabdStore *self,
                                   const char *user_id,
                                   const char *call_id,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
ConfabdRoster *confabd_store_get_call_finish (ConfabdStore *self,
                                              GAsyncResult *result,
                                              GError **error);

void confabd_store_list_calls_async (ConfabdStore *self,
                                     const char *user_id,
                                     guint limit,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
GPtrArray *confabd_store_list_calls_finish (ConfabdStore *self,
                                            GAsyncResult *result,
                                            GError **error);

/* confabd-store-call-change.c */
void confabd_store_change_call_async (ConfabdStore *self,
                                      const char *user_id,
                                      const char *call_id,
                                      ConfabRecordingPolicy recording_policy,
                                      GDateTime *now,
                                      const ConfabdAuditFacts *facts,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
ConfabCall *confabd_store_change_call_finish (ConfabdStore *self,
                                              GAsyncResult *result,
                                              GError **error);

void confabd_store_admit_async (ConfabdStore *self,
                                ConfabUser *user,
                                const char *code,
                                const char *secret_hash,
                                GDateTime *now,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
ConfabdAdmission *confabd_store_admit_finish (ConfabdStore *self,
                                              GAsyncResult *result,
                                              GError **error);

void confabd_store_end_call_async (ConfabdStore *self,
                                   const char *user_id,
                                   const char *call_id,
                                   ConfabCallEvent event,
                                   const char *reason,
                                   GDateTime *now,
                                   const ConfabdAuditFacts *facts,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
ConfabCall *confabd_store_end_call_finish (ConfabdStore *self,
                                           GAsyncResult *result,
                                           GError **error);

G_END_DECLS
