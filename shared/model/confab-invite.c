/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-invite"

#include "config.h"

#include "confab-copy-private.h"
#include "confab-invite.h"

/**
 * ConfabInvite:
 *
 * A way into one call with one role. Its secret is not part of it: a server keeps the hash alone.
 * An immutable value.
 *
 * Since: 0.1
 */
struct _ConfabInvite {
  char *id;      /* (owned) */
  char *call_id; /* (owned) */
  char *made_by; /* (owned) */
  ConfabRole role;
  int uses_left;         /* -1: any number */
  GDateTime *expires_at; /* (owned) (nullable) */
  GDateTime *revoked_at; /* (owned) (nullable) */
};

G_DEFINE_BOXED_TYPE (ConfabInvite, confab_invite, confab_invite_ref, confab_invite_unref)

static void
confab_invite_clear (ConfabInvite *self)
{
  g_free (self->id);
  g_free (self->call_id);
  g_free (self->made_by);
  g_clear_pointer (&self->expires_at, g_date_time_unref);
  g_clear_pointer (&self->revoked_at, g_date_time_unref);
}

/**
 * confab_invite_ref:
 * @self: an invite
 *
 * Safe to call from any thread, as everything about a value.
 *
 * Returns: (transfer full): @self
 * Since: 0.1
 */
ConfabInvite *
confab_invite_ref (ConfabInvite *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * confab_invite_unref:
 * @self: (transfer full): an invite
 *
 * Since: 0.1
 */
void
confab_invite_unref (ConfabInvite *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, (GDestroyNotify) confab_invite_clear);
}

/**
 * confab_invite_new:
 * @id: an identifier of confab_id_new()
 * @call_id: the call
 * @made_by: the user who made it
 * @role: what it makes of whoever uses it
 * @uses_left: how often it can still be used, or -1 for any number
 * @expires_at: (nullable): until when it can be used
 * @revoked_at: (nullable): since when it cannot be used
 *
 * Returns: (transfer full): a new invite
 * Since: 0.1
 */
ConfabInvite *
confab_invite_new (const char *id,
                   const char *call_id,
                   const char *made_by,
                   ConfabRole role,
                   int uses_left,
                   GDateTime *expires_at,
                   GDateTime *revoked_at)
{
  ConfabInvite *self = NULL;

  g_return_val_if_fail (id != NULL, NULL);
  g_return_val_if_fail (call_id != NULL, NULL);
  g_return_val_if_fail (made_by != NULL, NULL);
  g_return_val_if_fail (uses_left >= -1, NULL);

  self = g_atomic_rc_box_new0 (ConfabInvite);
  self->id = g_strdup (id);
  self->call_id = g_strdup (call_id);
  self->made_by = g_strdup (made_by);
  self->role = role;
  self->uses_left = uses_left;
  self->expires_at = confab_time_ref_nullable (expires_at);
  self->revoked_at = confab_time_ref_nullable (revoked_at);
  return self;
}

/**
 * confab_invite_is_usable:
 * @self: an invite
 * @now: the time
 *
 * Returns: %TRUE when it is neither revoked nor expired nor used up
 * Since: 0.1
 */
gboolean
confab_invite_is_usable (ConfabInvite *self, GDateTime *now)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (now != NULL, FALSE);

  if (self->revoked_at != NULL || self->uses_left == 0)
    return FALSE;
  return self->expires_at == NULL || g_date_time_compare (now, self->expires_at) < 0;
}

/**
 * confab_invite_get_id:
 * @self: an invite
 *
 * Returns: (transfer none): the identifier
 * Since: 0.1
 */
const char *
confab_invite_get_id (ConfabInvite *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * confab_invite_get_call_id:
 * @self: an invite
 *
 * Returns: (transfer none): the call
 * Since: 0.1
 */
const char *
confab_invite_get_call_id (ConfabInvite *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->call_id;
}

/**
 * confab_invite_get_made_by:
 * @self: an invite
 *
 * Returns: (transfer none): the user who made it
 * Since: 0.1
 */
const char *
confab_invite_get_made_by (ConfabInvite *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->made_by;
}

/**
 * confab_invite_get_role:
 * @self: an invite
 *
 * Returns: what it makes of whoever uses it
 * Since: 0.1
 */
ConfabRole
confab_invite_get_role (ConfabInvite *self)
{
  g_return_val_if_fail (self != NULL, CONFAB_ROLE_LISTENER);

  return self->role;
}

/**
 * confab_invite_get_uses_left:
 * @self: an invite
 *
 * Returns: how often it can still be used, or -1 for any number
 * Since: 0.1
 */
int
confab_invite_get_uses_left (ConfabInvite *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->uses_left;
}

/**
 * confab_invite_get_expires_at:
 * @self: an invite
 *
 * Returns: (transfer none) (nullable): until when it can be used
 * Since: 0.1
 */
GDateTime *
confab_invite_get_expires_at (ConfabInvite *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->expires_at;
}

/**
 * confab_invite_get_revoked_at:
 * @self: an invite
 *
 * Returns: (transfer none) (nullable): since when it cannot be used
 * Since: 0.1
 */
GDateTime *
confab_invite_get_revoked_at (ConfabInvite *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->revoked_at;
}
