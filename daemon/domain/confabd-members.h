/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-audit.h"
#include "confabd-brake.h"
#include "confabd-config-auth.h"
#include "confabd-mail.h"
#include "confabd-passwords.h"
#include "confabd-sessions.h"
#include "confabd-store-people.h"

G_BEGIN_DECLS

typedef struct {
  ConfabdStore *store;
  ConfabClock *clock;
  ConfabdSessions *sessions;
  ConfabdPasswords *passwords;
  ConfabdAudit *audit;
  ConfabdBrake *brake;
  ConfabdMail *mail;
  ConfabdRegistration registration;
  const char *base_url; /* what links in letters begin with */
} ConfabdMembersParts;

#define CONFABD_TYPE_MEMBERS (confabd_members_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdMembers, confabd_members, CONFABD, MEMBERS, GObject)

ConfabdMembers *confabd_members_new (const ConfabdMembersParts *parts);

/* Signing in */

void confabd_members_log_in_async (ConfabdMembers *self,
                                   const char *login,
                                   const char *password,
                                   const char *address_key,
                                   const ConfabdSessionRequest *request,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
ConfabdGrant *confabd_members_log_in_finish (ConfabdMembers *self,
                                             GAsyncResult *result,
                                             GError **error);

/* What somebody says who registers. */
typedef struct {
  const char *login_name;
  const char *password;
  const char *display_name; /* (nullable) the login name, then */
  const char *email;        /* (nullable) */
  const char *invite;       /* (nullable) the secret of an invitation */
  const char *time_zone;    /* (nullable) */
  const char *locale;       /* (nullable) */
} ConfabdRegistrationForm;

void confabd_members_register_async (ConfabdMembers *self,
                                     const ConfabdRegistrationForm *form,
                                     const ConfabdSessionRequest *request,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
ConfabdGrant *confabd_members_register_finish (ConfabdMembers *self,
                                               GAsyncResult *result,
                                               GError **error);

/* invite: (nullable); what @sign_in says of invitations is filled in */
void confabd_members_telegram_async (ConfabdMembers *self,
                                     const ConfabdTelegramSignIn *sign_in,
                                     const char *invite,
                                     const ConfabdSessionRequest *request,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
ConfabdGrant *confabd_members_telegram_finish (ConfabdMembers *self,
                                               GAsyncResult *result,
                                               GError **error);

/* Whose credentials were refused before it was known who they are. how: as "telegram" */
void confabd_members_note_refused (ConfabdMembers *self, const char *how, const char *address);

/* Passwords and letters */

void confabd_members_change_password_async (ConfabdMembers *self,
                                            ConfabdPrincipal *principal,
                                            const char *old_password,
                                            const char *password,
                                            const char *address,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
gboolean confabd_members_change_password_finish (ConfabdMembers *self,
                                                 GAsyncResult *result,
                                                 GError **error);
void confabd_members_reset_password_async (ConfabdMembers *self,
                                           const char *token,
                                           const char *password,
                                           const char *address,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
gboolean confabd_members_reset_password_finish (ConfabdMembers *self,
                                                GAsyncResult *result,
                                                GError **error);
void confabd_members_forgot_password (ConfabdMembers *self, const char *login);
void confabd_members_send_verification (ConfabdMembers *self, ConfabProfile *profile);
void confabd_members_verify_email_async (ConfabdMembers *self,
                                         const char *token,
                                         const char *address,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
gboolean confabd_members_verify_email_finish (ConfabdMembers *self,
                                              GAsyncResult *result,
                                              GError **error);

G_END_DECLS
