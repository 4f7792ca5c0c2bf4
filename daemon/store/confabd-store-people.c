/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-store-people.h"
#include "confabd-store-private.h"
#include "confabd-store-users-private.h"

/* Deleting */

typedef struct {
  char *user_id; /* (owned) */
  gint64 now_us;
} Delete;

static void
delete_free (Delete *self)
{
  g_free (self->user_id);
  g_free (self);
}

/* $1: the user. Calls that others were in stay, without them; what nobody else was in goes. */
static const char *const farewell[] = {
  "DELETE FROM calls WHERE creator_id = $1 AND state <> 'live'"
  " AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.call_id = calls.id AND m.user_id <> $1)"
  " AND NOT EXISTS (SELECT 1 FROM participants p WHERE p.call_id = calls.id"
  " AND (p.user_id IS NULL OR p.user_id <> $1))",
  "UPDATE participants SET user_id = NULL, display_name = 'Deleted user' WHERE user_id = $1",
  "DELETE FROM memberships WHERE user_id = $1",
  /* What was revoked stays until its tokens expire: they let nobody in after a restart, either. */
  "UPDATE sessions SET device_name = '', address = NULL WHERE user_id = $1",
  "DELETE FROM letters WHERE user_id = $1",
  "DELETE FROM contacts WHERE user_id = $1",
  "DELETE FROM contacts WHERE other_id = $1",
  "DELETE FROM user_names WHERE user_id = $1",
};

/* They stay for a while as well: daemons learn from them which sockets to close. */
static gboolean
revoke_keys (ConfabdConnection *connection, const Delete *self, GError **error)
{
  return confabd_connection_execute (
      connection,
      "UPDATE api_keys SET name = '', revoked_at = coalesce (revoked_at, $2) WHERE user_id = $1",
      g_variant_new ("(sx)", self->user_id, self->now_us), NULL, error);
}

/* A row stays, since calls of others refer to it, with nothing in it that is about somebody. */
static gboolean
make_nobody (ConfabdConnection *connection, const Delete *self, GError **error)
{
  return confabd_connection_execute (
      connection,
      "UPDATE users SET display_name = 'Deleted user', role = 'guest', login_name = NULL,"
      " email = NULL, email_verified_at = NULL, avatar_url = NULL, time_zone = NULL, locale = NULL,"
      " password_hash = NULL, password_changed_at = NULL, telegram_id = NULL, disabled_at = NULL,"
      " last_login_at = NULL, deleted_at = $2, updated_at = $2 WHERE id = $1",
      g_variant_new ("(sx)", self->user_id, self->now_us), NULL, error);
}

static gboolean
check_not_owner (ConfabProfile *profile, GError **error)
{
  if (confab_user_get_role (confab_profile_get_user (profile)) != CONFAB_USER_ROLE_OWNER) {
    return TRUE;
  }
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT,
                       "The last owner stays: make somebody else the owner first");
  return FALSE;
}

static gpointer
run_delete (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Delete *self = data;
  g_autoptr (ConfabProfile) profile = confabd_users_find (connection, self->user_id, error);

  if (profile == NULL || !check_not_owner (profile, error)) {
    return NULL;
  }
  for (guint i = 0; i < G_N_ELEMENTS (farewell); i++) {
    if (!confabd_connection_execute (connection, farewell[i], g_variant_new ("(s)", self->user_id),
                                     NULL, error)) {
      return NULL;
    }
  }
  if (revoke_keys (connection, self, error)) {
    make_nobody (connection, self, error);
  }
  return NULL;
}

/**
 * confabd_store_delete_user_async:
 * @user_id: who
 * @now: when
 *
 * Deletes what makes somebody a person. The calls of others stay as they were, with somebody in
 * them who is nobody now; so does what the audit says, which would not hold without.
 */
void
confabd_store_delete_user_async (ConfabdStore *self,
                                 const char *user_id,
                                 GDateTime *now,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  Delete *copy = g_new0 (Delete, 1);
  const ConfabdWork work = { run_delete, copy, (GDestroyNotify) delete_free, NULL };

  copy->user_id = g_strdup (user_id);
  copy->now_us = confab_time_to_unix_us (now);
  confabd_store_write (self, &work, confabd_store_delete_user_async, cancellable, callback,
                       user_data);
}

/**
 * confabd_store_delete_user_finish:
 *
 * Fails with %CONFAB_ERROR_NOT_FOUND, and with %CONFAB_ERROR_CONFLICT for the owner.
 *
 * Returns: whether they are gone
 */
gboolean
confabd_store_delete_user_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate_done (self, result, confabd_store_delete_user_async, error);
}

/* Exporting */

typedef struct {
  const char *name;
  const char *sql; /* $1: the user */
  const char *row_type;
  const char *const *columns;
} Section;

#define COLUMNS(...)    \
  (const char *const[]) \
  {                     \
    __VA_ARGS__, NULL   \
  }

