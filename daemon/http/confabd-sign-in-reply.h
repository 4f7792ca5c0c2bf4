/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-request.h"
#include "confabd-sessions.h"

G_BEGIN_DECLS

/* What somebody who signs in says of how. */
typedef struct {
  ConfabdSessionRequest session; /* what it points to lives as long as the body and @address */
  char *address;                 /* (owned) (nullable) */
} ConfabdSignIn;

void confabd_sign_in_clear (ConfabdSignIn *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ConfabdSignIn, confabd_sign_in_clear)

gboolean confabd_sign_in_read (ConfabdRequest *request,
                               ConfabMessage *body,
                               ConfabdSignIn *sign_in,
                               GError **error);
void confabd_sign_in_set_wants_cookies (ConfabdRequest *request, gboolean wants_cookies);
void confabd_sign_in_reply_send (ConfabdRequest *request, guint status, ConfabdGrant *grant);
ConfabMessage *confabd_sign_in_reply_from_session (const ConfabdSession *session);

G_END_DECLS
