/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-accounts"

#include "config.h"

#include "confab-error.h"
#include "confab-id.h"
#include "confabd-accounts.h"
#include "confabd-label-private.h"
#include "confabd-store-upkeep.h"

#define NAME_CHARS     64
#define FALLBACK_OWNER "Owner"

/**
 * ConfabdAccounts:
 *
 * Who people are: guests who say their name, and the person at the desktop whom the session bus
 * vouches for.
 *
 * Guests are kept only once something of theirs is.
 */
struct _ConfabdAccounts {
  GObject parent_instance;

  ConfabdStore *store;       /* (owned) */
  ConfabClock *clock;        /* (owned) */
  ConfabdSessions *sessions; /* (owned) */
  ConfabGuestAccess guests;
};

G_DEFINE_FINAL_TYPE (ConfabdAccounts, confabd_accounts, G_TYPE_OBJECT)

static ConfabUser *
make_user (ConfabdAccounts *self, const char *name, ConfabUserRole role)
{
  g_autoptr (GDateTime) now = confab_clock_dup_now (self->clock);
  g_autofree char *id = confab_id_new ();

  return confab_user_new (id, name, role, now);
}

static void
confabd_accounts_finalize (GObject *object)
{
  ConfabdAccounts *self = CONFABD_ACCOUNTS (object);

  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  g_clear_object (&self->sessions);

  G_OBJECT_CLASS (confabd_accounts_parent_class)->finalize (object);
}

static void
confabd_accounts_class_init (ConfabdAccountsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_accounts_finalize;
}

static void
confabd_accounts_init (ConfabdAccounts *self)
{
}

/**
 * confabd_accounts_new:
 * @store: where the owner is kept
 * @clock: their time
 * @sessions: how they stay signed in
 * @guests: what guests may do here
 *
 * Returns: (transfer full): the accounts
 */
ConfabdAccounts *
confabd_accounts_new (ConfabdStore *store,
                      ConfabClock *clock,
                      ConfabdSessions *sessions,
                      ConfabGuestAccess guests)
{
  ConfabdAccounts *self = NULL;

  g_return_val_if_fail (CONFABD_IS_STORE (store), NULL);
  g_return_val_if_fail (CONFAB_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (CONFABD_IS_SESSIONS (sessions), NULL);

  self = g_object_new (CONFABD_TYPE_ACCOUNTS, NULL);
  self->store = g_object_ref (store);
  self->clock = g_object_ref (clock);
  self->sessions = g_object_ref (sessions);
  self->guests = guests;
  return self;
}

/**
 * confabd_accounts_dup_name:
 * @name: (nullable): what somebody wants to be called
 * @error: return location for a #GError
 *
 * Reads a name, without superfluous spaces.
 *
 * Fails with %CONFAB_ERROR_BAD_REQUEST when that is not 1 to 64 characters in one line.
 *
 * Returns: (transfer full) (nullable): the name
 */
char *
confabd_accounts_dup_name (const char *name, GError **error)
{
  g_autofree char *label = name != NULL ? confabd_label_normalize (name, NAME_CHARS) : NULL;

  if (label != NULL && *label != '\0') {
    return g_steal_pointer (&label);
  }
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
               "A name has 1 to %d characters, in one line", NAME_CHARS);
  return NULL;
}

/**
 * confabd_accounts_sign_in_guest_async:
 * @name: (nullable): what a stranger wants to be called
 *
 * Lets a stranger in as a guest, under @name without superfluous spaces.
 *
 * Finishes with %CONFAB_ERROR_BAD_REQUEST when that is not 1 to 64 characters in one line, and with
 * %CONFAB_ERROR_NOT_ALLOWED where there are no guests.
 */
void
confabd_accounts_sign_in_guest_async (ConfabdAccounts *self,
                                      const char *name,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (ConfabUser) user = NULL;
  g_autofree char *label = NULL;
  GError *error = NULL;

  g_return_if_fail (CONFABD_IS_ACCOUNTS (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confabd_accounts_sign_in_guest_async);
  if (self->guests == CONFAB_GUEST_ACCESS_NONE) {
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED,
                             "This server has no guests: sign in with an account");
    return;
  }
  label = confabd_accounts_dup_name (name, &error);
  if (label == NULL) {
    g_task_return_error (task, error);
    return;
  }
  user = make_user (self, label, CONFAB_USER_ROLE_GUEST);
  g_task_return_pointer (task,
                         confabd_sessions_grant (self->sessions, CONFABD_PRINCIPAL_GUEST, user),
                         (GDestroyNotify) confabd_grant_free);
}

/**
 * confabd_accounts_sign_in_guest_finish:
 * @error: return location for a #GError
 *
 * Returns: (transfer full): what the guest gets
 */
ConfabdGrant *
confabd_accounts_sign_in_guest_finish (ConfabdAccounts *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, confabd_accounts_sign_in_guest_async),
                        NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_local_user_found (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabdAccounts *self = g_task_get_source_object (task);
  g_autoptr (ConfabUser) user = NULL;
  GError *error = NULL;

  user = confabd_store_local_user_finish (CONFABD_STORE (object), result, &error);
  if (user == NULL) {
    g_task_return_error (task, error);
    return;
  }
  g_task_return_pointer (task,
                         confabd_sessions_grant (self->sessions, CONFABD_PRINCIPAL_LOCAL, user),
                         (GDestroyNotify) confabd_grant_free);
}

/**
 * confabd_accounts_local_user_async:
 * @display_name: what the system calls the person at the desktop; something it cannot use becomes a
 *   plain word
 *
 * Signs in the one owner of a daemon on a desktop, who is the same user at each start. Whoever
 * calls this has made sure that it is them, as the session bus does.
 */
void
confabd_accounts_local_user_async (ConfabdAccounts *self,
                                   const char *display_name,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  GTask *task = NULL;
  g_autoptr (ConfabUser) proposal = NULL;
  g_autofree char *label = NULL;
  gboolean is_usable;

  g_return_if_fail (CONFABD_IS_ACCOUNTS (self));
  g_return_if_fail (display_name != NULL);

  label = confabd_label_normalize (display_name, NAME_CHARS);
  is_usable = label != NULL && *label != '\0';
  proposal = make_user (self, is_usable ? label : FALLBACK_OWNER, CONFAB_USER_ROLE_OWNER);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, confabd_accounts_local_user_async);
  confabd_store_local_user_async (self->store, proposal, cancellable, on_local_user_found, task);
}

/**
 * confabd_accounts_local_user_finish:
 * @error: return location for a #GError
 *
 * Returns: (transfer full): what the owner gets
 */
ConfabdGrant *
confabd_accounts_local_user_finish (ConfabdAccounts *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, confabd_accounts_local_user_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