/* clang-format off */
static const Section sections[] = {
  { "sessions",
    "SELECT id, device_name, kind, address, is_trusted, created_at, last_seen_at, expires_at,"
    " revoked_at FROM sessions WHERE user_id = $1 ORDER BY created_at, id",
    "(sssmsbxxxmx)",
    COLUMNS ("id", "device_name", "kind", "address", "trusted", "created_at", "last_seen_at",
             "expires_at", "revoked_at") },
  { "api_keys",
    "SELECT id, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at"
    " FROM api_keys WHERE user_id = $1 ORDER BY created_at, id",
    "(ssssxmxmxmx)",
    COLUMNS ("id", "name", "prefix", "scopes", "created_at", "expires_at", "last_used_at",
             "revoked_at") },
  { "calls",
    "SELECT id, code, title, state, created_at, started_at, ended_at"
    " FROM calls WHERE creator_id = $1 ORDER BY created_at, id",
    "(ssmssxmxmx)",
    COLUMNS ("id", "code", "title", "state", "created_at", "started_at", "ended_at") },
  { "participations",
    "SELECT p.id, p.call_id, c.title, p.display_name, p.role, p.joined_at, p.left_at,"
    " p.leave_reason FROM participants p JOIN calls c ON c.id = p.call_id"
    " WHERE p.user_id = $1 ORDER BY p.joined_at, p.id",
    "(ssmsssxmxms)",
    COLUMNS ("id", "call_id", "title", "display_name", "role", "joined_at", "left_at",
             "leave_reason") },
  { "quality",
    "SELECT q.call_id, q.at, q.participant_id, q.peer_id, q.rtt_us, q.jitter_us, q.lost_ppm,"
    " q.bitrate_bps, q.level_millidbov, q.mouth_to_ear_us, q.mos_millis"
    " FROM participants p JOIN quality_samples q"
    " ON q.call_id = p.call_id AND q.participant_id = p.id"
    " WHERE p.user_id = $1 ORDER BY q.at, q.call_id, q.participant_id, q.peer_id",
    "(sxssmxxxxxmxx)",
    COLUMNS ("call_id", "at", "participant_id", "peer_id", "rtt_us", "jitter_us", "lost_ppm",
             "bitrate_bps", "level_millidbov", "mouth_to_ear_us", "mos_millis") },
  { "contacts",
    "SELECT other_id, state, is_favourite, created_at, updated_at"
    " FROM contacts WHERE user_id = $1 ORDER BY other_id",
    "(ssbxx)",
    COLUMNS ("user_id", "state", "favourite", "created_at", "updated_at") },
  { "audit_by_me",
    "SELECT seq, at, action, target, address, result, detail"
    " FROM audit_entries WHERE actor_id = $1 ORDER BY seq",
    "(xxsmsmssms)",
    COLUMNS ("seq", "at", "action", "target", "address", "result", "detail") },
  { "audit_about_me",
    "SELECT seq, at, actor, action, result, detail"
    " FROM audit_entries WHERE target = $1 ORDER BY seq",
    "(xxsssms)",
    COLUMNS ("seq", "at", "actor", "action", "result", "detail") },
};
/* clang-format on */

static void
section_free (ConfabdExportSection *self)
{
  g_ptr_array_unref (self->rows);
  g_free (self);
}

/**
 * confabd_export_free:
 * @self: (transfer full): an export
 */
void
confabd_export_free (ConfabdExport *self)
{
  g_clear_pointer (&self->profile, confab_profile_unref);
  g_ptr_array_unref (self->sections);
  g_free (self);
}

static gboolean
add_section (ConfabdConnection *connection,
             ConfabdExport *export_,
             const Section *section,
             const char *user_id,
             GError **error)
{
  GPtrArray *rows = confabd_connection_query (
      connection, section->sql, g_variant_new ("(s)", user_id), section->row_type, error);
  ConfabdExportSection *copy = NULL;

  if (rows == NULL) {
    return FALSE;
  }
  copy = g_new0 (ConfabdExportSection, 1);
  copy->name = section->name;
  copy->columns = section->columns;
  copy->rows = rows;
  g_ptr_array_add (export_->sections, copy);
  return TRUE;
}

static gpointer
run_export (ConfabdConnection *connection, gpointer data, GError **error)
{
  const char *user_id = data;
  g_autoptr (ConfabdExport) export_ = g_new0 (ConfabdExport, 1);

  export_->sections = g_ptr_array_new_with_free_func ((GDestroyNotify) section_free);
  export_->profile = confabd_users_find (connection, user_id, error);
  if (export_->profile == NULL) {
    return NULL;
  }
  for (guint i = 0; i < G_N_ELEMENTS (sections); i++) {
    if (!add_section (connection, export_, &sections[i], user_id, error)) {
      return NULL;
    }
  }
  return g_steal_pointer (&export_);
}

/**
 * confabd_store_export_user_async:
 * @user_id: who
 *
 * Gathers all that is kept of somebody, as it is at one moment. Hashes of passwords, tokens and
 * keys are not theirs to have.
 */
void
confabd_store_export_user_async (ConfabdStore *self,
                                 const char *user_id,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  const ConfabdWork work = { run_export, g_strdup (user_id), g_free,
                             (GDestroyNotify) confabd_export_free };

  confabd_store_read (self, &work, confabd_store_export_user_async, cancellable, callback,
                      user_data);
}

/**
 * confabd_store_export_user_finish:
 *
 * Returns: (transfer full): all of it; %NULL with %CONFAB_ERROR_NOT_FOUND
 */
ConfabdExport *
confabd_store_export_user_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_export_user_async, error);
}
