/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-accounts"

#include "config.h"

#include <jwt.h>
#include <stdlib.h>
#include <string.h>

#include "confab-error.h"
#include "confab-id.h"
#include "confab-time.h"
#include "confabd-token-private.h"

/* Ours have some 300 bytes: a name of 64 characters is at most 256, in base64 342. */
#define MAX_TOKEN_BYTES 2048

G_DEFINE_AUTOPTR_CLEANUP_FUNC (jwt_t, jwt_free)

static const guchar *
get_key (GBytes *key, int *size)
{
  gsize n;
  const guchar *bytes = g_bytes_get_data (key, &n);

  *size = (int) n;
  return bytes;
}

/**
 * confabd_token_new:
 * @key: 32 bytes
 * @user: who it is for
 * @now: when it is made
 * @expires_at: until when it holds
 *
 * Makes an access token that carries who the user is, so that nothing has to be looked up for it.
 *
 * Source: RFC 7519 with HS256 of RFC 7518.
 *
 * Returns: (transfer full): a JWT in its compact form
 */
char *
confabd_token_new (GBytes *key, ConfabUser *user, GDateTime *now, GDateTime *expires_at)
{
  g_autoptr (jwt_t) jwt = NULL;
  char *encoded = NULL;
  char *token = NULL;
  const guchar *bytes;
  int size;

  bytes = get_key (key, &size);
  /* None of these fails but for want of memory, which ends GLib programs anyway. */
  if (jwt_new (&jwt) != 0 || jwt_set_alg (jwt, JWT_ALG_HS256, bytes, size) != 0 ||
      jwt_add_grant (jwt, "sub", confab_user_get_id (user)) != 0 ||
      jwt_add_grant (jwt, "name", confab_user_get_display_name (user)) != 0 ||
      jwt_add_grant (jwt, "role", confab_user_role_to_string (confab_user_get_role (user))) != 0 ||
      jwt_add_grant_int (jwt, "iat", (long) g_date_time_to_unix (now)) != 0 ||
      jwt_add_grant_int (jwt, "exp", (long) g_date_time_to_unix (expires_at)) != 0) {
    g_error ("Making a token failed");
  }
  encoded = jwt_encode_str (jwt);
  if (encoded == NULL) {
    g_error ("Signing a token failed");
  }
  token = g_strdup (encoded);
  free (encoded);
  return token;
}

static ConfabUser *
build_user (jwt_t *jwt)
{
  const char *id = jwt_get_grant (jwt, "sub");
  const char *name = jwt_get_grant (jwt, "name");
  g_autoptr (GDateTime) issued_at = NULL;
  ConfabUserRole role;

  if (!confab_id_is_valid (id) || name == NULL ||
      !confab_user_role_from_string (jwt_get_grant (jwt, "role"), &role)) {
    return NULL;
  }
  issued_at = confab_time_from_unix_us (jwt_get_grant_int (jwt, "iat") * G_USEC_PER_SEC);
  return issued_at != NULL ? confab_user_new (id, name, role, issued_at) : NULL;
}

static gpointer
set_refused (GError **error, const char *sentence)
{
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED, sentence);
  return NULL;
}

/**
 * confabd_token_verify:
 * @key: the key that it was made with
 * @token: (nullable): what a stranger sent
 * @now: the time
 * @error: return location for a #GError
 *
 * Reads a token. Its algorithm is ours to say, not the token's.
 *
 * Fails with %CONFAB_ERROR_NOT_AUTHENTICATED.
 *
 * Returns: (transfer full): who sent it
 */
ConfabUser *
confabd_token_verify (GBytes *key, const char *token, GDateTime *now, GError **error)
{
  g_autoptr (jwt_t) jwt = NULL;
  ConfabUser *user = NULL;
  const guchar *bytes;
  int size;

  bytes = get_key (key, &size);
  if (token == NULL || strnlen (token, MAX_TOKEN_BYTES + 1) > MAX_TOKEN_BYTES ||
      jwt_decode (&jwt, token, bytes, size) != 0 || jwt_get_alg (jwt) != JWT_ALG_HS256) {
    return set_refused (error, "The token is not one of ours");
  }
  if (jwt_get_grant_int (jwt, "exp") <= g_date_time_to_unix (now)) {
    return set_refused (error, "The token has expired; sign in again");
  }
  user = build_user (jwt);
  return user != NULL ? user : set_refused (error, "The token is not one of ours");
}
