/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-calls"

#include "config.h"

#include "confabd-calls-private.h"

/* Changing a call that is there already. */

static void
on_changed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (ConfabCall) call = NULL;
  GError *error = NULL;

  call = confabd_store_change_call_finish (CONFABD_STORE (object), result, &error);
  if (call == NULL) {
    g_task_return_error (task, error);
    return;
  }
  confabd_calls_note_changed (g_task_get_source_object (task), call);
  g_task_return_pointer (task, g_steal_pointer (&call), (GDestroyNotify) confab_call_unref);
}

/**
 * confabd_calls_change_async:
 * @principal: who changes it
 * @recording_policy: who may record it from now on
 *
 * Changes a call for everybody in it: whoever records it and may not any more stops.
 *
 * Finishes with %CONFAB_ERROR_NO_SUCH_CALL for whoever was not let in, %CONFAB_ERROR_NOT_ALLOWED
 * for who is not one of its moderators, %CONFAB_ERROR_CALL_OVER when there is nothing to change any
 * more.
 */
void
confabd_calls_change_async (ConfabdCalls *self,
                            ConfabdPrincipal *principal,
                            const char *call_id,
                            ConfabRecordingPolicy recording_policy,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GDateTime) now = NULL;
  g_autofree char *detail = NULL;
  ConfabdAuditFacts facts;

  g_return_if_fail (CONFABD_IS_CALLS (self));
  g_return_if_fail (principal != NULL);

  task = confabd_calls_begin (self, confabd_calls_change_async, NULL, callback, user_data);
  if (confabd_calls_refuse_unknown (task, call_id)) {
    return;
  }
  now = confab_clock_dup_now (self->clock);
  detail =
      g_strconcat ("recording_policy=", confab_recording_policy_to_string (recording_policy), NULL);
  facts = confabd_audit_note_to_facts (&(ConfabdAuditNote){ .action = CONFABD_AUDIT_CALL_CHANGED,
                                                            .principal = principal,
                                                            .target = call_id,
                                                            .is_success = TRUE,
                                                            .detail = detail });
  confabd_store_change_call_async (
      self->store, confab_user_get_id (confabd_principal_get_user (principal)), call_id,
      recording_policy, now, &facts, on_changed, g_steal_pointer (&task));
}

/**
 * confabd_calls_change_finish:
 *
 * Returns: (transfer full): the call as it is now
 */
ConfabCall *
confabd_calls_change_finish (ConfabdCalls *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
