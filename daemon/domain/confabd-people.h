/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-audit.h"
#include "confabd-passwords.h"
#include "confabd-sessions.h"
#include "confabd-store-export.h"
#include "confabd-store-people.h"
#include "confabd-store-registration.h"
#include "confabd-store-users.h"

G_BEGIN_DECLS

/* What is known of people, and who may change it. */

#define CONFABD_TYPE_PEOPLE (confabd_people_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdPeople, confabd_people, CONFABD, PEOPLE, GObject)

ConfabdPeople *confabd_people_new (ConfabdStore *store,
                                   ConfabClock *clock,
                                   ConfabdSessions *sessions,
                                   ConfabdPasswords *passwords,
                                   ConfabdAudit *audit);

void confabd_people_get_async (ConfabdPeople *self,
                               const char *user_id,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
ConfabProfile *confabd_people_get_finish (ConfabdPeople *self,
                                          GAsyncResult *result,
                                          GError **error);

/* Of @change only what one may say of oneself. */
void confabd_people_change_async (ConfabdPeople *self,
                                  ConfabdPrincipal *principal,
                                  const ConfabdUserChange *change,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
ConfabProfile *confabd_people_change_finish (ConfabdPeople *self,
                                             GAsyncResult *result,
                                             GError **error);

/* role, disabled: of @change, by somebody who looks after accounts. */
void confabd_people_administer_async (ConfabdPeople *self,
                                      ConfabdPrincipal *principal,
                                      const char *user_id,
                                      const ConfabdUserChange *change,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
ConfabProfile *confabd_people_administer_finish (ConfabdPeople *self,
                                                 GAsyncResult *result,
                                                 GError **error);

/* password: (nullable) needed from who has one */
void confabd_people_delete_async (ConfabdPeople *self,
                                  ConfabdPrincipal *principal,
                                  const char *password,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean confabd_people_delete_finish (ConfabdPeople *self, GAsyncResult *result, GError **error);

void confabd_people_search_async (ConfabdPeople *self,
                                  const ConfabdUserQuery *query,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
ConfabdUserPage *confabd_people_search_finish (ConfabdPeople *self,
                                               GAsyncResult *result,
                                               GError **error);

void confabd_people_export_async (ConfabdPeople *self,
                                  ConfabdPrincipal *principal,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
ConfabdExport *confabd_people_export_finish (ConfabdPeople *self,
                                             GAsyncResult *result,
                                             GError **error);

/* secret: (out) (transfer full): for who is invited */
void confabd_people_invite_async (ConfabdPeople *self,
                                  ConfabdPrincipal *principal,
                                  ConfabUserRole role,
                                  int uses,
                                  GDateTime *expires_at,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
ConfabdRegistrationInvite *confabd_people_invite_finish (ConfabdPeople *self,
                                                         GAsyncResult *result,
                                                         char **secret,
                                                         GError **error);
void confabd_people_list_invites_async (ConfabdPeople *self,
                                        const char *after_id,
                                        guint limit,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
GPtrArray *confabd_people_list_invites_finish (ConfabdPeople *self,
                                               GAsyncResult *result,
                                               GError **error);
void confabd_people_revoke_invite_async (ConfabdPeople *self,
                                         ConfabdPrincipal *principal,
                                         const char *id,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
gboolean confabd_people_revoke_invite_finish (ConfabdPeople *self,
                                              GAsyncResult *result,
                                              GError **error);

G_END_DECLS
