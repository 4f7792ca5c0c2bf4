/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-calls"

#include "config.h"

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-calls-private.h"

/* The part of ConfabdCalls that is about being in a call. */

/* Entering */

static void
on_undone (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!confabd_store_leave_finish (CONFABD_STORE (object), result, &error)) {
    g_warning ("A participant who left could not be noted as such: %s", error->message);
  }
}

/* Nobody waits for this participant any more, who must not take a place. */
static void
undo_entry (ConfabdCalls *self, const char *participant_id)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);

  confabd_store_leave_async (self->store, participant_id, "lost", now, NULL, on_undone, NULL);
}

static void
on_entered (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (ConfabdEntry) entry = NULL;
  ConfabdCalls *self = g_task_get_source_object (task);
  const char *participant_id = g_task_get_task_data (task);
  GError *error = NULL;

  entry = confabd_store_enter_finish (CONFABD_STORE (object), result, &error);
  if (entry == NULL) {
    /* Too late may mean too late to be told. */
    if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT)) {
      undo_entry (self, participant_id);
    }
    g_task_return_error (task, error);
    return;
  }
  if (g_task_return_error_if_cancelled (task)) {
    undo_entry (self, participant_id);
    return;
  }
  confabd_calls_note_entered (self, entry);
  g_task_return_pointer (task, g_steal_pointer (&entry), (GDestroyNotify) confabd_entry_free);
}

/**
 * confabd_calls_enter_async:
 * @user: somebody who was let in
 * @flags: how they come
 *
 * Puts a participant into a call: one for each device that a user comes with.
 *
 * Finishes with %CONFAB_ERROR_NO_SUCH_CALL, also for whoever was not let in,
 * %CONFAB_ERROR_CALL_OVER and %CONFAB_ERROR_CALL_FULL.
 */
void
confabd_calls_enter_async (ConfabdCalls *self,
                           ConfabUser *user,
                           const char *call_id,
                           const ConfabParticipantFlags *flags,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GDateTime) now = NULL;
  char *participant_id = NULL;

  g_return_if_fail (CONFABD_IS_CALLS (self));
  g_return_if_fail (user != NULL && flags != NULL);

  task = confabd_calls_begin (self, confabd_calls_enter_async, cancellable, callback, user_data);
  if (confabd_calls_refuse_unknown (task, call_id)) {
    return;
  }
  participant_id = confab_id_new ();
  g_task_set_task_data (task, participant_id, g_free);
  now = confab_clock_dup_now (self->clock);
  /* Not to be cancelled in between: on_entered () undoes it as a whole. */
  confabd_store_enter_async (self->store, user, call_id, participant_id, flags, now, NULL,
                             on_entered, g_steal_pointer (&task));
}

/**
 * confabd_calls_enter_finish:
 * @call: (out) (optional) (transfer full): the call with them in it
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the participant
 */
ConfabParticipant *
confabd_calls_enter_finish (ConfabdCalls *self,
                            GAsyncResult *result,
                            ConfabCall **call,
                            GError **error)
{
  g_autoptr (ConfabdEntry) entry = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  entry = g_task_propagate_pointer (G_TASK (result), error);
  if (entry == NULL) {
    return NULL;
  }
  if (call != NULL) {
    *call = g_steal_pointer (&entry->call);
  }
  return g_steal_pointer (&entry->participant);
}

static void
on_flags_set (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  ConfabParticipant *participant =
      confabd_store_set_flags_finish (CONFABD_STORE (object), result, &error);

  if (participant == NULL) {
    g_task_return_error (task, error);
  } else {
    g_task_return_pointer (task, participant, (GDestroyNotify) confab_participant_unref);
  }
}

/**
 * confabd_calls_set_flags_async:
 *
 * Keeps what a participant says about themself, for those who ask over REST. Finishes with
 * %CONFAB_ERROR_NO_SUCH_PARTICIPANT for who has left.
 */
