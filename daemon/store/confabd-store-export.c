/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confabd-store-export.h"
#include "confabd-store-private.h"
#include "confabd-store-users-private.h"

/* All that is kept of somebody, for them to have. */

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
