/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-store-keys.h"
#include "confabd-store-private.h"
#include "confabd-store-rows-private.h"

#define COLUMNS \
  "k.id, k.user_id, k.name, k.prefix, k.scopes, k.created_at, k.expires_at, k.last_used_at"
#define ROW "(sssssxmxmx)"

/* Values */

static void
key_clear (ConfabdKey *self)
{
  g_free (self->id);
  g_free (self->user_id);
  g_free (self->name);
  g_free (self->prefix);
  g_strfreev (self->scopes);
  g_date_time_unref (self->created_at);
  g_clear_pointer (&self->expires_at, g_date_time_unref);
  g_clear_pointer (&self->last_used_at, g_date_time_unref);
}

static GDateTime *
ref_or_null (GDateTime *time)
{
  return time != NULL ? g_date_time_ref (time) : NULL;
}

/**
 * confabd_key_new:
 * @fields: what it is to say; copied
 *
 * Returns: (transfer full): the key
 */
ConfabdKey *
confabd_key_new (const ConfabdKey *fields)
{
  ConfabdKey *self = g_atomic_rc_box_new (ConfabdKey);

  *self = *fields;
  self->id = g_strdup (fields->id);
  self->user_id = g_strdup (fields->user_id);
  self->name = g_strdup (fields->name);
  self->prefix = g_strdup (fields->prefix);
  self->scopes = g_strdupv (fields->scopes);
  self->created_at = g_date_time_ref (fields->created_at);
  self->expires_at = ref_or_null (fields->expires_at);
  self->last_used_at = ref_or_null (fields->last_used_at);
  return self;
}

/**
 * confabd_key_ref:
 * @self: a key
 *
 * Returns: (transfer full): @self
 */
ConfabdKey *
confabd_key_ref (ConfabdKey *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * confabd_key_unref:
 * @self: (transfer full): a key
 */
void
confabd_key_unref (ConfabdKey *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) key_clear);
}

/**
 * confabd_key_owner_free:
 * @self: (transfer full): a key and its owner
 */
void
confabd_key_owner_free (ConfabdKeyOwner *self)
{
  g_clear_pointer (&self->key, confabd_key_unref);
  g_clear_pointer (&self->user, confab_user_unref);
  g_free (self);
}

static ConfabdKey *
row_to_key (GVariant *row)
{
  ConfabdKey fields = { NULL };
  g_autoptr (GDateTime) created_at = NULL;
  g_autoptr (GDateTime) expires_at = NULL;
  g_autoptr (GDateTime) last_used_at = NULL;
  g_auto (GStrv) scopes = NULL;
  const char *scope_text;
  gboolean has_expiry, is_used;
  gint64 created_us, expires_us, last_used_us;

  g_variant_get (row, "(&s&s&s&s&sxmxmx)", &fields.id, &fields.user_id, &fields.name,
                 &fields.prefix, &scope_text, &created_us, &has_expiry, &expires_us, &is_used,
                 &last_used_us);
  fields.scopes = scopes = g_strsplit (scope_text, " ", -1);
  fields.created_at = created_at = confab_time_from_unix_us (created_us);
  fields.expires_at = expires_at = has_expiry ? confab_time_from_unix_us (expires_us) : NULL;
  fields.last_used_at = last_used_at = is_used ? confab_time_from_unix_us (last_used_us) : NULL;
  return confabd_key_new (&fields);
}

/* What a piece of work is about. */
typedef struct {
  ConfabdKey *key; /* (owned) (nullable) */
  char *user_id;   /* (owned) "" for anybody */
  char *key_id;    /* (owned) (nullable) */
  char *prefix;    /* (owned) (nullable) */
  char *hash;      /* (owned) (nullable) */
  gint64 now_us;
} Task;

static void
task_free (Task *self)
{
  g_clear_pointer (&self->key, confabd_key_unref);
  g_free (self->user_id);
  g_free (self->key_id);
  g_free (self->prefix);
  g_free (self->hash);
  g_free (self);
}

static ConfabdWork
make_work (ConfabdWorkFunc run, Task *task, GDestroyNotify free_result)
{
  return (ConfabdWork){ run, task, (GDestroyNotify) task_free, free_result };
}

static Task *
task_for_choice (const ConfabdKeyChoice *choice)
{
  Task *task = g_new0 (Task, 1);

  task->user_id = g_strdup (choice->user_id != NULL ? choice->user_id : "");
  task->key_id = g_strdup (choice->key_id);
  task->now_us = confab_time_to_unix_us (choice->now);
  return task;
}

/* Adding */

