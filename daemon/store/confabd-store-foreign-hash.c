/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-store-foreign-hash.h"
#include "confabd-store-private.h"

/* Hashes of passwords that another server made, and that nobody has signed in with here. */

static gpointer
run_find (ConfabdConnection *connection, gpointer data, GError **error)
{
  g_autoptr (GVariant) row = NULL;
  char *hash = NULL;

  if (!confabd_connection_query_one (connection,
                                     "SELECT password_hash FROM users"
                                     " WHERE password_hash LIKE '$2_$%' AND deleted_at IS NULL"
                                     " ORDER BY substr(password_hash, 5, 2) DESC LIMIT 1",
                                     NULL, "(s)", &row, error)) {
    return NULL;
  }
  if (row == NULL) {
    return g_strdup ("");
  }
  g_variant_get (row, "(s)", &hash);
  return hash;
}

/**
 * confabd_store_find_foreign_hash_async:
 *
 * Finds the dearest hash of bcrypt that is kept. Looks at each user: once, after the start.
 */
void
confabd_store_find_foreign_hash_async (ConfabdStore *self,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  const ConfabdWork work = { run_find, NULL, NULL, g_free };

  confabd_store_read (self, &work, confabd_store_find_foreign_hash_async, cancellable, callback,
                      user_data);
}

/**
 * confabd_store_find_foreign_hash_finish:
 *
 * Returns: (transfer full): the hash; empty when there is none
 */
char *
confabd_store_find_foreign_hash_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_find_foreign_hash_async, error);
}
