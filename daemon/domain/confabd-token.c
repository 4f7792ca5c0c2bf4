/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-sessions"

#include "config.h"

#include <jwt.h>
#include <stdlib.h>
#include <string.h>

#include "confab-error.h"
#include "confab-id.h"
#include "confab-time.h"
#include "confabd-token-private.h"

/* Ours have some 450 bytes: a name of 64 characters is at most 256, in base64 342. */
#define MAX_TOKEN_BYTES 2048

G_DEFINE_AUTOPTR_CLEANUP_FUNC (jwt_t, jwt_free)

/* An API key is shown itself, never a token made from it. */
static const struct {
  const char *name;
  ConfabdPrincipalKind kind;
} kinds[] = {
  { "guest", CONFABD_PRINCIPAL_GUEST },
  { "session", CONFABD_PRINCIPAL_SESSION },
  { "local", CONFABD_PRINCIPAL_LOCAL },
  { "console", CONFABD_PRINCIPAL_CONSOLE },
};

static const char *
kind_to_name (ConfabdPrincipalKind kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (kinds[i].kind == kind) {
      return kinds[i].name;
    }
  }
  g_return_val_if_reached (NULL);
}

static gboolean
kind_from_name (const char *name, ConfabdPrincipalKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (g_strcmp0 (kinds[i].name, name) == 0) {
      *kind = kinds[i].kind;
      return TRUE;
    }
  }
  return FALSE;
}

static const guchar *
get_key (ConfabdKeyring *keyring, guint index, int *size)
{
  gsize n;
  const guchar *bytes = g_bytes_get_data (confabd_keyring_get_key (keyring, index), &n);

  *size = (int) n;
  return bytes;
}

static gboolean
add_claims (jwt_t *jwt, ConfabdPrincipal *principal, GDateTime *now, GDateTime *expires_at)
{
  ConfabUser *user = confabd_principal_get_user (principal);
  gint64 created_s = g_date_time_to_unix (confab_user_get_created_at (user));

  return jwt_add_grant (jwt, "sub", confab_user_get_id (user)) == 0 &&
         jwt_add_grant (jwt, "name", confab_user_get_display_name (user)) == 0 &&
         jwt_add_grant (jwt, "role", confab_user_role_to_string (confab_user_get_role (user))) ==
             0 &&
         jwt_add_grant (jwt, "kind", kind_to_name (confabd_principal_get_kind (principal))) == 0 &&
         jwt_add_grant (jwt, "sid", confabd_principal_get_session_id (principal)) == 0 &&
         jwt_add_grant_int (jwt, "since", (long) created_s) == 0 &&
         jwt_add_grant_int (jwt, "iat", (long) g_date_time_to_unix (now)) == 0 &&
         jwt_add_grant_int (jwt, "exp", (long) g_date_time_to_unix (expires_at)) == 0;
}

/**
 * confabd_token_new:
 * @keyring: the keys
 * @principal: who it is for, with the id of a session
 * @now: when it is made
 * @expires_at: until when it holds
 *
 * Makes an access token that says who the user is and by what right, so that nothing has to be
 * looked up for it.
 *
 * Source: RFC 7519 with HS256 of RFC 7518.
 *
 * Returns: (transfer full): a JWT in its compact form
 */
char *
confabd_token_new (ConfabdKeyring *keyring,
                   ConfabdPrincipal *principal,
                   GDateTime *now,
                   GDateTime *expires_at)
{
  g_autoptr (jwt_t) jwt = NULL;
  char *encoded = NULL;
  char *token = NULL;
  const guchar *bytes;
  int size;

  bytes = get_key (keyring, 0, &size);
  /* None of these fails but for want of memory, which ends GLib programs anyway. */
  if (jwt_new (&jwt) != 0 || jwt_set_alg (jwt, JWT_ALG_HS256, bytes, size) != 0 ||
      jwt_add_header (jwt, "kid", confabd_keyring_get_id (keyring, 0)) != 0 ||
      !add_claims (jwt, principal, now, expires_at)) {
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

static ConfabdPrincipal *
build_principal (jwt_t *jwt)
{
  const char *id = jwt_get_grant (jwt, "sub");
  const char *name = jwt_get_grant (jwt, "name");
  const char *session_id = jwt_get_grant (jwt, "sid");
  g_autoptr (GDateTime) since = NULL;
  g_autoptr (ConfabUser) user = NULL;
  ConfabUserRole role;
  ConfabdPrincipalKind kind;

  if (!confab_id_is_valid (id) || name == NULL || !confab_id_is_valid (session_id) ||
      !kind_from_name (jwt_get_grant (jwt, "kind"), &kind) ||
      !confab_user_role_from_string (jwt_get_grant (jwt, "role"), &role)) {
    return NULL;
  }
  since = confab_time_from_unix_us (jwt_get_grant_int (jwt, "since") * G_USEC_PER_SEC);
  if (since == NULL) {
    return NULL;
  }
  user = confab_user_new (id, name, role, since);
  return confabd_principal_new (kind, user, session_id, NULL);
}

static gpointer
set_refused (GError **error, const char *sentence)
{
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED, sentence);
  return NULL;
}

/* The key that a token says it was signed with must be the one that it was signed with. */
static jwt_t *
decode (ConfabdKeyring *keyring, const char *token)
{
  for (guint i = 0; i < confabd_keyring_get_n_keys (keyring); i++) {
    g_autoptr (jwt_t) jwt = NULL;
    const guchar *bytes;
    int size;

    bytes = get_key (keyring, i, &size);
    if (jwt_decode (&jwt, token, bytes, size) == 0 && jwt_get_alg (jwt) == JWT_ALG_HS256 &&
        g_strcmp0 (jwt_get_header (jwt, "kid"), confabd_keyring_get_id (keyring, i)) == 0) {
      return g_steal_pointer (&jwt);
    }
  }
  return NULL;
}

/**
 * confabd_token_verify:
 * @keyring: the keys
 * @token: (nullable): what a stranger sent
 * @now: the time
 * @issued_at_s: (out): when it was made, seconds since 1970
 * @expires_at_s: (out): when it is not good any more, seconds since 1970
 * @error: return location for a #GError
 *
 * Reads a token. Its algorithm is ours to say, not the token's.
 *
 * Fails with %CONFAB_ERROR_NOT_AUTHENTICATED.
 *
 * Returns: (transfer full): who sent it
 */
ConfabdPrincipal *
confabd_token_verify (ConfabdKeyring *keyring,
                      const char *token,
                      GDateTime *now,
                      gint64 *issued_at_s,
                      gint64 *expires_at_s,
                      GError **error)
{
  g_autoptr (jwt_t) jwt = NULL;
  ConfabdPrincipal *principal = NULL;

  if (token == NULL || strnlen (token, MAX_TOKEN_BYTES + 1) > MAX_TOKEN_BYTES) {
    return set_refused (error, "The token is not one of ours");
  }
  jwt = decode (keyring, token);
  if (jwt == NULL) {
    return set_refused (error, "The token is not one of ours");
  }
  *expires_at_s = jwt_get_grant_int (jwt, "exp");
  if (*expires_at_s <= g_date_time_to_unix (now)) {
    return set_refused (error, "The token has expired; sign in again");
  }
  *issued_at_s = jwt_get_grant_int (jwt, "iat");
  principal = build_principal (jwt);
  return principal != NULL ? principal : set_refused (error, "The token is not one of ours");
}
