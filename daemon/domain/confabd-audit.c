/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-audit"

#include "config.h"

#include "confab-backoff.h"
#include "confab-error.h"
#include "confab-time.h"
#include "confabd-audit.h"

#define RETRY_FIRST_MS 250
#define RETRY_LIMIT_MS 15000

/**
 * ConfabdAudit:
 *
 * Writes down who did what, in the order in which it happened.
 *
 * Nobody waits for it: a note goes to the writer of the store at once, those that come meanwhile
 * follow together. When the store is away, notes are kept and tried again; when there are too many
 * of them, the rest is counted, and the count becomes an entry itself.
 */
struct _ConfabdAudit {
  GObject parent_instance;

  ConfabdStore *store;        /* (owned) (nullable) until dispose */
  ConfabClock *clock;         /* (owned) */
  ConfabdAuditBatch *waiting; /* (owned) what comes next */
  ConfabdAuditBatch *sent;    /* (owned) (nullable) with the store, or to be sent again */
  GPtrArray *flushes;         /* (element-type GTask) (owned) those who wait until all is written */
  ConfabBackoff backoff;
  guint max_waiting;
  guint timer; /* until sent is sent again */
  guint64 n_written;
  guint64 n_lost;
  guint64 n_lost_untold; /* of those: not in an entry yet */
  gboolean is_failing;
};

G_DEFINE_FINAL_TYPE (ConfabdAudit, confabd_audit, G_TYPE_OBJECT)

static void
confabd_audit_dispose (GObject *object)
{
  ConfabdAudit *self = CONFABD_AUDIT (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (confabd_audit_parent_class)->dispose (object);
}

static void
confabd_audit_finalize (GObject *object)
{
  ConfabdAudit *self = CONFABD_AUDIT (object);

  g_clear_pointer (&self->waiting, confabd_audit_batch_unref);
  g_clear_pointer (&self->sent, confabd_audit_batch_unref);
  g_clear_pointer (&self->flushes, g_ptr_array_unref);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (confabd_audit_parent_class)->finalize (object);
}

static void
confabd_audit_class_init (ConfabdAuditClass *klass)
{
  GObjectClass *class = G_OBJECT_CLASS (klass);

  class->dispose = confabd_audit_dispose;
  class->finalize = confabd_audit_finalize;
}

static void
confabd_audit_init (ConfabdAudit *self)
{
  self->waiting = confabd_audit_batch_new ();
  self->flushes = g_ptr_array_new_with_free_func (g_object_unref);
  self->backoff = (ConfabBackoff) CONFAB_BACKOFF_INIT (RETRY_FIRST_MS, RETRY_LIMIT_MS);
}

/**
 * confabd_audit_new:
 * @store: where entries are kept
 * @clock: their time
 * @max_waiting: how many notes are kept while the store is away, such as
 *   %CONFABD_AUDIT_MAX_WAITING
 *
 * Returns: (transfer full): who writes things down
 */
ConfabdAudit *
confabd_audit_new (ConfabdStore *store, ConfabClock *clock, guint max_waiting)
{
  ConfabdAudit *self = NULL;

  g_return_val_if_fail (CONFABD_IS_STORE (store), NULL);
  g_return_val_if_fail (CONFAB_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (max_waiting > 0, NULL);

  self = g_object_new (CONFABD_TYPE_AUDIT, NULL);
  self->store = g_object_ref (store);
  self->clock = g_object_ref (clock);
  self->max_waiting = max_waiting;
  return self;
}

/* ---- writing ---- */

static guint
count_waiting (ConfabdAudit *self)
{
  return confabd_audit_batch_get_length (self->waiting) +
         (self->sent != NULL ? confabd_audit_batch_get_length (self->sent) : 0);
}

static void
take_facts (ConfabdAudit *self, const ConfabdAuditFacts *facts)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);

  confabd_audit_batch_take (self->waiting,
                            confabd_audit_entry_new (facts, confab_time_to_unix_us (now)));
}

static void
tell_lost (ConfabdAudit *self)
{
  g_autofree char *detail = g_strdup_printf ("%" G_GUINT64_FORMAT, self->n_lost_untold);
  const ConfabdAuditFacts facts = { .action = CONFABD_AUDIT_LOST,
                                    .actor = "confabd",
                                    .detail = detail };

  if (self->n_lost_untold > 0) {
    self->n_lost_untold = 0;
    take_facts (self, &facts);
  }
}

/* Nobody waits longer than for the first answer: a store that is away may be so for hours. */
static void
answer_flushes (ConfabdAudit *self)
{
  g_autoptr (GPtrArray) flushes = g_steal_pointer (&self->flushes);

  self->flushes = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < flushes->len; i++) {
    GTask *task = g_ptr_array_index (flushes, i);

    if (count_waiting (self) == 0) {
      g_task_return_boolean (task, TRUE);
    } else {
      g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                               "%u entries of the audit log could not be written",
                               count_waiting (self));
    }
  }
}

static void send_batch (ConfabdAudit *self);

static gboolean
on_timer (gpointer user_data)
{
  ConfabdAudit *self = user_data;

  self->timer = 0;
  send_batch (self);
  return G_SOURCE_REMOVE;
}

static void
note_failed (ConfabdAudit *self, const GError *error)
{
  if (!self->is_failing) {
    g_warning ("The audit log cannot be written; %u entries wait: %s", count_waiting (self),
               error->message);
  }
  self->is_failing = TRUE;
  self->timer =
      g_timeout_add (confab_backoff_next_ms (&self->backoff, g_random_double ()), on_timer, self);
  answer_flushes (self);
}

