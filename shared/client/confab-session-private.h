/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-backoff.h"
#include "confab-keeper-private.h"
#include "confab-message.h"
#include "confab-session.h"

G_BEGIN_DECLS

struct _ConfabSession {
  GObject parent_instance;

  ConfabClient *client; /* (owned) asks us for new tokens */
  ConfabKeeper *keeper; /* (owned) of the vault */
  ConfabUser *user;     /* (owned) (nullable) */
  char *login;          /* (owned) (nullable) guests have none */
  char *refresh_token;  /* (owned) (nullable) wiped when let go */
  gboolean is_signed_in;
  gboolean is_offline;
  gboolean is_kept; /* the refresh token is in the vault, too */

  GSource *timer; /* (owned) (nullable) until the token is renewed */
  ConfabBackoff backoff;
  GCancellable *renewing; /* (owned) (nullable) of the one request for a new token */
  GPtrArray *waiting;     /* (element-type GTask) (owned) for it */
};

/* confab-session.c: who we are */
gboolean confab_session_adopt (
    ConfabSession *self, ConfabMessage *reply, const char *login, gboolean is_kept, GError **error);
void confab_session_set_secrets (ConfabSession *self,
                                 const char *token,
                                 const char *login,
                                 char *refresh_token);
void confab_session_set_offline (ConfabSession *self, gboolean is_offline);
void confab_session_enter (ConfabSession *self, ConfabUser *user);
void confab_session_forget (ConfabSession *self);
void confab_session_end (ConfabSession *self, const GError *error);

/* confab-session-renewal.c: its tokens */
void confab_session_init_renewal (ConfabSession *self);
void confab_session_plan_renewal (ConfabSession *self, GDateTime *expires_at);
void confab_session_stop_renewal (ConfabSession *self);
void confab_session_renew_async (ConfabSession *self,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

G_END_DECLS
