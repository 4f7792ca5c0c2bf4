/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-keys"

#include "config.h"

#include <string.h>

#include "confab-error.h"
#include "confabd-keys.h"

#define MAX_SECRET_BYTES 64
#define NOTE_USE_US      (60 * G_TIME_SPAN_SECOND) /* a write a minute and key */
#define AUDIT_USE_US     G_TIME_SPAN_HOUR /* “is it in use?”, and not a line a request */

/**
 * ConfabdKeys:
 *
 * What programs show instead of a person. A key is looked up each time it is shown, so that it is
 * worth nothing from the moment it is revoked, by whomever, and its owner's role is the one of now.
 */
struct _ConfabdKeys {
  GObject parent_instance;

  ConfabdStore *store; /* (owned) */
  ConfabClock *clock;  /* (owned) */
  ConfabdAudit *audit; /* (owned) */
};

/* A change or a look that is under way. */
typedef struct {
  ConfabdAuditAction action;
  ConfabdPrincipal *principal; /* (owned) (nullable) */
  char *address;               /* (owned) (nullable) */
  char *secret;                /* (owned) (nullable) wiped */
} Pending;

G_DEFINE_FINAL_TYPE (ConfabdKeys, confabd_keys, G_TYPE_OBJECT)

static void
pending_free (Pending *self)
{
  g_clear_pointer (&self->principal, confabd_principal_unref);
  g_free (self->address);
  if (self->secret != NULL) {
    explicit_bzero (self->secret, strlen (self->secret));
    g_free (self->secret);
  }
  g_free (self);
}

static void
confabd_keys_finalize (GObject *object)
{
  ConfabdKeys *self = CONFABD_KEYS (object);

  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  g_clear_object (&self->audit);

  G_OBJECT_CLASS (confabd_keys_parent_class)->finalize (object);
}

static void
confabd_keys_class_init (ConfabdKeysClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_keys_finalize;

  /**
   * ConfabdKeys::revoked:
   * @key_id: which
   *
   * A key became worth nothing; whatever is open in its name has to be closed.
   */
  g_signal_new ("revoked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
confabd_keys_init (ConfabdKeys *self)
{
}

/**
 * confabd_keys_new:
 * @store: where keys are kept
 * @clock: their time
 * @audit: where it is written down what happens to them
 *
 * Returns: (transfer full): the keys
 */
ConfabdKeys *
confabd_keys_new (ConfabdStore *store, ConfabClock *clock, ConfabdAudit *audit)
{
  ConfabdKeys *self = g_object_new (CONFABD_TYPE_KEYS, NULL);

  self->store = g_object_ref (store);
  self->clock = g_object_ref (clock);
  self->audit = g_object_ref (audit);
  return self;
}

static GTask *
begin (ConfabdKeys *self,
       gpointer tag,
       const Pending *about,
       GCancellable *cancellable,
       GAsyncReadyCallback callback,
       gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Pending *pending = g_new0 (Pending, 1);

  *pending = *about;
  if (about->principal != NULL) {
    pending->principal = confabd_principal_ref (about->principal);
  }
  pending->address = g_strdup (about->address);
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, pending, (GDestroyNotify) pending_free);
  return task;
}

/* Changing */

static void
on_changed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdKeys *self = g_task_get_source_object (task);
  const Pending *pending = g_task_get_task_data (task);
  GError *error = NULL;
  ConfabdKey *key = confabd_store_key_finish (CONFABD_STORE (object), result, &error);
  ConfabdAuditNote note = { 0 };

  if (key == NULL) {
    g_task_return_error (task, error);
    return;
  }
  note.action = pending->action;
  note.principal = pending->principal;
  note.target = key->id;
  note.address = pending->address;
  note.is_success = TRUE;
  confabd_audit_write (self->audit, &note);
  if (pending->action != CONFABD_AUDIT_KEY_CREATED) {
    g_signal_emit_by_name (self, "revoked", key->id);
  }
  g_task_return_pointer (task, key, (GDestroyNotify) confabd_key_unref);
}