static void
note_written (ConfabdAudit *self)
{
  guint n = confabd_audit_batch_get_length (self->sent);

  if (self->is_failing) {
    g_message ("The audit log is written again: %u entries had waited, %" G_GUINT64_FORMAT
               " were lost",
               count_waiting (self), self->n_lost_untold);
  }
  self->is_failing = FALSE;
  self->n_written += n;
  confab_backoff_reset (&self->backoff);
  g_clear_pointer (&self->sent, confabd_audit_batch_unref);
  tell_lost (self);
  if (confabd_audit_batch_get_length (self->waiting) > 0) {
    send_batch (self);
  } else {
    answer_flushes (self);
  }
}

static void
on_added (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdAudit) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!confabd_store_add_audit_finish (CONFABD_STORE (object), result, &error)) {
    if (self->store != NULL) {
      note_failed (self, error);
    }
  } else {
    note_written (self);
  }
}

/* One batch at a time, so that none overtakes one that failed. */
static void
send_batch (ConfabdAudit *self)
{
  if (self->sent == NULL) {
    self->sent = g_steal_pointer (&self->waiting);
    self->waiting = confabd_audit_batch_new ();
  }
  confabd_store_add_audit_async (self->store, self->sent, NULL, on_added, g_object_ref (self));
}

static void
lose (ConfabdAudit *self)
{
  if (self->n_lost_untold == 0) {
    g_warning ("The audit log has %u entries that cannot be written; later ones are only counted",
               count_waiting (self));
  }
  self->n_lost++;
  self->n_lost_untold++;
}

static const char *
name_actor (ConfabUser *user, const char *actor)
{
  if (user != NULL) {
    return confab_user_get_display_name (user);
  }
  return actor != NULL ? actor : "confabd";
}

/* Whoever acts in the name of somebody is not them, but has a name. */
static gboolean
is_themself (ConfabdPrincipal *principal)
{
  return principal == NULL || confabd_principal_get_kind (principal) != CONFABD_PRINCIPAL_CONSOLE;
}

static const char *
find_address (const ConfabdAuditNote *note)
{
  if (note->address != NULL || note->principal == NULL) {
    return note->address;
  }
  return confabd_principal_get_address (note->principal);
}

/**
 * confabd_audit_note_to_facts:
 * @note: what happened
 *
 * For what the store writes down together with what was done, instead of confabd_audit_write().
 *
 * Returns: the same in the words of the store; valid as long as what @note points to
 */
ConfabdAuditFacts
confabd_audit_note_to_facts (const ConfabdAuditNote *note)
{
  ConfabUser *user =
      note->principal != NULL ? confabd_principal_get_user (note->principal) : note->user;

  return (ConfabdAuditFacts){
    .action = note->action,
    .actor_id = user != NULL && is_themself (note->principal) ? confab_user_get_id (user) : NULL,
    .actor = name_actor (user, note->actor),
    .target = note->target,
    .address = find_address (note),
    .is_success = note->is_success,
    .detail = note->detail,
  };
}

/**
 * confabd_audit_write:
 * @self: who writes things down
 * @note: what happened
 *
 * Writes @note behind those before it, soon. For the main thread; never waits, never fails.
 */
void
confabd_audit_write (ConfabdAudit *self, const ConfabdAuditNote *note)
{
  ConfabdAuditFacts facts;

  g_return_if_fail (CONFABD_IS_AUDIT (self));
  g_return_if_fail (note != NULL);

  facts = confabd_audit_note_to_facts (note);
  if (count_waiting (self) >= self->max_waiting) {
    lose (self);
    return;
  }
  take_facts (self, &facts);
  if (self->sent == NULL) {
    send_batch (self);
  }
}

/**
 * confabd_audit_get_figures:
 * @figures: (out caller-allocates): how the writing goes
 */
void
confabd_audit_get_figures (ConfabdAudit *self, ConfabdAuditFigures *figures)
{
  g_return_if_fail (CONFABD_IS_AUDIT (self));

  *figures = (ConfabdAuditFigures){
    .n_written = self->n_written,
    .n_lost = self->n_lost,
    .n_waiting = count_waiting (self),
    .is_failing = self->is_failing,
  };
}

/**
 * confabd_audit_flush_async:
 *
 * Tells when all that was noted is on the disk, or cannot be written now. For the end.
 */
void
confabd_audit_flush_async (ConfabdAudit *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = NULL;

  g_return_if_fail (CONFABD_IS_AUDIT (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, confabd_audit_flush_async);
  g_ptr_array_add (self->flushes, task);
  if (self->timer != 0) {
    g_clear_handle_id (&self->timer, g_source_remove);
    send_batch (self);
  } else if (self->sent == NULL) {
    answer_flushes (self);
  }
}

/**
 * confabd_audit_flush_finish:
 *
 * Returns: whether all is on the disk
 */
gboolean
confabd_audit_flush_finish (ConfabdAudit *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- looking ---- */

static void
on_listed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GPtrArray *entries = confabd_store_list_audit_finish (CONFABD_STORE (object), result, &error);

  if (entries == NULL) {
    g_task_return_error (task, error);
  } else {
    g_task_return_pointer (task, entries, (GDestroyNotify) g_ptr_array_unref);
  }
}

/**
 * confabd_audit_list_async:
 * @filter: copied
 *
 * Lists entries that are on the disk, the newest first. Who may see them is not asked here.
 */
void
confabd_audit_list_async (ConfabdAudit *self,
                          const ConfabdAuditFilter *filter,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = NULL;

  g_return_if_fail (CONFABD_IS_AUDIT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confabd_audit_list_async);
  confabd_store_list_audit_async (self->store, filter, cancellable, on_listed, task);
}

/**
 * confabd_audit_list_finish:
 *
 * Returns: (transfer full) (element-type ConfabdAuditEntry): the entries
 */
GPtrArray *
confabd_audit_list_finish (ConfabdAudit *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
