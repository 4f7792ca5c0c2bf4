/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-vault"

#include "config.h"

#include "confab-vault.h"

/**
 * ConfabVault:
 *
 * Where a #ConfabSession keeps what lets one back in without a password: one secret for each name
 * on each server. #ConfabKeyringVault keeps it for the next time, #ConfabMemoryVault as long as the
 * process lives.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE (ConfabVault, confab_vault, G_TYPE_OBJECT)

static void
confab_vault_default_init (ConfabVaultInterface *iface)
{
  /**
   * ConfabVault::lasting-changed:
   * @self: the vault
   *
   * confab_vault_is_lasting() says something else than before.
   *
   * Since: 0.1
   */
  g_signal_new ("lasting-changed", G_TYPE_FROM_INTERFACE (iface), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                NULL, G_TYPE_NONE, 0);
}

/**
 * confab_vault_store_async:
 * @self: a vault
 * @server: the address of the server, as confab_client_get_server()
 * @login: whose secret it is there
 * @secret: (nullable): the secret in the place of the one before, UTF-8; %NULL forgets it
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when done, within a deadline
 * @user_data: for @callback
 *
 * Since: 0.1
 */
void
confab_vault_store_async (ConfabVault *self,
                          const char *server,
                          const char *login,
                          const char *secret,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (CONFAB_IS_VAULT (self));
  g_return_if_fail (server != NULL);
  g_return_if_fail (login != NULL);

  CONFAB_VAULT_GET_IFACE (self)->store_async (self, server, login, secret, cancellable, callback,
                                              user_data);
}

/**
 * confab_vault_store_finish:
 * @self: a vault
 * @result: from the callback
 * @error: return location for a #GError: %G_IO_ERROR_CANCELLED
 *
 * Returns: %TRUE when it is kept, or forgotten; see confab_vault_is_lasting() for how long
 * Since: 0.1
 */
gboolean
confab_vault_store_finish (ConfabVault *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CONFAB_IS_VAULT (self), FALSE);

  return CONFAB_VAULT_GET_IFACE (self)->store_finish (self, result, error);
}

/**
 * confab_vault_lookup_async:
 * @self: a vault
 * @server: the address of the server
 * @login: whose secret
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when done, within a deadline
 * @user_data: for @callback
 *
 * Since: 0.1
 */
void
confab_vault_lookup_async (ConfabVault *self,
                           const char *server,
                           const char *login,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_return_if_fail (CONFAB_IS_VAULT (self));
  g_return_if_fail (server != NULL);
  g_return_if_fail (login != NULL);

  CONFAB_VAULT_GET_IFACE (self)->lookup_async (self, server, login, cancellable, callback,
                                               user_data);
}

/**
 * confab_vault_lookup_finish:
 * @self: a vault
 * @result: from the callback
 * @error: return location for a #GError: %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the secret, to be wiped after use; %NULL without an error
 *   when there is none
 * Since: 0.1
 */
char *
confab_vault_lookup_finish (ConfabVault *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CONFAB_IS_VAULT (self), NULL);

  return CONFAB_VAULT_GET_IFACE (self)->lookup_finish (self, result, error);
}

/**
 * confab_vault_is_lasting:
 * @self: a vault
 *
 * Returns: whether what it keeps will be there when the program starts again, as far as it knows
 *   from the last time it was used
 * Since: 0.1
 */
gboolean
confab_vault_is_lasting (ConfabVault *self)
{
  g_return_val_if_fail (CONFAB_IS_VAULT (self), FALSE);

  return CONFAB_VAULT_GET_IFACE (self)->is_lasting (self);
}
