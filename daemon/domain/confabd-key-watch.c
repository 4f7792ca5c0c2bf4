/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-keys"

#include "config.h"

#include "confabd-key-watch.h"
#include "confabd-store-dead-keys.h"

#define LOOK_S 5 /* how late a key is missed that expired, or that another program revoked */

/**
 * ConfabdKeyWatch:
 *
 * Looks after API keys in whose name something is open. A request looks its key up; a socket showed
 * its key once, and has to be closed when that is worth nothing any more.
 */
struct _ConfabdKeyWatch {
  GObject parent_instance;

  ConfabdStore *store;       /* (owned) */
  ConfabClock *clock;        /* (owned) */
  GHashTable *n_by_id;       /* (element-type utf8 guint) (owned) what is open */
  GCancellable *cancellable; /* (owned) */
  guint timer;               /* while there is something */
  gboolean is_looking;
  gboolean looks_again; /* something happened meanwhile */
};

enum { SIGNAL_REVOKED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ConfabdKeyWatch, confabd_key_watch, G_TYPE_OBJECT)

static void
confabd_key_watch_dispose (GObject *object)
{
  ConfabdKeyWatch *self = CONFABD_KEY_WATCH (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->timer, g_source_remove);

  G_OBJECT_CLASS (confabd_key_watch_parent_class)->dispose (object);
}

static void
confabd_key_watch_finalize (GObject *object)
{
  ConfabdKeyWatch *self = CONFABD_KEY_WATCH (object);

  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  g_clear_object (&self->cancellable);
  g_hash_table_unref (self->n_by_id);

  G_OBJECT_CLASS (confabd_key_watch_parent_class)->finalize (object);
}

static void
confabd_key_watch_class_init (ConfabdKeyWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confabd_key_watch_dispose;
  G_OBJECT_CLASS (klass)->finalize = confabd_key_watch_finalize;

  /**
   * ConfabdKeyWatch::revoked:
   * @key_id: which
   *
   * A key became worth nothing; whatever is open in its name has to be closed.
   */
  signals[SIGNAL_REVOKED] = g_signal_new ("revoked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
confabd_key_watch_init (ConfabdKeyWatch *self)
{
  self->n_by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->cancellable = g_cancellable_new ();
}

/**
 * confabd_key_watch_new:
 * @store: where keys are kept
 * @clock: their time
 *
 * Returns: (transfer full): a watch over nothing so far
 */
ConfabdKeyWatch *
confabd_key_watch_new (ConfabdStore *store, ConfabClock *clock)
{
  ConfabdKeyWatch *self = g_object_new (CONFABD_TYPE_KEY_WATCH, NULL);

  self->store = g_object_ref (store);
  self->clock = g_object_ref (clock);
  return self;
}

static void
on_found (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdKeyWatch) self = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) dead =
      confabd_store_find_dead_keys_finish (CONFABD_STORE (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    return;
  }
  self->is_looking = FALSE;
  if (dead == NULL) {
    g_message ("Which API keys are good is not known for now: %s", error->message);
  }
  for (guint i = 0; dead != NULL && dead[i] != NULL; i++) {
    g_hash_table_remove (self->n_by_id, dead[i]);
    g_signal_emit (self, signals[SIGNAL_REVOKED], 0, dead[i]);
  }
  if (self->looks_again) {
    confabd_key_watch_look (self);
  }
}

/**
 * confabd_key_watch_look:
 *
 * Looks now, as when somebody was shut out.
 */
void
confabd_key_watch_look (ConfabdKeyWatch *self)
{
  g_autofree const char **ids = NULL;
  g_autoptr (GDateTime) now = NULL;

  g_return_if_fail (CONFABD_IS_KEY_WATCH (self));

  self->looks_again = self->is_looking;
  if (self->is_looking || g_hash_table_size (self->n_by_id) == 0) {
    return;
  }
  self->is_looking = TRUE;
  now = confab_clock_dup_now (self->clock);
  ids = (const char **) g_hash_table_get_keys_as_array (self->n_by_id, NULL);
  confabd_store_find_dead_keys_async (self->store, ids, now, self->cancellable, on_found,
                                      g_object_ref (self));
}

static gboolean
on_timer (gpointer user_data)
{
  ConfabdKeyWatch *self = CONFABD_KEY_WATCH (user_data);

  if (g_hash_table_size (self->n_by_id) == 0) {
    self->timer = 0;
    return G_SOURCE_REMOVE;
  }
  confabd_key_watch_look (self);
  return G_SOURCE_CONTINUE;
}

/**
 * confabd_key_watch_add:
 * @key_id: of a key in whose name something was opened
 */
void
confabd_key_watch_add (ConfabdKeyWatch *self, const char *key_id)
{
  guint n;

  g_return_if_fail (CONFABD_IS_KEY_WATCH (self));

  n = GPOINTER_TO_UINT (g_hash_table_lookup (self->n_by_id, key_id));
  g_hash_table_insert (self->n_by_id, g_strdup (key_id), GUINT_TO_POINTER (n + 1));
  if (self->timer == 0) {
    self->timer = g_timeout_add_seconds (LOOK_S, on_timer, self);
  }
}

/**
 * confabd_key_watch_remove:
 * @key_id: of a key in whose name something was closed; nothing happens when it was reported before
 */
void
confabd_key_watch_remove (ConfabdKeyWatch *self, const char *key_id)
{
  guint n;

  g_return_if_fail (CONFABD_IS_KEY_WATCH (self));

  n = GPOINTER_TO_UINT (g_hash_table_lookup (self->n_by_id, key_id));
  if (n > 1) {
    g_hash_table_insert (self->n_by_id, g_strdup (key_id), GUINT_TO_POINTER (n - 1));
  } else {
    g_hash_table_remove (self->n_by_id, key_id);
  }
}
