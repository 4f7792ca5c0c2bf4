/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confab-permission.h"
#include "confab-time.h"
#include "confabd-audit-chain.h"
#include "confabd-store-calls.h"
#include "confabd-store-private.h"
#include "confabd-store-rows-private.h"

/* What can be another in a call that is there already. */

typedef struct {
  char *user_id; /* (owned) */
  char *call_id; /* (owned) */
  ConfabRecordingPolicy recording_policy;
  GDateTime *now;   /* (owned) */
  GPtrArray *audit; /* (element-type ConfabdAuditEntry) (owned) the one entry about it */
} Change;

static void
change_free (Change *self)
{
  g_free (self->user_id);
  g_free (self->call_id);
  g_date_time_unref (self->now);
  g_ptr_array_unref (self->audit);
  g_free (self);
}

static gboolean
check_may_change (ConfabdConnection *connection, Change *data, GError **error)
{
  gboolean is_member = FALSE;
  ConfabRole role = CONFAB_ROLE_LISTENER;

  if (!confabd_rows_find_role (connection, data->call_id, data->user_id, &is_member, &role,
                               error)) {
    return FALSE;
  }
  if (!is_member) {
    confabd_rows_set_no_such_call (error);
    return FALSE;
  }
  if (!confab_call_permission_is_granted (CONFAB_CALL_PERMISSION_CHANGE, role)) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                         "Only its moderators may change a call");
    return FALSE;
  }
  return TRUE;
}

static gboolean
write_change (ConfabdConnection *connection, Change *data, GError **error)
{
  return confabd_connection_execute (
             connection, "UPDATE calls SET recording_policy = $2, updated_at = $3 WHERE id = $1",
             g_variant_new ("(ssx)", data->call_id,
                            confab_recording_policy_to_string (data->recording_policy),
                            confab_time_to_unix_us (data->now)),
             NULL, error) &&
         confabd_audit_chain_append (connection, data->audit, NULL, NULL, error);
}

static gpointer
run_change (ConfabdConnection *connection, gpointer user_data, GError **error)
{
  Change *data = user_data;
  g_autoptr (ConfabCall) call = NULL;

  if (!check_may_change (connection, data, error)) {
    return NULL;
  }
  call = confabd_rows_find_call (connection, data->call_id, error);
  if (call == NULL || !confabd_rows_check_open (call, confab_time_to_unix_us (data->now), error) ||
      !write_change (connection, data, error)) {
    return NULL;
  }
  return confab_call_with_recording_policy (call, data->recording_policy);
}

/**
 * confabd_store_change_call_async:
 * @user_id: who changes it
 * @recording_policy: who may record it from now on
 * @now: the moment
 * @facts: what the audit log says of it; copied
 *
 * Changes a call and writes down who did. Finishes with %CONFAB_ERROR_NO_SUCH_CALL for whoever is
 * not a member, %CONFAB_ERROR_NOT_ALLOWED for who is not one of its moderators, and
 * %CONFAB_ERROR_CALL_OVER. Not to be cancelled: the others must hear of a change that is on the
 * disk.
 */
void
confabd_store_change_call_async (ConfabdStore *self,
                                 const char *user_id,
                                 const char *call_id,
                                 ConfabRecordingPolicy recording_policy,
                                 GDateTime *now,
                                 const ConfabdAuditFacts *facts,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  Change *data = g_new0 (Change, 1);
  const ConfabdWork work = { run_change, data, (GDestroyNotify) change_free,
                             (GDestroyNotify) confab_call_unref };

  data->user_id = g_strdup (user_id);
  data->call_id = g_strdup (call_id);
  data->recording_policy = recording_policy;
  data->now = g_date_time_ref (now);
  data->audit = confabd_store_make_entry (facts, now);
  confabd_store_write (self, &work, confabd_store_change_call_async, NULL, callback, user_data);
}

/**
 * confabd_store_change_call_finish:
 *
 * Returns: (transfer full): the call as it is now
 */
ConfabCall *
confabd_store_change_call_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_change_call_async, error);
}
