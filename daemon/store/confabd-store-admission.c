/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-store-calls.h"
#include "confabd-store-private.h"
#include "confabd-store-rows-private.h"

/* A call of 100 has no use for more, and strangers with its link cannot fill the table. */
#define MAX_MEMBERS 5000

typedef struct {
  ConfabUser *user;  /* (owned) */
  char *code;        /* (owned) (nullable) one of the two */
  char *secret_hash; /* (owned) (nullable) */
  gint64 now_us;
} Knock;

static void
knock_free (Knock *self)
{
  confab_user_unref (self->user);
  g_free (self->code);
  g_free (self->secret_hash);
  g_free (self);
}

/**
 * confabd_admission_free:
 * @self: (transfer full): an admission
 */
void
confabd_admission_free (ConfabdAdmission *self)
{
  g_clear_pointer (&self->call, confab_call_unref);
  g_free (self);
}

static char *
find_call_of_code (ConfabdConnection *connection, const char *code, GError **error)
{
  g_autoptr (GVariant) row = NULL;
  char *call_id = NULL;

  if (!confabd_connection_query_one (connection, "SELECT id FROM calls WHERE code = $1",
                                     g_variant_new ("(s)", code), "(s)", &row, error)) {
    return NULL;
  }
  if (row == NULL) {
    confabd_rows_set_no_such_call (error);
    return NULL;
  }
  g_variant_get (row, "(s)", &call_id);
  return call_id;
}

static ConfabInvite *
row_to_invite (GVariant *row, GError **error)
{
  g_autoptr (GDateTime) expires_at = NULL;
  g_autoptr (GDateTime) revoked_at = NULL;
  const char *id;
  const char *call_id;
  const char *made_by;
  const char *role_name;
  ConfabRole role;
  gboolean is_counted, expires, is_revoked;
  gint64 expires_us, revoked_us;
  gint32 uses_left;

  g_variant_get (row, "(&s&s&s&smimxmx)", &id, &call_id, &made_by, &role_name, &is_counted,
                 &uses_left, &expires, &expires_us, &is_revoked, &revoked_us);
  if (!confab_role_from_string (role_name, &role)) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                 "The database holds an unusable invite “%s”", id);
    return NULL;
  }
  expires_at = expires ? confab_time_from_unix_us (expires_us) : NULL;
  revoked_at = is_revoked ? confab_time_from_unix_us (revoked_us) : NULL;
  return confab_invite_new (id, call_id, made_by, role, is_counted ? uses_left : -1, expires_at,
                            revoked_at);
}

static ConfabInvite *
find_invite (ConfabdConnection *connection, const char *secret_hash, GError **error)
{
  g_autoptr (GVariant) row = NULL;

  if (!confabd_connection_query_one (
          connection,
          "SELECT id, call_id, made_by, role, uses_left, expires_at, revoked_at"
          " FROM invites WHERE secret_hash = $1",
          g_variant_new ("(s)", secret_hash), "(ssssmimxmx)", &row, error)) {
    return NULL;
  }
  if (row == NULL) {
    confabd_rows_set_no_such_call (error);
    return NULL;
  }
  return row_to_invite (row, error);
}

static gboolean
check_room_for_member (ConfabdConnection *connection, const char *call_id, GError **error)
{
  g_autoptr (GVariant) row = NULL;
  guint n_members = 0;

  if (!confabd_connection_query_one (connection,
                                     "SELECT count(*) FROM memberships WHERE call_id = $1",
                                     g_variant_new ("(s)", call_id), "(u)", &row, error)) {
    return FALSE;
  }
  g_variant_get (row, "(u)", &n_members);
  if (n_members >= MAX_MEMBERS) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_TOO_MANY,
                         "Too many people were let into this call");
    return FALSE;
  }
  return TRUE;
}

