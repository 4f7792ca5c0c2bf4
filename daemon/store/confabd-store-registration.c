/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-store"

#include "config.h"

#include "confab-error.h"
#include "confab-time.h"
#include "confabd-store-private.h"
#include "confabd-store-registration.h"
#include "confabd-store-users-private.h"

/**
 * confabd_registration_invite_free:
 * @self: (transfer full): an invitation
 */
void
confabd_registration_invite_free (ConfabdRegistrationInvite *self)
{
  g_free (self->id);
  g_free (self->made_by);
  g_clear_pointer (&self->created_at, g_date_time_unref);
  g_clear_pointer (&self->expires_at, g_date_time_unref);
  g_free (self);
}

/* Using one */

static gboolean
refuse (GError **error)
{
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                       "That invitation was used up, taken back, or is too old");
  return FALSE;
}

/**
 * confabd_users_use_invite:
 * @invite_hash: of the secret that somebody shows
 * @role: (out): what they become
 *
 * Returns: whether the invitation was good; it is good for one fewer now
 */
gboolean
confabd_users_use_invite (ConfabdConnection *connection,
                          const char *invite_hash,
                          gint64 now_us,
                          ConfabUserRole *role,
                          GError **error)
{
  g_autoptr (GVariant) row = NULL;
  const char *name;
  guint n_changed = 0;

  if (!confabd_connection_execute (
          connection,
          "UPDATE registration_invites SET uses_left = uses_left - 1"
          " WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)"
          " AND (uses_left IS NULL OR uses_left > 0)",
          g_variant_new ("(sx)", invite_hash, now_us), &n_changed, error)) {
    return FALSE;
  }
  if (n_changed == 0) {
    return refuse (error);
  }
  if (!confabd_connection_query_one (connection,
                                     "SELECT role FROM registration_invites WHERE hash = $1",
                                     g_variant_new ("(s)", invite_hash), "(s)", &row, error)) {
    return FALSE;
  }
  g_variant_get (row, "(&s)", &name);
  return confab_user_role_from_string (name, role) || refuse (error);
}

/* Adding one */

typedef struct {
  ConfabdRegistrationInvite *invite; /* (owned) */
  char *hash;                        /* (owned) */
} Add;

static void
add_free (Add *self)
{
  g_clear_pointer (&self->invite, confabd_registration_invite_free);
  g_free (self->hash);
  g_free (self);
}

static gpointer
run_add (ConfabdConnection *connection, gpointer data, GError **error)
{
  Add *add = data;
  const ConfabdRegistrationInvite *invite = add->invite;

  if (!confabd_connection_execute (
          connection,
          "INSERT INTO registration_invites"
          " (id, hash, made_by, role, uses_left, created_at, expires_at)"
          " VALUES ($1, $2, $3, $4, $5, $6, $7)",
          g_variant_new (
              "(ssmssmixmx)", invite->id, add->hash, invite->made_by,
              confab_user_role_to_string (invite->role), invite->uses_left >= 0, invite->uses_left,
              confab_time_to_unix_us (invite->created_at), invite->expires_at != NULL,
              invite->expires_at != NULL ? confab_time_to_unix_us (invite->expires_at) : 0),
          NULL, error)) {
    return NULL;
  }
  return g_steal_pointer (&add->invite);
}

/**
 * confabd_store_add_registration_invite_async:
 * @invite: (transfer full): for a member or an administrator
 * @hash: of its secret
 *
 * Keeps an invitation to register.
 */
void
confabd_store_add_registration_invite_async (ConfabdStore *self,
                                             ConfabdRegistrationInvite *invite,
                                             const char *hash,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data)
{
  Add *add = g_new0 (Add, 1);
  const ConfabdWork work = { run_add, add, (GDestroyNotify) add_free,
                             (GDestroyNotify) confabd_registration_invite_free };

  add->invite = invite;
  add->hash = g_strdup (hash);
  confabd_store_write (self, &work, confabd_store_add_registration_invite_async, cancellable,
                       callback, user_data);
}

/**
 * confabd_store_add_registration_invite_finish:
 *
 * Returns: (transfer full): the invitation, as it is kept
 */
ConfabdRegistrationInvite *
confabd_store_add_registration_invite_finish (ConfabdStore *self,
                                              GAsyncResult *result,
                                              GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_add_registration_invite_async, error);
}

/* Listing those that are good for something */

typedef struct {
  char *after_id; /* (owned) */
  guint limit;
} List;

static void
list_free (List *self)
{
  g_free (self->after_id);
  g_free (self);
}

