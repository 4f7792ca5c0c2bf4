/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-token"

#include "config.h"

#include "confab-id.h"
#include "confabd-local-token.h"
#include "confabd-token-private.h"

/**
 * confabd_local_token_new:
 * @key: what the daemon of this machine signs with
 * @user: in whose name; their own name is of the administrator
 * @now: the time, UTC
 * @lifetime_s: how long it is good, in seconds
 *
 * Lets an administrator, who can read the key, do at the running daemon what somebody may.
 *
 * Returns: (transfer full): an access token, of a session that is kept nowhere; to be wiped
 */
char *
confabd_local_token_new (GBytes *key, ConfabUser *user, GDateTime *now, guint lifetime_s)
{
  g_autoptr (ConfabdKeyring) keyring = confabd_keyring_new (key, NULL);
  g_autofree char *session_id = confab_id_new ();
  g_autoptr (ConfabdPrincipal) principal =
      confabd_principal_new (CONFABD_PRINCIPAL_CONSOLE, user, session_id, NULL);
  g_autoptr (GDateTime) expires_at = g_date_time_add_seconds (now, lifetime_s);

  return confabd_token_new (keyring, principal, now, expires_at);
}
