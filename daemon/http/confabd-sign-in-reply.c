/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-http"

#include "config.h"

#include "confab-wire-model.h"
#include "confabd-sign-in-reply.h"

/**
 * confabd_sign_in_reply_from_session:
 * @session: a session
 *
 * Source: data/api/openapi.yaml, “Session”.
 *
 * Returns: (transfer full): the session as its user sees it
 */
ConfabMessage *
confabd_sign_in_reply_from_session (const ConfabdSession *session)
{
  ConfabMessage *message = confab_message_new (NULL);

  confab_message_set_string (message, "id", session->id);
  confab_message_set_string (message, "device_name", session->device_name);
  confab_message_set_string (message, "kind", confabd_session_kind_to_string (session->kind));
  confab_message_set_boolean (message, "trusted", session->is_trusted);
  confab_message_set_time (message, "created_at", session->created_at);
  confab_message_set_time (message, "last_seen_at", session->last_seen_at);
  confab_message_set_time (message, "expires_at", session->expires_at);
  return message;
}

/**
 * confabd_sign_in_reply_send:
 * @request: a request that signs somebody in
 * @status: of success
 * @grant: what they get
 *
 * Answers with it. Source: data/api/openapi.yaml, “SignedIn”.
 */
void
confabd_sign_in_reply_send (ConfabdRequest *request, guint status, ConfabdGrant *grant)
{
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);

  confab_message_set_string (body, "token", grant->token);
  confab_message_set_string (body, "token_type", "Bearer");
  confab_message_set_time (body, "expires_at", grant->expires_at);
  if (grant->session != NULL) {
    confab_message_set_string (body, "refresh_token", grant->refresh_token);
    confab_message_set_time (body, "refresh_expires_at", grant->refresh_expires_at);
    confab_message_take_object (body, "session",
                                confabd_sign_in_reply_from_session (grant->session));
  }
  confab_message_take_object (body, "user", confab_user_to_message (grant->user));
  confabd_request_reply (request, status, body);
}