/**
 * confabd_keys_create_async:
 * @principal: who asks, a person
 * @request: what they want
 * @address: (nullable): where they ask from
 *
 * Makes a key. Finishes with %CONFAB_ERROR_BAD_REQUEST, and %CONFAB_ERROR_CONFLICT when there are
 * too many.
 */
void
confabd_keys_create_async (ConfabdKeys *self,
                           ConfabdPrincipal *principal,
                           const ConfabdKeyRequest *request,
                           const char *address,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  const Pending about = { CONFABD_AUDIT_KEY_CREATED, principal, (char *) address, NULL };
  g_autoptr (GTask) task =
      begin (self, confabd_keys_change_finish, &about, cancellable, callback, user_data);
  Pending *pending = g_task_get_task_data (task);
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autoptr (ConfabdKey) key = NULL;
  g_autofree char *hash = NULL;
  GError *error = NULL;
  ConfabdWork work;

  key = confabd_key_make (confabd_principal_get_user (principal), request, now, &pending->secret,
                          &error);
  if (key == NULL) {
    g_task_return_error (task, error);
    return;
  }
  hash = confabd_key_hash (pending->secret);
  work = confabd_key_work_add (key, hash);
  confabd_store_write_key_async (self->store, &work, cancellable, on_changed,
                                 g_steal_pointer (&task));
}

/**
 * confabd_keys_rotate_async:
 * @principal: who asks, a person
 * @key_id: which of their keys
 * @address: (nullable): where they ask from
 *
 * Gives a key another secret; the one before is worth nothing from then on. Finishes with
 * %CONFAB_ERROR_NOT_FOUND when they have no such key.
 */
void
confabd_keys_rotate_async (ConfabdKeys *self,
                           ConfabdPrincipal *principal,
                           const char *key_id,
                           const char *address,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  const Pending about = { CONFABD_AUDIT_KEY_ROTATED, principal, (char *) address, NULL };
  g_autoptr (GTask) task =
      begin (self, confabd_keys_change_finish, &about, cancellable, callback, user_data);
  Pending *pending = g_task_get_task_data (task);
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  const char *user_id = confab_user_get_id (confabd_principal_get_user (principal));
  const ConfabdKeyChoice choice = { user_id, key_id, now };
  g_autofree char *prefix = NULL;
  g_autofree char *hash = NULL;
  ConfabdWork work;

  pending->secret = confabd_key_make_secret (&prefix);
  hash = confabd_key_hash (pending->secret);
  work = confabd_key_work_rotate (&choice, &(ConfabdKeySecret){ prefix, hash });
  confabd_store_write_key_async (self->store, &work, cancellable, on_changed,
                                 g_steal_pointer (&task));
}

/**
 * confabd_keys_revoke_async:
 * @principal: who asks, a person
 * @key_id: which of their keys
 * @address: (nullable): where they ask from
 *
 * Makes a key worth nothing. Finishes with %CONFAB_ERROR_NOT_FOUND when they have no such key.
 */
void
confabd_keys_revoke_async (ConfabdKeys *self,
                           ConfabdPrincipal *principal,
                           const char *key_id,
                           const char *address,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  const Pending about = { CONFABD_AUDIT_KEY_REVOKED, principal, (char *) address, NULL };
  GTask *task = begin (self, confabd_keys_change_finish, &about, cancellable, callback, user_data);
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  const char *user_id = confab_user_get_id (confabd_principal_get_user (principal));
  const ConfabdWork work = confabd_key_work_revoke (&(ConfabdKeyChoice){ user_id, key_id, now });

  confabd_store_write_key_async (self->store, &work, cancellable, on_changed, task);
}

/**
 * confabd_keys_change_finish:
 * @secret: (out) (optional) (transfer full) (nullable): of a key that was made or rotated
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the key
 */
ConfabdKey *
confabd_keys_change_finish (ConfabdKeys *self, GAsyncResult *result, char **secret, GError **error)
{
  Pending *pending = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, confabd_keys_change_finish), NULL);

  pending = g_task_get_task_data (G_TASK (result));
  if (secret != NULL && !g_task_had_error (G_TASK (result))) {
    *secret = g_steal_pointer (&pending->secret);
  }
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Listing */

