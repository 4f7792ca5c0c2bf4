/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-user.h"
#include "confabd-store.h"

G_BEGIN_DECLS

/* An invitation to register. Of its secret a hash is kept. */
typedef struct {
  char *id;            /* (owned) */
  char *made_by;       /* (owned) (nullable) the user; NULL: an administrator at the command line */
  ConfabUserRole role; /* that it gives */
  int uses_left;       /* -1: any number */
  GDateTime *created_at; /* (owned) */
  GDateTime *expires_at; /* (owned) (nullable) never */
} ConfabdRegistrationInvite;

void confabd_registration_invite_free (ConfabdRegistrationInvite *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdRegistrationInvite, confabd_registration_invite_free)

/* Takes @invite over. */
void confabd_store_add_registration_invite_async (ConfabdStore *self,
                                                  ConfabdRegistrationInvite *invite,
                                                  const char *hash,
                                                  GCancellable *cancellable,
                                                  GAsyncReadyCallback callback,
                                                  gpointer user_data);
ConfabdRegistrationInvite *confabd_store_add_registration_invite_finish (ConfabdStore *self,
                                                                         GAsyncResult *result,
                                                                         GError **error);
/* after_id: (nullable): the last of the page before */
void confabd_store_list_registration_invites_async (ConfabdStore *self,
                                                    const char *after_id,
                                                    guint limit,
                                                    GCancellable *cancellable,
                                                    GAsyncReadyCallback callback,
                                                    gpointer user_data);
GPtrArray *confabd_store_list_registration_invites_finish (ConfabdStore *self,
                                                           GAsyncResult *result,
                                                           GError **error);
void confabd_store_revoke_registration_invite_async (ConfabdStore *self,
                                                     const char *id,
                                                     GDateTime *now,
                                                     GCancellable *cancellable,
                                                     GAsyncReadyCallback callback,
                                                     gpointer user_data);
gboolean confabd_store_revoke_registration_invite_finish (ConfabdStore *self,
                                                          GAsyncResult *result,
                                                          GError **error);

G_END_DECLS
