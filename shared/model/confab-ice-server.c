/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-ice-server"

#include "config.h"

#include "confab-ice-server.h"

/**
 * ConfabIceServer:
 *
 * A server that helps two peers to find each other. An immutable value.
 *
 * Source: W3C WebRTC, RTCIceServer.
 *
 * Since: 0.1
 */
struct _ConfabIceServer {
  char **urls;      /* (owned) (array zero-terminated=1) */
  char *username;   /* (owned) (nullable) */
  char *credential; /* (owned) (nullable) */
  guint lifetime_s;
};

G_DEFINE_BOXED_TYPE (ConfabIceServer,
                     confab_ice_server,
                     confab_ice_server_ref,
                     confab_ice_server_unref)

static void
confab_ice_server_clear (ConfabIceServer *self)
{
  g_strfreev (self->urls);
  g_free (self->username);
  g_free (self->credential);
}

/**
 * confab_ice_server_ref:
 * @self: a server
 *
 * Safe to call from any thread, as everything about a value.
 *
 * Returns: (transfer full): @self
 * Since: 0.1
 */
ConfabIceServer *
confab_ice_server_ref (ConfabIceServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * confab_ice_server_unref:
 * @self: (transfer full): a server
 *
 * Since: 0.1
 */
void
confab_ice_server_unref (ConfabIceServer *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, (GDestroyNotify) confab_ice_server_clear);
}

/**
 * confab_ice_server_new:
 * @urls: (array zero-terminated=1): of the schemes stun, turn, turns
 * @username: (nullable): for TURN
 * @credential: (nullable): for TURN
 * @lifetime_s: how long @credential is good, in seconds from its making; 0 for ever
 *
 * Returns: (transfer full): a new server
 * Since: 0.1
 */
ConfabIceServer *
confab_ice_server_new (const char *const *urls,
                       const char *username,
                       const char *credential,
                       guint lifetime_s)
{
  ConfabIceServer *self = NULL;

  g_return_val_if_fail (urls != NULL, NULL);

  self = g_atomic_rc_box_new0 (ConfabIceServer);
  self->urls = g_strdupv ((char **) urls);
  self->username = g_strdup (username);
  self->credential = g_strdup (credential);
  self->lifetime_s = lifetime_s;
  return self;
}

/**
 * confab_ice_server_get_urls:
 * @self: a server
 *
 * Returns: (transfer none) (array zero-terminated=1): its addresses
 * Since: 0.1
 */
const char *const *
confab_ice_server_get_urls (ConfabIceServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *const *) self->urls;
}

/**
 * confab_ice_server_get_username:
 * @self: a server
 *
 * Returns: (transfer none) (nullable): who to be there
 * Since: 0.1
 */
const char *
confab_ice_server_get_username (ConfabIceServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->username;
}

/**
 * confab_ice_server_get_credential:
 * @self: a server
 *
 * Returns: (transfer none) (nullable): the password for it
 * Since: 0.1
 */
const char *
confab_ice_server_get_credential (ConfabIceServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->credential;
}

/**
 * confab_ice_server_get_lifetime_s:
 * @self: a server
 *
 * Returns: how long its credential is good, in seconds from when the server was told about; 0 for
 *   ever
 * Since: 0.1
 */
guint
confab_ice_server_get_lifetime_s (ConfabIceServer *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->lifetime_s;
}