static void
on_listed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GPtrArray *keys = confabd_store_key_finish (CONFABD_STORE (object), result, &error);

  if (keys != NULL) {
    g_task_return_pointer (task, keys, (GDestroyNotify) g_ptr_array_unref);
  } else {
    g_task_return_error (task, error);
  }
}

/**
 * confabd_keys_list_async:
 * @user_id: whose
 *
 * Lists the keys of a user, in the order of making.
 */
void
confabd_keys_list_async (ConfabdKeys *self,
                         const char *user_id,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  const ConfabdWork work = confabd_key_work_list (&(ConfabdKeyChoice){ user_id, NULL, now });

  g_task_set_source_tag (task, confabd_keys_list_async);
  confabd_store_read_key_async (self->store, &work, cancellable, on_listed, task);
}

/**
 * confabd_keys_list_finish:
 * @error: return location for a #GError
 *
 * Returns: (transfer full) (element-type ConfabdKey): at most %CONFABD_KEYS_PER_USER
 */
GPtrArray *
confabd_keys_list_finish (ConfabdKeys *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Using */

static void
on_use_noted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  confabd_store_key_finish (CONFABD_STORE (object), result, &error);
  if (error != NULL) {
    g_message ("That an API key was used is not noted: %s", error->message);
  }
}

static void
note_use (ConfabdKeys *self, const ConfabdKey *key, const Pending *pending, ConfabdPrincipal *who)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  gint64 unused_us =
      key->last_used_at != NULL ? g_date_time_difference (now, key->last_used_at) : G_MAXINT64;

  if (unused_us >= NOTE_USE_US) {
    const ConfabdWork work = confabd_key_work_note_use (key->id, now);

    confabd_store_write_key_async (self->store, &work, NULL, on_use_noted, NULL);
  }
  if (unused_us >= AUDIT_USE_US) {
    ConfabdAuditNote note = { 0 };

    note.action = CONFABD_AUDIT_KEY_USED;
    note.principal = who;
    note.target = key->id;
    note.address = pending->address;
    note.is_success = TRUE;
    confabd_audit_write (self->audit, &note);
  }
}

static void
on_found (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (ConfabdKeyOwner) owner =
      confabd_store_key_finish (CONFABD_STORE (object), result, &error);
  ConfabdPrincipal *principal = NULL;

  if (owner == NULL) {
    g_task_return_error (task, error);
    return;
  }
  principal = confabd_principal_new (CONFABD_PRINCIPAL_KEY, owner->user, owner->key->id,
                                     (const char *const *) owner->key->scopes);
  note_use (g_task_get_source_object (task), owner->key, g_task_get_task_data (task), principal);
  g_task_return_pointer (task, principal, (GDestroyNotify) confabd_principal_unref);
}

/**
 * confabd_keys_verify_async:
 * @secret: what a stranger sent
 * @address: (nullable): where from
 *
 * Tells who sent a request, in the name of whom. Finishes with %CONFAB_ERROR_NOT_AUTHENTICATED for
 * a key that is none, expired or revoked, or whose owner was shut out.
 */
void
confabd_keys_verify_async (ConfabdKeys *self,
                           const char *secret,
                           const char *address,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  const Pending about = { CONFABD_AUDIT_KEY_USED, NULL, (char *) address, NULL };
  g_autoptr (GTask) task =
      begin (self, confabd_keys_verify_async, &about, cancellable, callback, user_data);
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autofree char *hash = NULL;
  ConfabdWork work;

  if (strnlen (secret, MAX_SECRET_BYTES) == MAX_SECRET_BYTES) {
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED,
                             "The API key is not one of ours");
    return;
  }
  hash = confabd_key_hash (secret);
  work = confabd_key_work_find (hash, now);
  confabd_store_read_key_async (self->store, &work, cancellable, on_found, g_steal_pointer (&task));
}

/**
 * confabd_keys_verify_finish:
 * @error: return location for a #GError
 *
 * Returns: (transfer full): who it is
 */
ConfabdPrincipal *
confabd_keys_verify_finish (ConfabdKeys *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, confabd_keys_verify_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