static gboolean
check_place (ConfabdConnection *connection, const char *user_id, GError **error)
{
  g_autoptr (GVariant) row = NULL;
  guint n = 0;

  if (!confabd_connection_query_one (connection,
                                     "SELECT CAST (count(*) AS INTEGER) FROM api_keys WHERE "
                                     "user_id = $1 AND revoked_at IS NULL",
                                     g_variant_new ("(s)", user_id), "(u)", &row, error)) {
    return FALSE;
  }
  g_variant_get (row, "(u)", &n);
  if (n >= CONFABD_KEYS_PER_USER) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_CONFLICT,
                 "There are %d API keys already; revoke one first", CONFABD_KEYS_PER_USER);
    return FALSE;
  }
  return TRUE;
}

static gpointer
run_add (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Task *task = data;
  const ConfabdKey *key = task->key;
  g_autofree char *scopes = g_strjoinv (" ", key->scopes);
  gboolean expires = key->expires_at != NULL;

  if (!check_place (connection, key->user_id, error) ||
      !confabd_connection_execute (
          connection,
          "INSERT INTO api_keys (id, user_id, name, prefix, hash, scopes, created_at, expires_at)"
          " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
          g_variant_new ("(ssssssxmx)", key->id, key->user_id, key->name, key->prefix, task->hash,
                         scopes, confab_time_to_unix_us (key->created_at), expires,
                         expires ? confab_time_to_unix_us (key->expires_at) : 0),
          NULL, error)) {
    return NULL;
  }
  return confabd_key_ref (task->key);
}

/**
 * confabd_key_work_add:
 * @key: a new key
 * @hash: of its secret
 *
 * Keeps a key. Fails with %CONFAB_ERROR_CONFLICT when its owner has %CONFABD_KEYS_PER_USER.
 *
 * Returns: the work; its result is @key
 */
ConfabdWork
confabd_key_work_add (ConfabdKey *key, const char *hash)
{
  Task *task = g_new0 (Task, 1);

  task->key = confabd_key_ref (key);
  task->hash = g_strdup (hash);
  return make_work (run_add, task, (GDestroyNotify) confabd_key_unref);
}

/* Listing */

static gpointer
run_list (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Task *task = data;
  g_autoptr (GPtrArray) rows = confabd_connection_query (
      connection,
      "SELECT " COLUMNS " FROM api_keys k WHERE k.user_id = $1 AND k.revoked_at IS NULL"
      " ORDER BY k.created_at, k.id LIMIT $2",
      g_variant_new ("(su)", task->user_id, (guint) CONFABD_KEYS_PER_USER), ROW, error);
  GPtrArray *keys = NULL;

  if (rows == NULL) {
    return NULL;
  }
  keys = g_ptr_array_new_full (rows->len, (GDestroyNotify) confabd_key_unref);
  for (guint i = 0; i < rows->len; i++) {
    g_ptr_array_add (keys, row_to_key (rows->pdata[i]));
  }
  return keys;
}

/**
 * confabd_key_work_list:
 * @choice: whose; not anybody's
 *
 * Returns: the work; its result is a #GPtrArray of #ConfabdKey, in the order of making
 */
ConfabdWork
confabd_key_work_list (const ConfabdKeyChoice *choice)
{
  return make_work (run_list, task_for_choice (choice), (GDestroyNotify) g_ptr_array_unref);
}

/* Changing */

static ConfabdKey *
find_key (ConfabdConnection *connection, const Task *task, GError **error)
{
  g_autoptr (GVariant) row = NULL;

  if (!confabd_connection_query_one (
          connection,
          "SELECT " COLUMNS " FROM api_keys k"
          " WHERE k.id = $1 AND (k.user_id = $2 OR $2 = '') AND k.revoked_at IS NULL",
          g_variant_new ("(ss)", task->key_id, task->user_id), ROW, &row, error)) {
    return NULL;
  }
  if (row == NULL) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND, "There is no such API key");
    return NULL;
  }
  return row_to_key (row);
}

static gpointer
run_rotate (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Task *task = data;
  g_autoptr (ConfabdKey) key = find_key (connection, task, error);

  if (key == NULL ||
      !confabd_connection_execute (
          connection,
          "UPDATE api_keys SET hash = $2, prefix = $3, last_used_at = NULL WHERE id = $1",
          g_variant_new ("(sss)", key->id, task->hash, task->prefix), NULL, error)) {
    return NULL;
  }
  return find_key (connection, task, error);
}

/**
 * confabd_key_work_rotate:
 * @choice: which
 * @secret: the new one
 *
 * Puts another secret in the place of the one that was. Fails with %CONFAB_ERROR_NOT_FOUND.
 *
 * Returns: the work; its result is the #ConfabdKey
 */
