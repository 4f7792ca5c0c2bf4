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
 * @accounts: who knows tokens
 * @request: a request on a route that needs a user
 * @error: return location for a #GError
 *
 * Sets the user of @request from its `Authorization`. Fails with %CONFAB_ERROR_NOT_AUTHENTICATED.
 * Source: RFC 6750.
 *
 * Returns: whether the token is good
 */
gboolean
confabd_auth_filter_check (ConfabdAccounts *accounts, ConfabdRequest *request, GError **error)
{
  const char *field = confabd_request_get_header (request, "Authorization");
  g_autoptr (ConfabUser) user = NULL;

  if (field == NULL || g_ascii_strncasecmp (field, SCHEME, sizeof SCHEME - 1) != 0) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED,
                         "Sign in first: a bearer token is needed");
    return FALSE;
  }
  user = confabd_accounts_verify_token (accounts, field + sizeof SCHEME - 1, error);
  if (user == NULL)
    return FALSE;
  confabd_request_set_user (request, user);
  return TRUE;
}
