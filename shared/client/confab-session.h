/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-client.h"
#include "confab-session-info.h"
#include "confab-user.h"
#include "confab-vault.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_SESSION (confab_session_get_type ())
CONFAB_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (ConfabSession, confab_session, CONFAB, SESSION, GObject)

CONFAB_AVAILABLE_IN_ALL
ConfabSession *confab_session_new (ConfabClient *client, ConfabVault *vault);
CONFAB_AVAILABLE_IN_ALL
ConfabClient *confab_session_get_client (ConfabSession *self);
CONFAB_AVAILABLE_IN_ALL
ConfabUser *confab_session_get_user (ConfabSession *self);
CONFAB_AVAILABLE_IN_ALL
const char *confab_session_get_login (ConfabSession *self);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_session_is_signed_in (ConfabSession *self);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_session_is_offline (ConfabSession *self);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_session_is_kept (ConfabSession *self);

/* Ways in */
CONFAB_AVAILABLE_IN_ALL
void confab_session_sign_in_async (ConfabSession *self,
                                   const char *login,
                                   const char *password,
                                   const char *device_name,
                                   gboolean stay,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
CONFAB_AVAILABLE_IN_ALL
ConfabUser *confab_session_sign_in_finish (ConfabSession *self,
                                           GAsyncResult *result,
                                           GError **error);
CONFAB_AVAILABLE_IN_ALL
void confab_session_register_async (ConfabSession *self,
                                    const char *login,
                                    const char *password,
                                    const char *display_name,
                                    const char *email,
                                    const char *invite,
                                    const char *device_name,
                                    gboolean stay,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
CONFAB_AVAILABLE_IN_ALL
ConfabUser *confab_session_register_finish (ConfabSession *self,
                                            GAsyncResult *result,
                                            GError **error);
CONFAB_AVAILABLE_IN_ALL
void confab_session_sign_in_guest_async (ConfabSession *self,
                                         const char *name,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
CONFAB_AVAILABLE_IN_ALL
ConfabUser *confab_session_sign_in_guest_finish (ConfabSession *self,
                                                 GAsyncResult *result,
                                                 GError **error);
CONFAB_AVAILABLE_IN_ALL
void confab_session_restore_async (ConfabSession *self,
                                   const char *login,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_session_restore_finish (ConfabSession *self, GAsyncResult *result, GError **error);
CONFAB_AVAILABLE_IN_ALL
void confab_session_set_token (ConfabSession *self, const char *token, ConfabUser *user);

/* Once in */
CONFAB_AVAILABLE_IN_ALL
void confab_session_sign_out_async (ConfabSession *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_session_sign_out_finish (ConfabSession *self, GAsyncResult *result, GError **error);
CONFAB_AVAILABLE_IN_ALL
void confab_session_list_async (ConfabSession *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
CONFAB_AVAILABLE_IN_ALL
GPtrArray *confab_session_list_finish (ConfabSession *self, GAsyncResult *result, GError **error);
CONFAB_AVAILABLE_IN_ALL
void confab_session_revoke_async (ConfabSession *self,
                                  const char *session_id,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_session_revoke_finish (ConfabSession *self, GAsyncResult *result, GError **error);
CONFAB_AVAILABLE_IN_ALL
void confab_session_change_password_async (ConfabSession *self,
                                           const char *old_password,
                                           const char *new_password,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_session_change_password_finish (ConfabSession *self,
                                                GAsyncResult *result,
                                                GError **error);
CONFAB_AVAILABLE_IN_ALL
void confab_session_forgot_password_async (ConfabSession *self,
                                           const char *login,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_session_forgot_password_finish (ConfabSession *self,
                                                GAsyncResult *result,
                                                GError **error);

G_END_DECLS
