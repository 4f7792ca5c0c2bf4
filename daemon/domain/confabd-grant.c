/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-sessions"

#include "config.h"

#include <string.h>

#include "confabd-grant.h"

static void
free_secret (char *secret)
{
  if (secret != NULL) {
    explicit_bzero (secret, strlen (secret));
    g_free (secret);
  }
}

/**
 * confabd_grant_free:
 * @self: (transfer full): a grant
 */
void
confabd_grant_free (ConfabdGrant *self)
{
  g_clear_pointer (&self->user, confab_user_unref);
  g_clear_pointer (&self->session, confabd_session_unref);
  g_clear_pointer (&self->expires_at, g_date_time_unref);
  g_clear_pointer (&self->refresh_expires_at, g_date_time_unref);
  free_secret (self->token);
  free_secret (self->refresh_token);
  g_free (self->session_id);
  g_free (self);
}
