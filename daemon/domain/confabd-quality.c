/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-quality"

#include "config.h"

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-quality.h"

/**
 * ConfabdQuality:
 *
 * How well people hear each other, kept.
 *
 * Samples come from everybody every few seconds and are worth little each: they are gathered for a
 * moment and written together, one write at a time, and when the disk does not keep up they are
 * dropped rather than piled up.
 */
struct _ConfabdQuality {
  GObject parent_instance;

  ConfabdStore *store; /* (owned) */
  ConfabdQualityLimits limits;
  GHashTable *batches; /* (element-type utf8 ConfabdQualityBatch) (owned) by call id, waiting */
  guint n_waiting;     /* samples in them */
  guint n_dropped;     /* since the last write */
  guint timer;
  gboolean is_writing;
};

G_DEFINE_FINAL_TYPE (ConfabdQuality, confabd_quality, G_TYPE_OBJECT)

static void
confabd_quality_dispose (GObject *object)
{
  ConfabdQuality *self = CONFABD_QUALITY (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (confabd_quality_parent_class)->dispose (object);
}

static void
confabd_quality_finalize (GObject *object)
{
  g_hash_table_unref (CONFABD_QUALITY (object)->batches);

  G_OBJECT_CLASS (confabd_quality_parent_class)->finalize (object);
}

static void
confabd_quality_class_init (ConfabdQualityClass *klass)
{
  GObjectClass *class = G_OBJECT_CLASS (klass);

  class->dispose = confabd_quality_dispose;
  class->finalize = confabd_quality_finalize;
}

static void
confabd_quality_init (ConfabdQuality *self)
{
  /* The key belongs to the batch. */
  self->batches = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                         (GDestroyNotify) confabd_quality_batch_free);
}

/**
 * confabd_quality_new:
 * @store: where samples are kept
 * @limits: copied
 *
 * Returns: (transfer full): the keeper of samples
 */
ConfabdQuality *
confabd_quality_new (ConfabdStore *store, const ConfabdQualityLimits *limits)
{
  ConfabdQuality *self = NULL;

  g_return_val_if_fail (CONFABD_IS_STORE (store), NULL);
  g_return_val_if_fail (limits != NULL, NULL);

  self = g_object_new (CONFABD_TYPE_QUALITY, NULL);
  self->store = g_object_ref (store);
  self->limits = *limits;
  return self;
}

/* Keeping */

static gboolean
on_timer (gpointer user_data)
{
  ConfabdQuality *self = user_data;

  self->timer = 0;
  confabd_quality_flush (self);
  return G_SOURCE_REMOVE;
}

static void
start_timer (ConfabdQuality *self)
{
  if (self->timer == 0 && !self->is_writing && self->n_waiting > 0) {
    self->timer = g_timeout_add (self->limits.wait_ms, on_timer, self);
  }
}

static void
on_written (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdQuality) self = user_data;
  g_autoptr (GError) error = NULL;

  self->is_writing = FALSE;
  if (!confabd_store_add_quality_finish (CONFABD_STORE (object), result, &error)) {
    g_message ("Samples of the quality of calls were not kept: %s", error->message);
  }
  if (self->store != NULL) {
    start_timer (self);
  }
}

static GPtrArray *
steal_batches (ConfabdQuality *self)
{
  GPtrArray *batches = g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_quality_batch_free);
  GHashTableIter iter;
  gpointer batch;

  g_hash_table_iter_init (&iter, self->batches);
  while (g_hash_table_iter_next (&iter, NULL, &batch)) {
    g_hash_table_iter_steal (&iter);
    g_ptr_array_add (batches, batch);
  }
  self->n_waiting = 0;
  return batches;
}

/**
 * confabd_quality_flush:
 *
 * Hands what waits to the store, without waiting for it; to be called before the store is closed.
 */
void
confabd_quality_flush (ConfabdQuality *self)
{
  g_autoptr (GPtrArray) batches = NULL;

  g_return_if_fail (CONFABD_IS_QUALITY (self));

  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->n_waiting == 0) {
    return;
  }
  if (self->n_dropped > 0) {
    g_message ("%u samples of the quality of calls were dropped: the disk does not keep up",
               self->n_dropped);
  }
  self->n_dropped = 0;
  batches = steal_batches (self);
  self->is_writing = TRUE;
  confabd_store_add_quality_async (self->store, batches, self->limits.max_per_call, NULL,
                                   on_written, g_object_ref (self));
}

static ConfabdQualityBatch *
find_batch (ConfabdQuality *self, const char *call_id)
{
  ConfabdQualityBatch *batch = g_hash_table_lookup (self->batches, call_id);

  if (batch == NULL) {
    batch = confabd_quality_batch_new (call_id);
    g_hash_table_insert (self->batches, batch->call_id, batch);
  }
  return batch;
}

/**
 * confabd_quality_take:
 * @call_id: a call
 * @samples: (element-type ConfabQualitySample): with their origin
 *
 * Keeps samples, in a moment.
 */
void
confabd_quality_take (ConfabdQuality *self, const char *call_id, GPtrArray *samples)
{
  g_return_if_fail (CONFABD_IS_QUALITY (self));
  g_return_if_fail (call_id != NULL && samples != NULL);

  for (guint i = 0; i < samples->len; i++) {
    if (self->n_waiting >= self->limits.max_waiting) {
      self->n_dropped += samples->len - i;
      break;
    }
    g_ptr_array_add (find_batch (self, call_id)->samples,
                     confab_quality_sample_ref (g_ptr_array_index (samples, i)));
    self->n_waiting++;
  }
  start_timer (self);
}

/**
 * confabd_quality_get_n_waiting:
 *
 * Returns: how many samples are not on their way to the disk yet
 */
guint
confabd_quality_get_n_waiting (ConfabdQuality *self)
{
  g_return_val_if_fail (CONFABD_IS_QUALITY (self), 0);

  return self->n_waiting;
}

/* Looking */

static void
on_listed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GPtrArray *samples = confabd_store_list_quality_finish (CONFABD_STORE (object), result, &error);

  if (samples == NULL) {
    g_task_return_error (task, error);
  } else {
    g_task_return_pointer (task, samples, (GDestroyNotify) g_ptr_array_unref);
  }
}

/**
 * confabd_quality_list_async:
 * @after: (nullable): the last sample of the page before; %NULL for the newest
 * @limit: at most so many
 *
 * Lists how well people heard each other in a call, also one that is over, the newest first.
 * Finishes with %CONFAB_ERROR_NO_SUCH_CALL for whoever was not let in.
 */
void
confabd_quality_list_async (ConfabdQuality *self,
                            ConfabUser *user,
                            const char *call_id,
                            const ConfabdQualityCursor *after,
                            guint limit,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (CONFABD_IS_QUALITY (self));
  g_return_if_fail (user != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confabd_quality_list_async);
  if (!confab_id_is_valid (call_id)) {
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_CALL,
                             "There is no such call");
    return;
  }
  confabd_store_list_quality_async (self->store, confab_user_get_id (user), call_id, after, limit,
                                    cancellable, on_listed, g_steal_pointer (&task));
}

/**
 * confabd_quality_list_finish:
 *
 * Returns: (transfer full) (element-type ConfabQualitySample): the samples
 */
GPtrArray *
confabd_quality_list_finish (ConfabdQuality *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
