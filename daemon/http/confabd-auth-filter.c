/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-auth-filter"

#include "config.h"

#include "confab-error.h"
#include "confabd-auth-filter.h"
#include "confabd-cookies.h"

#define SCHEME "Bearer "

static char *
dup_token (ConfabdRequest *request)
{
  const char *field = confabd_request_get_header (request, "Authorization");

  if (field == NULL)
    return confabd_cookies_dup (request, CONFABD_COOKIE_ACCESS);
  return g_ascii_strncasecmp (field, SCHEME, sizeof SCHEME - 1) == 0
             ? g_strdup (field + sizeof SCHEME - 1)
             : NULL;
}

/**
 * confabd_auth_filter_dup_key:
 * @request: a request
 *
 * Returns: (transfer full) (nullable): the API key that it bears, good or not
 */
char *
confabd_auth_filter_dup_key (ConfabdRequest *request)
{
  g_autofree char *token = dup_token (request);

  return token != NULL && g_str_has_prefix (token, CONFABD_KEY_PREFIX) ? g_steal_pointer (&token)
                                                                       : NULL;
}

static gboolean
check_guest (ConfabPermission permission, ConfabGuestAccess guests, GError **error)
{
  if (confab_permission_is_granted_to_guests (permission, guests))
    return TRUE;
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                       "Guests may not do that here: sign in with an account");
  return FALSE;
}

/**
 * confabd_auth_filter_check:
 * @sessions: who knows tokens
 * @request: a request on a route that is not for everybody
 * @permission: what it needs
 * @guests: what guests may do here
 * @error: return location for a #GError
 *
 * Sets the principal of @request from its `Authorization`, or from its cookie. Fails with
 * %CONFAB_ERROR_NOT_AUTHENTICATED for somebody we do not know, and %CONFAB_ERROR_NOT_ALLOWED for
 * somebody we do. Source: RFC 6750.
 *
 * Returns: whether they may
 */
gboolean
confabd_auth_filter_check (ConfabdSessions *sessions,
                           ConfabdRequest *request,
                           ConfabPermission permission,
                           ConfabGuestAccess guests,
                           GError **error)
{
  g_autofree char *token = dup_token (request);
  g_autoptr (ConfabdPrincipal) principal = NULL;

  if (token == NULL) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED,
                         "Sign in first: a bearer token is needed");
    return FALSE;
  }
  principal = confabd_sessions_verify (sessions, token, error);
  if (principal == NULL)
    return FALSE;
  confabd_request_set_principal (request, principal);
  return confabd_principal_get_kind (principal) == CONFABD_PRINCIPAL_GUEST
             ? check_guest (permission, guests, error)
             : confabd_principal_check (principal, permission, error);
}
