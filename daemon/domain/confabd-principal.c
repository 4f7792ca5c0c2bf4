/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-principal"

#include "config.h"

#include "confab-error.h"
#include "confabd-principal.h"

/**
 * ConfabdPrincipal:
 *
 * Who asks, by what right and from where: a user, and the session or the API key that speaks for
 * them. An immutable value, free to cross threads.
 */
struct _ConfabdPrincipal {
  ConfabdPrincipalKind kind;
  ConfabUser *user; /* (owned) */
  char *id;         /* (owned) (nullable) of the session or the key */
  char **scopes;    /* (owned) (nullable) of the key */
  char *address;    /* (owned) (nullable) */
};

static void
confabd_principal_clear (ConfabdPrincipal *self)
{
  confab_user_unref (self->user);
  g_free (self->id);
  g_strfreev (self->scopes);
  g_free (self->address);
}

/**
 * confabd_principal_new:
 * @kind: by what right
 * @user: who
 * @id: (nullable): of the API key for %CONFABD_PRINCIPAL_KEY, else of the session
 * @scopes: (nullable) (array zero-terminated=1): of the key, and of nothing else
 *
 * Returns: (transfer full): the principal
 */
ConfabdPrincipal *
confabd_principal_new (ConfabdPrincipalKind kind,
                       ConfabUser *user,
                       const char *id,
                       const char *const *scopes)
{
  ConfabdPrincipal *self = NULL;

  g_return_val_if_fail (user != NULL, NULL);
  g_return_val_if_fail ((kind == CONFABD_PRINCIPAL_KEY) == (scopes != NULL), NULL);

  self = g_atomic_rc_box_new0 (ConfabdPrincipal);
  self->kind = kind;
  self->user = confab_user_ref (user);
  self->id = g_strdup (id);
  self->scopes = g_strdupv ((char **) scopes);
  return self;
}

/**
 * confabd_principal_with_address:
 * @self: a principal
 * @address: (nullable): where they ask from, as the audit log has it
 *
 * Returns: (transfer full): the same principal, there
 */
ConfabdPrincipal *
confabd_principal_with_address (ConfabdPrincipal *self, const char *address)
{
  ConfabdPrincipal *there = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  there =
      confabd_principal_new (self->kind, self->user, self->id, (const char *const *) self->scopes);
  there->address = g_strdup (address);
  return there;
}

/**
 * confabd_principal_ref:
 * @self: a principal
 *
 * Returns: (transfer full): @self
 */
ConfabdPrincipal *
confabd_principal_ref (ConfabdPrincipal *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * confabd_principal_unref:
 * @self: (transfer full): a principal
 */
void
confabd_principal_unref (ConfabdPrincipal *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, (GDestroyNotify) confabd_principal_clear);
}

/**
 * confabd_principal_get_kind:
 * @self: a principal
 *
 * Returns: by what right they ask
 */
ConfabdPrincipalKind
confabd_principal_get_kind (ConfabdPrincipal *self)
{
  g_return_val_if_fail (self != NULL, CONFABD_PRINCIPAL_GUEST);

  return self->kind;
}

/**
 * confabd_principal_get_user:
 * @self: a principal
 *
 * Returns: (transfer none): who they are; of a key its owner
 */
ConfabUser *
confabd_principal_get_user (ConfabdPrincipal *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->user;
}

/**
 * confabd_principal_get_id:
 * @self: a principal
 *
 * Returns: (transfer none) (nullable): the id of the session or of the API key: what is revoked to
 *   shut them out
 */
const char *
confabd_principal_get_id (ConfabdPrincipal *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * confabd_principal_get_session_id:
 * @self: a principal
 *
 * Returns: (transfer none) (nullable): what is revoked to sign them out; a key has none
 */
const char *
confabd_principal_get_session_id (ConfabdPrincipal *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->kind != CONFABD_PRINCIPAL_KEY ? self->id : NULL;
}

/**
 * confabd_principal_get_key_id:
 * @self: a principal
 *
 * Returns: (transfer none) (nullable): the id of the API key
 */
const char *
confabd_principal_get_key_id (ConfabdPrincipal *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->kind == CONFABD_PRINCIPAL_KEY ? self->id : NULL;
}

/**
 * confabd_principal_get_scopes:
 * @self: a principal
 *
 * Returns: (transfer none) (nullable): those of the API key; %NULL for a person, who needs none
 */
const char *const *
confabd_principal_get_scopes (ConfabdPrincipal *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *const *) self->scopes;
}

/**
 * confabd_principal_get_address:
 * @self: a principal
 *
 * Returns: (transfer none) (nullable): where they ask from, when it is known
 */
const char *
confabd_principal_get_address (ConfabdPrincipal *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->address;
}

/**
 * confabd_principal_check:
 * @self: a principal
 * @permission: what they want to do
 * @error: return location for a #GError
 *
 * Asks the table of permissions. Fails with %CONFAB_ERROR_NOT_ALLOWED.
 *
 * Returns: whether they may
 */
gboolean
confabd_principal_check (ConfabdPrincipal *self, ConfabPermission permission, GError **error)
{
  ConfabUserRole role;
  const char *scope;

  g_return_val_if_fail (self != NULL, FALSE);

  role = confab_user_get_role (self->user);
  scope = confab_permission_get_scope (permission);
  if (confab_permission_is_granted (permission, role, confabd_principal_get_scopes (self))) {
    return TRUE;
  }
  if (!confab_permission_is_granted (permission, role, NULL)) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                 "That takes the role “%s”, not “%s”",
                 confab_user_role_to_string (confab_permission_get_least_role (permission)),
                 confab_user_role_to_string (role));
  } else if (scope != NULL) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                 "The API key has not the scope “%s”", scope);
  } else {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                         "That takes a person: no API key may do it");
  }
  return FALSE;
}
