/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-permission.h"

G_BEGIN_DECLS

typedef struct _ConfabdPrincipal ConfabdPrincipal;

typedef enum {
  CONFABD_PRINCIPAL_GUEST,   /* who said a name */
  CONFABD_PRINCIPAL_SESSION, /* who signed in on a device */
  CONFABD_PRINCIPAL_KEY,     /* a program with an API key */
  CONFABD_PRINCIPAL_LOCAL,   /* the person at the desktop, whom the session bus vouches for */
  CONFABD_PRINCIPAL_CONSOLE, /* an administrator who can read our key, in the name of a user */
} ConfabdPrincipalKind;

ConfabdPrincipal *confabd_principal_new (ConfabdPrincipalKind kind,
                                         ConfabUser *user,
                                         const char *id,
                                         const char *const *scopes);
ConfabdPrincipal *confabd_principal_with_address (ConfabdPrincipal *self, const char *address);
ConfabdPrincipal *confabd_principal_ref (ConfabdPrincipal *self);
void confabd_principal_unref (ConfabdPrincipal *self);

ConfabdPrincipalKind confabd_principal_get_kind (ConfabdPrincipal *self);
ConfabUser *confabd_principal_get_user (ConfabdPrincipal *self);
const char *confabd_principal_get_id (ConfabdPrincipal *self);
const char *confabd_principal_get_session_id (ConfabdPrincipal *self);
const char *confabd_principal_get_key_id (ConfabdPrincipal *self);
const char *const *confabd_principal_get_scopes (ConfabdPrincipal *self);
const char *confabd_principal_get_address (ConfabdPrincipal *self);
gboolean confabd_principal_check (ConfabdPrincipal *self,
                                  ConfabPermission permission,
                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdPrincipal, confabd_principal_unref)

G_END_DECLS