ConfabdWork
confabd_key_work_rotate (const ConfabdKeyChoice *choice, const ConfabdKeySecret *secret)
{
  Task *task = task_for_choice (choice);

  task->prefix = g_strdup (secret->prefix);
  task->hash = g_strdup (secret->hash);
  return make_work (run_rotate, task, (GDestroyNotify) confabd_key_unref);
}

static gpointer
run_revoke (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Task *task = data;
  g_autoptr (ConfabdKey) key = find_key (connection, task, error);

  if (key == NULL ||
      !confabd_connection_execute (connection, "UPDATE api_keys SET revoked_at = $2 WHERE id = $1",
                                   g_variant_new ("(sx)", key->id, task->now_us), NULL, error)) {
    return NULL;
  }
  return g_steal_pointer (&key);
}

/**
 * confabd_key_work_revoke:
 * @choice: which
 *
 * Makes a key worth nothing. Fails with %CONFAB_ERROR_NOT_FOUND.
 *
 * Returns: the work; its result is the #ConfabdKey
 */
ConfabdWork
confabd_key_work_revoke (const ConfabdKeyChoice *choice)
{
  return make_work (run_revoke, task_for_choice (choice), (GDestroyNotify) confabd_key_unref);
}

/* Using */

static gpointer
run_find (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Task *task = data;
  g_autoptr (ConfabdKeyOwner) owner = NULL;
  g_autoptr (GVariant) row = NULL;
  g_autoptr (GVariant) user_row = NULL;

  if (!confabd_connection_query_one (
          connection,
          "SELECT " COLUMNS " FROM api_keys k JOIN users u ON u.id = k.user_id"
          " WHERE k.hash = $1 AND k.revoked_at IS NULL"
          " AND (k.expires_at IS NULL OR k.expires_at > $2)"
          " AND u.disabled_at IS NULL AND u.deleted_at IS NULL",
          g_variant_new ("(sx)", task->hash, task->now_us), ROW, &row, error)) {
    return NULL;
  }
  if (row == NULL) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED,
                         "The API key is not good, or not any more");
    return NULL;
  }
  owner = g_new0 (ConfabdKeyOwner, 1);
  owner->key = row_to_key (row);
  if (!confabd_connection_query_one (
          connection, "SELECT " CONFABD_USER_COLUMNS " FROM users u WHERE u.id = $1",
          g_variant_new ("(s)", owner->key->user_id), CONFABD_USER_ROW, &user_row, error)) {
    return NULL;
  }
  owner->user = confabd_row_to_user (user_row, error);
  return owner->user != NULL ? g_steal_pointer (&owner) : NULL;
}

/**
 * confabd_key_work_find:
 * @hash: of what somebody showed
 * @now: the time
 *
 * Finds a key that is good now. Fails with %CONFAB_ERROR_NOT_AUTHENTICATED.
 *
 * Returns: the work; its result is a #ConfabdKeyOwner
 */
ConfabdWork
confabd_key_work_find (const char *hash, GDateTime *now)
{
  Task *task = g_new0 (Task, 1);

  task->hash = g_strdup (hash);
  task->now_us = confab_time_to_unix_us (now);
  return make_work (run_find, task, (GDestroyNotify) confabd_key_owner_free);
}

static gpointer
run_note_use (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Task *task = data;

  confabd_connection_execute (connection, "UPDATE api_keys SET last_used_at = $2 WHERE id = $1",
                              g_variant_new ("(sx)", task->key_id, task->now_us), NULL, error);
  return NULL;
}

/**
 * confabd_key_work_note_use:
 * @key_id: a key
 * @now: the time
 *
 * Returns: the work; it has no result
 */
ConfabdWork
confabd_key_work_note_use (const char *key_id, GDateTime *now)
{
  const ConfabdKeyChoice choice = { NULL, key_id, now };

  return make_work (run_note_use, task_for_choice (&choice), NULL);
}

/* In a daemon */

/**
 * confabd_store_write_key_async:
 * @work: of the functions above
 *
 * Does what changes keys.
 */
void
confabd_store_write_key_async (ConfabdStore *self,
                               const ConfabdWork *work,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  confabd_store_write (self, work, confabd_store_key_finish, cancellable, callback, user_data);
}

/**
 * confabd_store_read_key_async:
 * @work: of the functions above
 *
 * Does what looks at keys.
 */
void
confabd_store_read_key_async (ConfabdStore *self,
                              const ConfabdWork *work,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  confabd_store_read (self, work, confabd_store_key_finish, cancellable, callback, user_data);
}

/**
 * confabd_store_key_finish:
 *
 * Returns: (transfer full) (nullable): the result of the work
 */
gpointer
confabd_store_key_finish (ConfabdStore *self, GAsyncResult *result, GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_key_finish, error);
}