void
confabd_calls_set_flags_async (ConfabdCalls *self,
                               const char *participant_id,
                               const ConfabParticipantFlags *flags,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GDateTime) now = NULL;

  g_return_if_fail (CONFABD_IS_CALLS (self));
  g_return_if_fail (participant_id != NULL && flags != NULL);

  now = confab_clock_dup_now (self->clock);
  confabd_store_set_flags_async (
      self->store, participant_id, flags, now, cancellable, on_flags_set,
      confabd_calls_begin (self, confabd_calls_set_flags_async, cancellable, callback, user_data));
}

/**
 * confabd_calls_set_flags_finish:
 *
 * Returns: (transfer full): the participant as they are now
 */
ConfabParticipant *
confabd_calls_set_flags_finish (ConfabdCalls *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Leaving and ending */

static void
on_left (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!confabd_store_leave_finish (CONFABD_STORE (object), result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  g_task_return_boolean (task, TRUE);
}

/**
 * confabd_calls_leave_async:
 * @reason: why: `left`, `lost`, `too-slow`
 *
 * Takes a participant out of their call; whatever the disk says, they count as gone at once.
 * Leaving twice, or after the end, is no error.
 */
void
confabd_calls_leave_async (ConfabdCalls *self,
                           const char *participant_id,
                           const char *reason,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GDateTime) now = NULL;

  g_return_if_fail (CONFABD_IS_CALLS (self));
  g_return_if_fail (participant_id != NULL && reason != NULL);

  now = confab_clock_dup_now (self->clock);
  confabd_calls_note_left (self, participant_id);
  /* Who leaves has left, also when nobody wants to hear of it any more. */
  confabd_store_leave_async (
      self->store, participant_id, reason, now, NULL, on_left,
      confabd_calls_begin (self, confabd_calls_leave_async, cancellable, callback, user_data));
}

/**
 * confabd_calls_leave_finish:
 *
 * Returns: whether it is on the disk that they left
 */
gboolean
confabd_calls_leave_finish (ConfabdCalls *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_ended (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (ConfabCall) call = NULL;
  GError *error = NULL;

  call = confabd_store_end_call_finish (CONFABD_STORE (object), result, &error);
  if (call == NULL) {
    g_task_return_error (task, error);
    return;
  }
  confabd_calls_note_ended (g_task_get_source_object (task), call);
  g_task_return_pointer (task, g_steal_pointer (&call), (GDestroyNotify) confab_call_unref);
}

/**
 * confabd_calls_end_async:
 * @user: (nullable): who ends it; %NULL for the daemon itself
 * @reason: why: `ended-by-host`, `empty`, `too-long`; `expired` makes the call expire
 *
 * Ends a call for everybody in it.
 *
 * Finishes with %CONFAB_ERROR_NO_SUCH_CALL for whoever was not let in, %CONFAB_ERROR_NOT_ALLOWED
 * for who is not its host, %CONFAB_ERROR_CALL_OVER for a second end.
 */
void
confabd_calls_end_async (ConfabdCalls *self,
                         ConfabUser *user,
                         const char *call_id,
                         const char *reason,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GDateTime) now = NULL;
  ConfabCallEvent event;

  g_return_if_fail (CONFABD_IS_CALLS (self));
  g_return_if_fail (reason != NULL);

  task = confabd_calls_begin (self, confabd_calls_end_async, cancellable, callback, user_data);
  if (confabd_calls_refuse_unknown (task, call_id)) {
    return;
  }
  now = confab_clock_dup_now (self->clock);
  event = g_str_equal (reason, "expired") ? CONFAB_CALL_EVENT_EXPIRE : CONFAB_CALL_EVENT_END;
  /* Not to be cancelled: the others must hear of an end that is on the disk. */
  confabd_store_end_call_async (self->store, user != NULL ? confab_user_get_id (user) : NULL,
                                call_id, event, reason, now, NULL, on_ended,
                                g_steal_pointer (&task));
}

/**
 * confabd_calls_end_finish:
 *
 * Returns: (transfer full): the call, over
 */
ConfabCall *
confabd_calls_end_finish (ConfabdCalls *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