static ConfabdRegistrationInvite *
row_to_invite (GVariant *row)
{
  ConfabdRegistrationInvite *invite = g_new0 (ConfabdRegistrationInvite, 1);
  const char *role;
  gboolean is_counted, does_expire;
  gint32 uses_left;
  gint64 created_us, expires_us;

  g_variant_get (row, "(sms&smixmx)", &invite->id, &invite->made_by, &role, &is_counted, &uses_left,
                 &created_us, &does_expire, &expires_us);
  invite->role = CONFAB_USER_ROLE_MEMBER;
  confab_user_role_from_string (role, &invite->role);
  invite->uses_left = is_counted ? uses_left : -1;
  invite->created_at = confab_time_from_unix_us (created_us);
  invite->expires_at = does_expire ? confab_time_from_unix_us (expires_us) : NULL;
  return invite;
}

static gpointer
run_list (ConfabdConnection *connection, gpointer data, GError **error)
{
  const List *list = data;
  g_autoptr (GPtrArray) rows = confabd_connection_query (
      connection,
      "SELECT id, made_by, role, uses_left, created_at, expires_at FROM registration_invites"
      " WHERE id > $1 AND revoked_at IS NULL ORDER BY id LIMIT $2",
      g_variant_new ("(su)", list->after_id, list->limit), "(smssmixmx)", error);
  GPtrArray *invites = NULL;

  if (rows == NULL) {
    return NULL;
  }
  invites = g_ptr_array_new_with_free_func ((GDestroyNotify) confabd_registration_invite_free);
  for (guint i = 0; i < rows->len; i++) {
    g_ptr_array_add (invites, row_to_invite (g_ptr_array_index (rows, i)));
  }
  return invites;
}

/**
 * confabd_store_list_registration_invites_async:
 * @after_id: (nullable): the last one of the page before
 * @limit: how many at most
 *
 * Lists the invitations that nobody took back, in the order of their ids.
 */
void
confabd_store_list_registration_invites_async (ConfabdStore *self,
                                               const char *after_id,
                                               guint limit,
                                               GCancellable *cancellable,
                                               GAsyncReadyCallback callback,
                                               gpointer user_data)
{
  List *list = g_new0 (List, 1);
  const ConfabdWork work = { run_list, list, (GDestroyNotify) list_free,
                             (GDestroyNotify) g_ptr_array_unref };

  list->after_id = g_strdup (after_id != NULL ? after_id : "");
  list->limit = limit;
  confabd_store_read (self, &work, confabd_store_list_registration_invites_async, cancellable,
                      callback, user_data);
}

/**
 * confabd_store_list_registration_invites_finish:
 *
 * Returns: (transfer full) (element-type ConfabdRegistrationInvite): the page
 */
GPtrArray *
confabd_store_list_registration_invites_finish (ConfabdStore *self,
                                                GAsyncResult *result,
                                                GError **error)
{
  return confabd_store_propagate (self, result, confabd_store_list_registration_invites_async,
                                  error);
}

/* Taking one back */

typedef struct {
  char *id; /* (owned) */
  gint64 now_us;
} Revoke;

static void
revoke_free (Revoke *self)
{
  g_free (self->id);
  g_free (self);
}

static gpointer
run_revoke (ConfabdConnection *connection, gpointer data, GError **error)
{
  const Revoke *revoke = data;
  guint n_changed = 0;

  if (confabd_connection_execute (
          connection,
          "UPDATE registration_invites SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
          g_variant_new ("(sx)", revoke->id, revoke->now_us), &n_changed, error) &&
      n_changed == 0) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND,
                         "There is no such invitation");
  }
  return NULL;
}

/**
 * confabd_store_revoke_registration_invite_async:
 * @id: of an invitation
 * @now: when
 *
 * Takes an invitation back. Who registered with it stays.
 */
void
confabd_store_revoke_registration_invite_async (ConfabdStore *self,
                                                const char *id,
                                                GDateTime *now,
                                                GCancellable *cancellable,
                                                GAsyncReadyCallback callback,
                                                gpointer user_data)
{
  Revoke *revoke = g_new0 (Revoke, 1);
  const ConfabdWork work = { run_revoke, revoke, (GDestroyNotify) revoke_free, NULL };

  revoke->id = g_strdup (id);
  revoke->now_us = confab_time_to_unix_us (now);
  confabd_store_write (self, &work, confabd_store_revoke_registration_invite_async, cancellable,
                       callback, user_data);
}

/**
 * confabd_store_revoke_registration_invite_finish:
 *
 * Returns: whether it was good until now; else with %CONFAB_ERROR_NOT_FOUND
 */
gboolean
confabd_store_revoke_registration_invite_finish (ConfabdStore *self,
                                                 GAsyncResult *result,
                                                 GError **error)
{
  return confabd_store_propagate_done (self, result, confabd_store_revoke_registration_invite_async,
                                       error);
}
