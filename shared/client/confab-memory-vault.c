/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-memory-vault"

#include "config.h"

#include "confab-memory-vault.h"
#include "confab-safe-private.h"
#include "confab-secret-private.h"

/**
 * ConfabMemoryVault:
 *
 * Keeps secrets as long as the process lives.
 *
 * Since: 0.1
 */
struct _ConfabMemoryVault {
  GObject parent_instance;

  ConfabSafe *safe; /* (owned) */
};

static void confab_memory_vault_iface_init (ConfabVaultInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabMemoryVault,
                               confab_memory_vault,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFAB_TYPE_VAULT,
                                                      confab_memory_vault_iface_init))

static void
confab_memory_vault_store_async (ConfabVault *vault,
                                 const char *server,
                                 const char *login,
                                 const char *secret,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (vault, cancellable, callback, user_data);

  g_task_set_source_tag (task, confab_memory_vault_store_async);
  confab_safe_put (CONFAB_MEMORY_VAULT (vault)->safe, server, login, secret);
  g_task_return_boolean (task, TRUE);
}

static gboolean
confab_memory_vault_store_finish (ConfabVault *vault, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, vault), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
confab_memory_vault_lookup_async (ConfabVault *vault,
                                  const char *server,
                                  const char *login,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (vault, cancellable, callback, user_data);

  g_task_set_source_tag (task, confab_memory_vault_lookup_async);
  g_task_return_pointer (task, confab_safe_dup (CONFAB_MEMORY_VAULT (vault)->safe, server, login),
                         (GDestroyNotify) confab_secret_free);
}

static char *
confab_memory_vault_lookup_finish (ConfabVault *vault, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, vault), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
confab_memory_vault_is_lasting (ConfabVault *vault)
{
  return FALSE;
}

static void
confab_memory_vault_iface_init (ConfabVaultInterface *iface)
{
  iface->store_async = confab_memory_vault_store_async;
  iface->store_finish = confab_memory_vault_store_finish;
  iface->lookup_async = confab_memory_vault_lookup_async;
  iface->lookup_finish = confab_memory_vault_lookup_finish;
  iface->is_lasting = confab_memory_vault_is_lasting;
}

static void
confab_memory_vault_finalize (GObject *object)
{
  confab_safe_free (CONFAB_MEMORY_VAULT (object)->safe);
  G_OBJECT_CLASS (confab_memory_vault_parent_class)->finalize (object);
}

static void
confab_memory_vault_class_init (ConfabMemoryVaultClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confab_memory_vault_finalize;
}

static void
confab_memory_vault_init (ConfabMemoryVault *self)
{
  self->safe = confab_safe_new ();
}

/**
 * confab_memory_vault_new:
 *
 * Returns: (transfer full): an empty vault
 * Since: 0.1
 */
ConfabVault *
confab_memory_vault_new (void)
{
  return g_object_new (CONFAB_TYPE_MEMORY_VAULT, NULL);
}
