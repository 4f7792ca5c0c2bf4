/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-expiry"

#include "config.h"

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-expiry.h"
#include "confabd-store-upkeep.h"

#define WARN_FIRST_S 600
#define WARN_LAST_S  60
#define LONGEST_S    60  /* timers stand still while the machine sleeps, calls do not */
#define SHORTEST_MS  200 /* however busily people come and go */
#define RETRY_MS     5000

/**
 * ConfabdExpiry:
 *
 * Ends calls by time: those that nobody came to, those that everybody left, those that never end.
 * Says so to who is in one, ten minutes and one minute before.
 *
 * One timer for all calls: the store knows what is due, and when to look again.
 */
struct _ConfabdExpiry {
  GObject parent_instance;

  ConfabdStore *store; /* (owned) */
  ConfabdCalls *calls; /* (owned) */
  ConfabClock *clock;  /* (owned) */
  ConfabdExpiryLimits limits;

  GHashTable *warned;        /* (element-type utf8 guint) (owned) call id to seconds last told */
  GCancellable *cancellable; /* (owned) (nullable) NULL while stopped */
  guint timer;               /* 0 while a look is under way, and while stopped */
  gulong presence_handler;
  gboolean is_outdated; /* somebody came or left since the last look began */
};

typedef enum { SIGNAL_CALL_ENDING } ConfabdExpirySignal;
static guint signals[SIGNAL_CALL_ENDING + 1];

G_DEFINE_FINAL_TYPE (ConfabdExpiry, confabd_expiry, G_TYPE_OBJECT)

static void
confabd_expiry_dispose (GObject *object)
{
  ConfabdExpiry *self = CONFABD_EXPIRY (object);

  confabd_expiry_stop (self);
  g_clear_object (&self->store);
  g_clear_object (&self->calls);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (confabd_expiry_parent_class)->dispose (object);
}

static void
confabd_expiry_finalize (GObject *object)
{
  ConfabdExpiry *self = CONFABD_EXPIRY (object);

  g_clear_pointer (&self->warned, g_hash_table_unref);

  G_OBJECT_CLASS (confabd_expiry_parent_class)->finalize (object);
}

