/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-calls"

#include "config.h"

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-calls-private.h"

/* The part of ConfabdCalls that is about being in a call. */

/* Farewells: a leave that cannot be written, as on a full disk, is tried until it can. Else
 * somebody who is gone would hold a place, and the call would never be empty. There are at most as
 * many as participants. */

#define FAREWELL_RETRY_S 2

typedef struct {
  GWeakRef calls;       /* (element-type ConfabdCalls) */
  char *participant_id; /* (owned) */
  char *reason;         /* (owned) */
  GDateTime *left_at;   /* (owned) */
} Farewell;

static void
farewell_free (Farewell *self)
{
  g_weak_ref_clear (&self->calls);
  g_free (self->participant_id);
  g_free (self->reason);
  g_date_time_unref (self->left_at);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Farewell, farewell_free)

static Farewell *
farewell_new (ConfabdCalls *calls, const char *participant_id, const char *reason)
{
  Farewell *self = g_new0 (Farewell, 1);

  g_weak_ref_init (&self->calls, calls);
  self->participant_id = g_strdup (participant_id);
  self->reason = g_strdup (reason);
  self->left_at = confab_clock_dup_now (calls->clock);
  return self;
}

static gboolean on_farewell_retry (gpointer user_data);

/* Takes the farewell over. Whoever asked for the leave says that it failed; that it does again and
 * again, for everybody who was there, need not fill a full disk with lines. */
static void
farewell_retry (Farewell *self, const GError *error)
{
  g_info ("Somebody who left could not be noted as gone, and will be later: %s", error->message);
  g_timeout_add_seconds (FAREWELL_RETRY_S, on_farewell_retry, self);
}

static void
on_farewell_written (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Farewell) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!confabd_store_leave_finish (CONFABD_STORE (object), result, &error)) {
    farewell_retry (g_steal_pointer (&self), error);
  }
}

static gboolean
on_farewell_retry (gpointer user_data)
{
  Farewell *self = user_data;
  g_autoptr (ConfabdCalls) calls = g_weak_ref_get (&self->calls);

  if (calls != NULL) {
    confabd_store_leave_async (calls->store, self->participant_id, self->reason, self->left_at,
                               NULL, on_farewell_written, self);
  } else {
    farewell_free (self);
  }
  return G_SOURCE_REMOVE;
}

/* Entering */

/* Nobody waits for this participant any more, who must not take a place. */
static void
undo_entry (ConfabdCalls *self, const char *participant_id)
{
  Farewell *farewell = farewell_new (self, participant_id, "lost");

  confabd_store_leave_async (self->store, participant_id, farewell->reason, farewell->left_at, NULL,
                             on_farewell_written, farewell);
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
  ConfabdCalls *self = g_task_get_source_object (task);
  Farewell *farewell = g_task_get_task_data (task);
  GError *error = NULL;

  if (!confabd_store_leave_finish (CONFABD_STORE (object), result, &error)) {
    farewell_retry (farewell_new (self, farewell->participant_id, farewell->reason), error);
    g_task_return_error (task, error);
    return;
  }
  g_task_return_boolean (task, TRUE);
}

/**
 * confabd_calls_leave_async:
 * @reason: why: `left`, `lost`, `too-slow`
 *
 * Takes a participant out of their call. They count as gone at once, and what the disk refuses to
 * note now it is asked again later. Leaving twice, or after the end, is no error.
 */
void
confabd_calls_leave_async (ConfabdCalls *self,
                           const char *participant_id,
                           const char *reason,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  Farewell *farewell = NULL;
  GTask *task = NULL;

  g_return_if_fail (CONFABD_IS_CALLS (self));
  g_return_if_fail (participant_id != NULL && reason != NULL);

  confabd_calls_note_left (self, participant_id);
  farewell = farewell_new (self, participant_id, reason);
  task = confabd_calls_begin (self, confabd_calls_leave_async, cancellable, callback, user_data);
  g_task_set_task_data (task, farewell, (GDestroyNotify) farewell_free);
  /* Who leaves has left, also when nobody wants to hear of it any more. */
  confabd_store_leave_async (self->store, participant_id, reason, farewell->left_at, NULL, on_left,
                             task);
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

static const char *
get_user_id (ConfabdPrincipal *principal)
{
  return principal != NULL ? confab_user_get_id (confabd_principal_get_user (principal)) : NULL;
}

/**
 * confabd_calls_end_async:
 * @principal: (nullable): who ends it; %NULL for the daemon itself
 * @reason: why: `ended-by-host`, `ended-by-admin`, `empty`, `too-long`; `expired` makes the call
 * expire
 *
 * Ends a call for everybody in it.
 *
 * Finishes with %CONFAB_ERROR_NO_SUCH_CALL for whoever was not let in, %CONFAB_ERROR_NOT_ALLOWED
 * for who is not its host, %CONFAB_ERROR_CALL_OVER for a second end.
 */
void
confabd_calls_end_async (ConfabdCalls *self,
                         ConfabdPrincipal *principal,
                         const char *call_id,
                         const char *reason,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GDateTime) now = NULL;
  ConfabdAuditFacts facts;
  ConfabCallEvent event;

  g_return_if_fail (CONFABD_IS_CALLS (self));
  g_return_if_fail (reason != NULL);

  task = confabd_calls_begin (self, confabd_calls_end_async, cancellable, callback, user_data);
  if (confabd_calls_refuse_unknown (task, call_id)) {
    return;
  }
  now = confab_clock_dup_now (self->clock);
  event = g_str_equal (reason, "expired") ? CONFAB_CALL_EVENT_EXPIRE : CONFAB_CALL_EVENT_END;
  facts = confabd_audit_note_to_facts (&(ConfabdAuditNote){ .action = CONFABD_AUDIT_CALL_ENDED,
                                                            .principal = principal,
                                                            .target = call_id,
                                                            .is_success = TRUE,
                                                            .detail = reason });
  /* Not to be cancelled: the others must hear of an end that is on the disk. */
  confabd_store_end_call_async (self->store, get_user_id (principal), call_id, event, reason, now,
                                &facts, NULL, on_ended, g_steal_pointer (&task));
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
