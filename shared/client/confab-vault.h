/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-types.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_VAULT (confab_vault_get_type ())
CONFAB_AVAILABLE_IN_ALL
G_DECLARE_INTERFACE (ConfabVault, confab_vault, CONFAB, VAULT, GObject)

/* store with a secret of NULL: forget it */
struct _ConfabVaultInterface {
  GTypeInterface parent_iface;

  void (*store_async) (ConfabVault *self,
                       const char *server,
                       const char *login,
                       const char *secret,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  gboolean (*store_finish) (ConfabVault *self, GAsyncResult *result, GError **error);
  void (*lookup_async) (ConfabVault *self,
                        const char *server,
                        const char *login,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  char *(*lookup_finish) (ConfabVault *self, GAsyncResult *result, GError **error);
  gboolean (*is_lasting) (ConfabVault *self);
};

CONFAB_AVAILABLE_IN_ALL
void confab_vault_store_async (ConfabVault *self,
                               const char *server,
                               const char *login,
                               const char *secret,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_vault_store_finish (ConfabVault *self, GAsyncResult *result, GError **error);
CONFAB_AVAILABLE_IN_ALL
void confab_vault_lookup_async (ConfabVault *self,
                                const char *server,
                                const char *login,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
CONFAB_AVAILABLE_IN_ALL
char *confab_vault_lookup_finish (ConfabVault *self, GAsyncResult *result, GError **error);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_vault_is_lasting (ConfabVault *self);

G_END_DECLS