static void
confabd_expiry_class_init (ConfabdExpiryClass *klass)
{
  GObjectClass *class = G_OBJECT_CLASS (klass);

  class->dispose = confabd_expiry_dispose;
  class->finalize = confabd_expiry_finalize;
  /**
   * ConfabdExpiry::call-ending:
   * @call_id: the call
   * @in_s: 600 or 60: the seconds that are left, rounded up to that
   *
   * A call will end by time, unless somebody ends it before.
   */
  signals[SIGNAL_CALL_ENDING] =
      g_signal_new ("call-ending", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
}

static void
confabd_expiry_init (ConfabdExpiry *self)
{
  self->warned = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * confabd_expiry_new:
 * @store: what knows the times of calls
 * @calls: what ends them
 * @clock: their time
 * @limits: copied
 *
 * Returns: (transfer full): the expiry, stopped
 */
ConfabdExpiry *
confabd_expiry_new (ConfabdStore *store,
                    ConfabdCalls *calls,
                    ConfabClock *clock,
                    const ConfabdExpiryLimits *limits)
{
  ConfabdExpiry *self = NULL;

  g_return_val_if_fail (CONFABD_IS_STORE (store), NULL);
  g_return_val_if_fail (CONFABD_IS_CALLS (calls), NULL);
  g_return_val_if_fail (CONFAB_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (limits != NULL, NULL);

  self = g_object_new (CONFABD_TYPE_EXPIRY, NULL);
  self->store = g_object_ref (store);
  self->calls = g_object_ref (calls);
  self->clock = g_object_ref (clock);
  self->limits = *limits;
  return self;
}

/**
 * confabd_expiry_set_limits:
 * @self: the expiry
 * @limits: what holds from now on; copied
 */
void
confabd_expiry_set_limits (ConfabdExpiry *self, const ConfabdExpiryLimits *limits)
{
  g_return_if_fail (CONFABD_IS_EXPIRY (self));

  self->limits = *limits;
}

/* One look: its task is done when the last of the calls that are due has ended. */
typedef struct {
  guint n_ending; /* calls being ended */
  gint64 wait_ms; /* until the next look is worth while */
  gint64 now_us;  /* when it began */
} Look;

static void
finish_part (GTask *task)
{
  Look *look = g_task_get_task_data (task);

  if (--look->n_ending == 0) {
    g_task_return_int (task, look->wait_ms);
  }
}

static void
on_call_ended (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Look *look = g_task_get_task_data (task);
  g_autoptr (ConfabCall) call = NULL;
  g_autoptr (GError) error = NULL;

  call = confabd_calls_end_finish (CONFABD_CALLS (object), result, &error);
  /* Its host may have been faster. */
  if (call == NULL && !g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_CALL_OVER)) {
    g_message ("A call that is over by time could not be ended: %s", error->message);
    look->wait_ms = MIN (look->wait_ms, RETRY_MS);
  }
  finish_part (task);
}

static void
end_calls (ConfabdExpiry *self, GTask *task, GPtrArray *ids, const char *reason)
{
  Look *look = g_task_get_task_data (task);

  for (guint i = 0; i < ids->len; i++) {
    const char *id = g_ptr_array_index (ids, i);

    look->n_ending++;
    g_hash_table_remove (self->warned, id);
    confabd_calls_end_async (self->calls, NULL, id, reason, NULL, on_call_ended,
                             g_object_ref (task));
  }
}

/* Tells of a call once at each of the two times. Returns: when there is more to tell. */
static gint64
warn (ConfabdExpiry *self, const ConfabdEnding *ending, gint64 now_us)
{
  gint64 left_s = (ending->ends_at_us - now_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
  guint step_s = left_s <= WARN_LAST_S ? WARN_LAST_S : WARN_FIRST_S;
  guint told_s = GPOINTER_TO_UINT (g_hash_table_lookup (self->warned, ending->call_id));

  if (told_s == 0 || told_s > step_s) {
    g_hash_table_replace (self->warned, g_strdup (ending->call_id), GUINT_TO_POINTER (step_s));
    g_signal_emit (self, signals[SIGNAL_CALL_ENDING], 0, ending->call_id, step_s);
  }
  return step_s == WARN_FIRST_S ? ending->ends_at_us - WARN_LAST_S * G_USEC_PER_SEC
                                : ending->ends_at_us;
}

/* Forgets the calls that somebody ended after they were told. */
static void
forget_ended (ConfabdExpiry *self, GPtrArray *endings)
{
  g_autoptr (GHashTable) current = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer id;

  for (guint i = 0; i < endings->len; i++) {
    ConfabdEnding *ending = g_ptr_array_index (endings, i);

    g_hash_table_add (current, ending->call_id);
  }
  g_hash_table_iter_init (&iter, self->warned);
  while (g_hash_table_iter_next (&iter, &id, NULL)) {
    if (!g_hash_table_contains (current, id)) {
      g_hash_table_iter_remove (&iter);
    }
  }
}

static void
warn_all (ConfabdExpiry *self, ConfabdDue *due, gint64 now_us)
{
  forget_ended (self, due->ending);
  for (guint i = 0; i < due->ending->len; i++) {
    gint64 next_us = warn (self, g_ptr_array_index (due->ending, i), now_us);

    due->next_at_us = MIN (due->next_at_us, next_us);
  }
}

static void
on_due_found (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (ConfabdDue) due = NULL;
  ConfabdExpiry *self = g_task_get_source_object (task);
  Look *look = g_task_get_task_data (task);
  GError *error = NULL;

  due = confabd_store_find_due_finish (CONFABD_STORE (object), result, &error);
  if (due == NULL) {
    g_task_return_error (task, error);
    return;
  }
  warn_all (self, due, look->now_us);
  look->wait_ms =
      CLAMP ((due->next_at_us - look->now_us) / 1000 + 1, SHORTEST_MS, LONGEST_S * 1000);
  look->n_ending = 1;
  end_calls (self, task, due->expired, "expired");
  end_calls (self, task, due->too_long, "too-long");
  end_calls (self, task, due->empty, "empty");
  finish_part (task);
}

/**
 * confabd_expiry_check_async:
 *
 * Looks once what is due, warns, and ends it. The timer does nothing else.
 */
void
confabd_expiry_check_async (ConfabdExpiry *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GDateTime) now = NULL;
  ConfabdTerms terms;
  Look *look = NULL;
  GTask *task = NULL;

  g_return_if_fail (CONFABD_IS_EXPIRY (self));

  now = confab_clock_dup_now (self->clock);
  terms.call_us = self->limits.call_s * G_TIME_SPAN_SECOND;
  terms.empty_us = self->limits.empty_room_s * G_TIME_SPAN_SECOND;
  terms.warn_us = WARN_FIRST_S * G_TIME_SPAN_SECOND;
  look = g_new0 (Look, 1);
  look->now_us = confab_time_to_unix_us (now);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confabd_expiry_check_async);
  g_task_set_task_data (task, look, g_free);
  confabd_store_find_due_async (self->store, &terms, now, cancellable, on_due_found, task);
}

/**
 * confabd_expiry_check_finish:
 *
 * Returns: whether everything that was due is over
 */
gboolean
confabd_expiry_check_finish (ConfabdExpiry *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_int (G_TASK (result), error) >= 0;
}

static gboolean on_timer (gpointer user_data);

static void
set_timer (ConfabdExpiry *self, guint wait_ms)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add (wait_ms, on_timer, self);
}

static void
on_checked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  ConfabdExpiry *self = CONFABD_EXPIRY (object);
  g_autoptr (GError) error = NULL;
  gssize wait_ms = g_task_propagate_int (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->cancellable == NULL) {
    return;
  }
  if (error != NULL) {
    g_message ("What is due could not be found: %s", error->message);
    wait_ms = RETRY_MS;
  }
  set_timer (self, self->is_outdated ? SHORTEST_MS : (guint) wait_ms);
}

static gboolean
on_timer (gpointer user_data)
{
  ConfabdExpiry *self = user_data;

  self->timer = 0;
  self->is_outdated = FALSE;
  confabd_expiry_check_async (self, self->cancellable, on_checked, NULL);
  return G_SOURCE_REMOVE;
}

/* A call may have come to life, or be empty: the times of the last look do not hold any more. */
static void
on_presence_changed (ConfabdExpiry *self)
{
  if (!self->is_outdated && self->timer != 0) {
    set_timer (self, SHORTEST_MS);
  }
  self->is_outdated = TRUE;
}

/**
 * confabd_expiry_start:
 *
 * Starts the timer; what is due already is ended at once.
 */
void
confabd_expiry_start (ConfabdExpiry *self)
{
  g_return_if_fail (CONFABD_IS_EXPIRY (self));
  g_return_if_fail (self->cancellable == NULL);

  self->cancellable = g_cancellable_new ();
  self->presence_handler = g_signal_connect_swapped (self->calls, "notify::n-present",
                                                     G_CALLBACK (on_presence_changed), self);
  set_timer (self, 0);
}

/**
 * confabd_expiry_stop:
 *
 * Stops the timer. May be called at any time.
 */
void
confabd_expiry_stop (ConfabdExpiry *self)
{
  g_return_if_fail (CONFABD_IS_EXPIRY (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_signal_handler (&self->presence_handler, self->calls);
}
