/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-time.h"
#include "confabd-store-dead-keys.h"
#include "confabd-store-private.h"

/* Which API keys are worth nothing any more: expired, revoked by whomever, or their owner is gone.
 */

typedef struct {
  char **key_ids; /* (owned) */
  gint64 now_us;
} Question;

static void
question_free (Question *self)
{
  g_strfreev (self->key_ids);
  g_free (self);
}

static gboolean
find_good (ConfabdConnection *connection,
           const char *key_id,
           gint64 now_us,
           gboolean *is_good,
           GError **error)
{
  g_autoptr (GVariant) row = NULL;

  if (!confabd_connection_query_one (connection,
                                     "SELECT k.id FROM api_keys k JOIN users u ON u.id = k.user_id"
                                     " WHERE k.id = $1 AND k.revoked_at IS NULL"
                                     " AND (k.expires_at IS NULL OR k.expires_at > $2)"
                                     " AND u.disabled_at IS NULL AND u.deleted_at IS NULL",
                                     g_variant_new ("(sx)", key_id, now_us), "(s)", &row, error)) {
    return FALSE;
  }
  *is_good = row != NULL;
  return TRUE;
}

static gpointer
run_find (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Question *question = data;
  g_autoptr (GStrvBuilder) dead = g_strv_builder_new ();

  for (guint i = 0; question->key_ids[i] != NULL; i++) {
    gboolean is_good = FALSE;

    if (!find_good (connection, question->key_ids[i], question->now_us, &is_good, error)) {
      return NULL;
    }
    if (!is_good) {
      g_strv_builder_add (dead, question->key_ids[i]);
    }
  }
  return g_strv_builder_end (dead);
}

/**
 * confabd_store_find_dead_keys_async:
 * @key_ids: (array zero-terminated=1): of keys that were good; a look into an index for each
 * @now: the time
 *
 * Finds which of them are not good any more.
 */
void
confabd_store_find_dead_keys_async (ConfabdStore *self,
                                    const char *const *key_ids,
                                    GDateTime *now,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  Question *question = g_new0 (Question, 1);
  const ConfabdWork work = { run_find, question, (GDestroyNotify) question_free,
                             (GDestroyNotify) g_strfreev };

  question->key_ids = g_strdupv ((char **) key_ids);
  question->now_us = confab_time_to_unix_us (now);
  confabd_store_read (self, &work, confabd_store_find_dead_keys_async, cancellable, callback,
                      user_data);
}

/**
 * confabd_store_find_dead_keys_finish:
 *
 * Returns: (transfer full) (array zero-terminated=1): the ids of those
 */
char **
confabd_store_find_dead_keys_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_find_dead_keys_async, error);
}
