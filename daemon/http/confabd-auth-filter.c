/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-auth-filter"

#include "config.h"

#include "confab-error.h"
#include "confabd-auth-filter.h"

#define SCHEME "Bearer "

/**
 * confabd_auth_filter_check:
 * @sessions: who knows tokens
 * @request: a request on a route that is not for everybody
 * @permission: what it needs
 * @error: return location for a #GError
 *
 * Sets the principal of @request from its `Authorization`. Fails with
 * %CONFAB_ERROR_NOT_AUTHENTICATED for somebody we do not know, and %CONFAB_ERROR_NOT_ALLOWED for
 * somebody we do. Source: RFC 6750.
 *
 * Returns: whether they may
 */
gboolean
confabd_auth_filter_check (ConfabdSessions *sessions,
                           ConfabdRequest *request,
                           ConfabPermission permission,
                           GError **error)
{
  const char *field = confabd_request_get_header (request, "Authorization");
  g_autoptr (ConfabdPrincipal) principal = NULL;

  if (field == NULL || g_ascii_strncasecmp (field, SCHEME, sizeof SCHEME - 1) != 0) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED,
                         "Sign in first: a bearer token is needed");
    return FALSE;
  }
  principal = confabd_sessions_verify (sessions, field + sizeof SCHEME - 1, error);
  if (principal == NULL)
    return FALSE;
  confabd_request_set_principal (request, principal);
  return confabd_principal_check (principal, permission, error);
}
