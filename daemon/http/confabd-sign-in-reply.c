/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-http"

#include "config.h"

#include "confab-wire-model.h"
#include "confabd-cookies.h"
#include "confabd-sign-in-reply.h"

#define MAX_DEVICE_NAME_CHARS 256 /* before it is trimmed */

static GQuark
wants_cookies_quark (void)
{
  return g_quark_from_static_string ("confabd-wants-cookies");
}

/**
 * confabd_sign_in_clear:
 * @self: how somebody signs in
 */
void
confabd_sign_in_clear (ConfabdSignIn *self)
{
  g_clear_pointer (&self->address, g_free);
}

/**
 * confabd_sign_in_set_wants_cookies:
 * @request: a request that signs somebody in
 * @wants_cookies: whether the tokens go into cookies, where no script of the page can read them
 */
void
confabd_sign_in_set_wants_cookies (ConfabdRequest *request, gboolean wants_cookies)
{
  g_object_set_qdata (G_OBJECT (request), wants_cookies_quark (), GINT_TO_POINTER (wants_cookies));
}

/**
 * confabd_sign_in_read:
 * @request: a request that signs somebody in
 * @body: its body, which @sign_in points into
 * @sign_in: (out): how they want to be signed in
 * @error: return location for a #GError
 *
 * Reads `device_name`, `trusted` and `cookie`. Fails with %CONFAB_ERROR_BAD_REQUEST.
 *
 * Returns: whether they are good
 */
gboolean
confabd_sign_in_read (ConfabdRequest *request,
                      ConfabMessage *body,
                      ConfabdSignIn *sign_in,
                      GError **error)
{
  gboolean wants_cookies = FALSE;

  if (!confab_message_get_string (body, "device_name", CONFAB_FIELD_OPTIONAL, MAX_DEVICE_NAME_CHARS,
                                  &sign_in->session.device_name, error) ||
      !confab_message_get_boolean (body, "trusted", CONFAB_FIELD_OPTIONAL,
                                   &sign_in->session.is_trusted, error) ||
      !confab_message_get_boolean (body, "cookie", CONFAB_FIELD_OPTIONAL, &wants_cookies, error)) {
    return FALSE;
  }
  sign_in->address = confabd_request_dup_address (request);
  sign_in->session.address = sign_in->address;
  confabd_sign_in_set_wants_cookies (request, wants_cookies);
  sign_in->session.kind = wants_cookies ? CONFABD_SESSION_BROWSER : CONFABD_SESSION_APP;
  return TRUE;
}

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

static void
set_tokens (ConfabMessage *body, ConfabdGrant *grant)
{
  confab_message_set_string (body, "token", grant->token);
  confab_message_set_string (body, "token_type", "Bearer");
  confab_message_set_time (body, "expires_at", grant->expires_at);
  if (grant->refresh_token != NULL) {
    confab_message_set_string (body, "refresh_token", grant->refresh_token);
    confab_message_set_time (body, "refresh_expires_at", grant->refresh_expires_at);
  }
}

static void
set_cookies (ConfabdRequest *request, ConfabdGrant *grant)
{
  confabd_cookies_set (request, CONFABD_COOKIE_ACCESS, grant->token, grant->expires_at);
  if (grant->refresh_token != NULL) {
    confabd_cookies_set (request, CONFABD_COOKIE_REFRESH, grant->refresh_token,
                         grant->refresh_expires_at);
  }
}

/**
 * confabd_sign_in_reply_send:
 * @request: a request that signs somebody in
 * @status: of success
 * @grant: what they get
 *
 * Answers with it; a page that asked for cookies gets the tokens there and nowhere else. Source:
 * data/api/openapi.yaml, “SignedIn”.
 */
void
confabd_sign_in_reply_send (ConfabdRequest *request, guint status, ConfabdGrant *grant)
{
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);

  if (g_object_get_qdata (G_OBJECT (request), wants_cookies_quark ()) != NULL) {
    set_cookies (request, grant);
  } else {
    set_tokens (body, grant);
  }
  if (grant->session != NULL) {
    confab_message_take_object (body, "session",
                                confabd_sign_in_reply_from_session (grant->session));
  }
  confab_message_take_object (body, "user", confab_user_to_message (grant->user));
  confabd_request_reply (request, status, body);
}
