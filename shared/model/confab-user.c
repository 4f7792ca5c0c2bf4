/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-user"

#include "config.h"

#include "confab-user.h"

/**
 * ConfabUser:
 *
 * A person as a server knows them. An immutable value.
 *
 * Since: 0.1
 */
struct _ConfabUser {
  char *id;           /* (owned) */
  char *display_name; /* (owned) */
  ConfabUserRole role;
  GDateTime *created_at; /* (owned) */
};

G_DEFINE_BOXED_TYPE (ConfabUser, confab_user, confab_user_ref, confab_user_unref)

static const char *const user_role_names[] = {
  [CONFAB_USER_ROLE_GUEST] = "guest",
  [CONFAB_USER_ROLE_MEMBER] = "member",
  [CONFAB_USER_ROLE_ADMIN] = "admin",
  [CONFAB_USER_ROLE_OWNER] = "owner",
};

static void
confab_user_clear (ConfabUser *self)
{
  g_free (self->id);
  g_free (self->display_name);
  g_date_time_unref (self->created_at);
}

/**
 * confab_user_ref:
 * @self: a user
 *
 * Safe to call from any thread, as everything about a value.
 *
 * Returns: (transfer full): @self
 * Since: 0.1
 */
ConfabUser *
confab_user_ref (ConfabUser *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * confab_user_unref:
 * @self: (transfer full): a user
 *
 * Since: 0.1
 */
void
confab_user_unref (ConfabUser *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, (GDestroyNotify) confab_user_clear);
}

/**
 * confab_user_new:
 * @id: an identifier of confab_id_new()
 * @display_name: what others see, UTF-8
 * @role: what they may do on this server
 * @created_at: when they first came
 *
 * Returns: (transfer full): a new user
 * Since: 0.1
 */
ConfabUser *
confab_user_new (const char *id,
                 const char *display_name,
                 ConfabUserRole role,
                 GDateTime *created_at)
{
  ConfabUser *self = NULL;

  g_return_val_if_fail (id != NULL, NULL);
  g_return_val_if_fail (display_name != NULL, NULL);
  g_return_val_if_fail (created_at != NULL, NULL);

  self = g_atomic_rc_box_new0 (ConfabUser);
  self->id = g_strdup (id);
  self->display_name = g_strdup (display_name);
  self->role = role;
  self->created_at = g_date_time_ref (created_at);
  return self;
}

/**
 * confab_user_get_id:
 * @self: a user
 *
 * Returns: (transfer none): the identifier
 * Since: 0.1
 */
const char *
confab_user_get_id (ConfabUser *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * confab_user_get_display_name:
 * @self: a user
 *
 * Returns: (transfer none): what others see, UTF-8
 * Since: 0.1
 */
const char *
confab_user_get_display_name (ConfabUser *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->display_name;
}

/**
 * confab_user_get_role:
 * @self: a user
 *
 * Returns: what they may do on this server
 * Since: 0.1
 */
ConfabUserRole
confab_user_get_role (ConfabUser *self)
{
  g_return_val_if_fail (self != NULL, CONFAB_USER_ROLE_GUEST);

  return self->role;
}

/**
 * confab_user_get_created_at:
 * @self: a user
 *
 * Returns: (transfer none): when they first came
 * Since: 0.1
 */
GDateTime *
confab_user_get_created_at (ConfabUser *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->created_at;
}

/**
 * confab_user_role_to_string:
 * @role: a role
 *
 * Returns: (transfer none): its name on the wire and in the store
 * Since: 0.1
 */
const char *
confab_user_role_to_string (ConfabUserRole role)
{
  g_return_val_if_fail ((guint) role < G_N_ELEMENTS (user_role_names), NULL);

  return user_role_names[role];
}

/**
 * confab_user_role_from_string:
 * @text: (nullable): a name
 * @role: (out): its role
 *
 * Returns: %FALSE for a name that this version does not know; @role is left alone then
 * Since: 0.1
 */
gboolean
confab_user_role_from_string (const char *text, ConfabUserRole *role)
{
  g_return_val_if_fail (role != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (user_role_names); i++) {
    if (g_strcmp0 (user_role_names[i], text) == 0) {
      *role = (ConfabUserRole) i;
      return TRUE;
    }
  }
  return FALSE;
}