/* One writer, one transaction: of two who come with the last use, one finds none. */
static gboolean
use_invite (ConfabdConnection *connection, ConfabInvite *invite, gint64 now_us, GError **error)
{
  g_autoptr (GDateTime) now = confab_time_from_unix_us (now_us);

  if (!confab_invite_is_usable (invite, now)) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                         "The invitation is not valid any more");
    return FALSE;
  }
  if (confab_invite_get_uses_left (invite) < 0) {
    return TRUE;
  }
  return confabd_connection_execute (
      connection, "UPDATE invites SET uses_left = uses_left - 1 WHERE id = $1",
      g_variant_new ("(s)", confab_invite_get_id (invite)), NULL, error);
}

/* Makes the user a member, or a member with more rights; never with fewer. */
static gboolean
let_in (ConfabdConnection *connection,
        Knock *data,
        ConfabCall *call,
        ConfabInvite *invite,
        ConfabRole *role,
        GError **error)
{
  const char *call_id = confab_call_get_id (call);
  const char *user_id = confab_user_get_id (data->user);
  ConfabRole offered = invite != NULL ? confab_invite_get_role (invite) : CONFAB_ROLE_SPEAKER;
  gboolean is_member = FALSE;

  if (!confabd_rows_find_role (connection, call_id, user_id, &is_member, role, error)) {
    return FALSE;
  }
  if (is_member && *role >= offered) {
    return TRUE;
  }
  *role = offered;
  return (is_member || check_room_for_member (connection, call_id, error)) &&
         (invite == NULL || use_invite (connection, invite, data->now_us, error)) &&
         confabd_rows_add_user (connection, data->user, error) &&
         confabd_rows_set_role (connection, call_id, user_id, offered, data->now_us, error);
}

static gpointer
run_admit (ConfabdConnection *connection, gpointer user_data, GError **error)
{
  Knock *data = user_data;
  g_autoptr (ConfabdAdmission) admission = g_new0 (ConfabdAdmission, 1);
  g_autoptr (ConfabInvite) invite = NULL;
  g_autofree char *call_id = NULL;

  if (data->code != NULL) {
    call_id = find_call_of_code (connection, data->code, error);
  } else {
    invite = find_invite (connection, data->secret_hash, error);
    call_id = invite != NULL ? g_strdup (confab_invite_get_call_id (invite)) : NULL;
  }
  if (call_id == NULL) {
    return NULL;
  }
  admission->call = confabd_rows_find_call (connection, call_id, error);
  if (admission->call == NULL || !confabd_rows_check_open (admission->call, data->now_us, error) ||
      !confabd_rows_check_place (connection, admission->call, error) ||
      !let_in (connection, data, admission->call, invite, &admission->role, error)) {
    return NULL;
  }
  return g_steal_pointer (&admission);
}

/**
 * confabd_store_admit_async:
 * @code: (nullable): the code of a call, in its one spelling; or
 * @secret_hash: (nullable): SHA-256 of an invitation's secret, in hexadecimal
 *
 * Makes a user a member of the call that a code or an invitation opens, and uses the invitation up
 * by one unless the user may do as much already.
 *
 * Finishes with %CONFAB_ERROR_NO_SUCH_CALL, %CONFAB_ERROR_CALL_OVER, %CONFAB_ERROR_CALL_FULL,
 * %CONFAB_ERROR_NOT_ALLOWED for an invitation that is not valid any more, and
 * %CONFAB_ERROR_TOO_MANY.
 */
void
confabd_store_admit_async (ConfabdStore *self,
                           ConfabUser *user,
                           const char *code,
                           const char *secret_hash,
                           GDateTime *now,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  Knock *data = NULL;
  ConfabdWork work = { run_admit, NULL, (GDestroyNotify) knock_free, NULL };

  g_return_if_fail ((code != NULL) != (secret_hash != NULL));

  data = g_new0 (Knock, 1);
  data->user = confab_user_ref (user);
  data->code = g_strdup (code);
  data->secret_hash = g_strdup (secret_hash);
  data->now_us = confab_time_to_unix_us (now);
  work.data = data;
  work.free_result = (GDestroyNotify) confabd_admission_free;
  confabd_store_write (self, &work, confabd_store_admit_async, cancellable, callback, user_data);
}

/**
 * confabd_store_admit_finish:
 *
 * Returns: (transfer full): the call, and what the user may be in it
 */
ConfabdAdmission *
confabd_store_admit_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_admit_async, error);
}
