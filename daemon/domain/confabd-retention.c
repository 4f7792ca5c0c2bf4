/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-retention"

#include "config.h"

#include "confab-time.h"
#include "confabd-retention.h"

#define FIRST_S 10 /* not while everybody comes back after a restart */
#define EACH_S  3600

/**
 * ConfabdRetention:
 *
 * Forgets what is older than the policy says, an hour at the most later: a few rows at a time, each
 * time behind all that waits to be written. Several daemons may do so at once.
 */
struct _ConfabdRetention {
  GObject parent_instance;

  ConfabdStore *store; /* (owned) (nullable) until dispose */
  ConfabClock *clock;  /* (owned) */
  ConfabdRetentionPolicy policy;
  guint timer;
  gboolean is_stopped;
};

G_DEFINE_FINAL_TYPE (ConfabdRetention, confabd_retention, G_TYPE_OBJECT)

static void
confabd_retention_dispose (GObject *object)
{
  ConfabdRetention *self = CONFABD_RETENTION (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (confabd_retention_parent_class)->dispose (object);
}

static void
confabd_retention_class_init (ConfabdRetentionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confabd_retention_dispose;
}

static void
confabd_retention_init (ConfabdRetention *self)
{
}

/**
 * confabd_retention_new:
 * @store: what forgets
 * @clock: its time
 * @policy: copied
 *
 * Returns: (transfer full): who makes it forget
 */
ConfabdRetention *
confabd_retention_new (ConfabdStore *store,
                       ConfabClock *clock,
                       const ConfabdRetentionPolicy *policy)
{
  ConfabdRetention *self = NULL;

  g_return_val_if_fail (CONFABD_IS_STORE (store), NULL);
  g_return_val_if_fail (CONFAB_IS_CLOCK (clock), NULL);

  self = g_object_new (CONFABD_TYPE_RETENTION, NULL);
  self->store = g_object_ref (store);
  self->clock = g_object_ref (clock);
  self->policy = *policy;
  return self;
}

/**
 * confabd_retention_set_policy:
 * @self: the retention
 * @policy: what holds from the next look on; copied
 */
void
confabd_retention_set_policy (ConfabdRetention *self, const ConfabdRetentionPolicy *policy)
{
  g_return_if_fail (CONFABD_IS_RETENTION (self));

  self->policy = *policy;
}

static void on_forgotten (GObject *object, GAsyncResult *result, gpointer user_data);

/* (transfer full) task, whose data is what is being forgotten now */
static void
forget (ConfabdRetention *self, GTask *task)
{
  ConfabdAging what = GPOINTER_TO_UINT (g_task_get_task_data (task));
  g_autoptr (GDateTime) now = NULL;
  gint64 now_us;

  if (what == CONFABD_N_AGINGS || self->is_stopped) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  now = confab_clock_dup_now (self->clock);
  now_us = confab_time_to_unix_us (now);
  confabd_store_forget_async (self->store, what, now_us - self->policy.days[what] * G_TIME_SPAN_DAY,
                              now_us, NULL, on_forgotten, task);
}

static void
on_forgotten (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  guint what = GPOINTER_TO_UINT (g_task_get_task_data (task));
  g_autoptr (GError) error = NULL;
  gboolean is_more = FALSE;

  if (!confabd_store_forget_finish (CONFABD_STORE (object), result, &is_more, &error)) {
    g_warning ("What is too old could not be forgotten: %s", error->message);
  }
  if (!is_more) {
    g_task_set_task_data (task, GUINT_TO_POINTER (what + 1), NULL);
  }
  forget (g_task_get_source_object (task), task);
}

/**
 * confabd_retention_run_async:
 *
 * Forgets all that is too old now.
 */
void
confabd_retention_run_async (ConfabdRetention *self,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = NULL;

  g_return_if_fail (CONFABD_IS_RETENTION (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, confabd_retention_run_async);
  forget (self, task);
}

/**
 * confabd_retention_run_finish:
 */
void
confabd_retention_run_finish (ConfabdRetention *self, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));

  g_task_propagate_boolean (G_TASK (result), NULL);
}

static gboolean
on_timer (gpointer user_data)
{
  ConfabdRetention *self = user_data;

  self->timer = g_timeout_add_seconds (EACH_S, on_timer, self);
  confabd_retention_run_async (self, NULL, NULL);
  return G_SOURCE_REMOVE;
}

/**
 * confabd_retention_start:
 *
 * Forgets soon, and each hour from then on.
 */
void
confabd_retention_start (ConfabdRetention *self)
{
  g_return_if_fail (CONFABD_IS_RETENTION (self));

  self->timer = g_timeout_add_seconds (FIRST_S, on_timer, self);
}

/**
 * confabd_retention_stop:
 *
 * Lets the rest be: before the store is closed.
 */
void
confabd_retention_stop (ConfabdRetention *self)
{
  g_return_if_fail (CONFABD_IS_RETENTION (self));

  self->is_stopped = TRUE;
  g_clear_handle_id (&self->timer, g_source_remove);
}
