/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-doorway"

#include "config.h"

#include "confab-ui-doorway.h"
#include "confab-ui-guest-account.h"

/* The ways into a call: sign in where it is, be admitted, and there it is, ready to be joined. One
 * step a function. */

typedef struct {
  char *name;             /* (owned) */
  ConfabJoinLink *link;   /* (owned) (nullable) NULL: start a call instead */
  ConfabSession *session; /* (owned) (nullable) as whom, once that is known */
} Entry;

static void
entry_free (Entry *self)
{
  g_free (self->name);
  g_clear_object (&self->session);
  g_clear_pointer (&self->link, confab_join_link_unref);
  g_free (self);
}

static void
return_call (GTask *task, ConfabCall *call, const char *link, GError *error)
{
  Entry *entry = g_task_get_task_data (task);

  if (call == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, confab_live_call_new (entry->session, call, link, "confab"),
                           g_object_unref);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabClient *client = CONFAB_CLIENT (source);
  g_autofree char *link = NULL;
  GError *error = NULL;
  g_autoptr (ConfabCall) call = confab_client_create_call_finish (client, result, &link, &error);

  return_call (task, call, link, error);
}

static void
on_admitted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabClient *client = CONFAB_CLIENT (source);
  g_autofree char *link = NULL;
  GError *error = NULL;
  g_autoptr (ConfabCall) call = confab_client_join_call_finish (client, result, &link, &error);

  return_call (task, call, link, error);
}

static void
enter (GTask *owned_task, ConfabSession *session)
{
  ConfabClient *client = confab_session_get_client (session);
  g_autoptr (GTask) task = owned_task;
  Entry *entry = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  g_set_object (&entry->session, session);
  if (entry->link == NULL)
    confab_client_create_call_async (client, NULL, 0, CONFAB_RECORDING_HOST, cancellable,
                                     on_started, g_steal_pointer (&task));
  else
    confab_client_join_call_async (client, confab_join_link_get_code (entry->link),
                                   confab_join_link_get_secret (entry->link), cancellable,
                                   on_admitted, g_steal_pointer (&task));
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (ConfabSession) session =
      confab_ui_account_sign_in_finish (CONFAB_UI_ACCOUNT (source), result, &error);

  if (session == NULL)
    g_task_return_error (task, error);
  else
    enter (g_steal_pointer (&task), session);
}

/* Whether the link leads to the server of the account; a bare code always does. */
static gboolean
leads_home (ConfabUiAccount *account, ConfabJoinLink *link)
{
  const char *server = confab_join_link_get_server (link);

  return server == NULL || g_strcmp0 (server, confab_ui_account_get_server (account)) == 0;
}

static void
sign_in_as_guest (GTask *owned_task)
{
  g_autoptr (GTask) task = owned_task;
  Entry *entry = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  g_autoptr (ConfabUiAccount) guest =
      confab_ui_guest_account_new (confab_join_link_get_server (entry->link), &error);

  if (guest == NULL) {
    g_task_return_error (task, error);
    return;
  }

  confab_ui_account_sign_in_async (guest, entry->name, cancellable, on_signed_in,
                                   g_steal_pointer (&task));
}

/* Only to learn where home is: the link leads there, or else somewhere where home does not matter.
 */
static void
on_home_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Entry *entry = g_task_get_task_data (task);
  ConfabUiAccount *account = CONFAB_UI_ACCOUNT (source);
  g_autoptr (ConfabSession) session = confab_ui_account_sign_in_finish (account, result, NULL);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (session != NULL && leads_home (account, entry->link))
    enter (g_steal_pointer (&task), session);
  else
    sign_in_as_guest (g_steal_pointer (&task));
}

static GTask *
make_task (ConfabUiAccount *account,
           const char *name,
           ConfabJoinLink *link,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  GTask *task = g_task_new (account, cancellable, callback, user_data);
  Entry *entry = g_new0 (Entry, 1);

  entry->name = g_strdup (name);
  entry->link = link == NULL ? NULL : confab_join_link_ref (link);
  g_task_set_task_data (task, entry, (GDestroyNotify) entry_free);
  return task;
}

/**
 * confab_ui_doorway_start_async:
 * @account: where to start the call
 * @name: what others call the user
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for the callback
 *
 * Makes a new call; confab_ui_doorway_finish() gives it.
 */
void
confab_ui_doorway_start_async (ConfabUiAccount *account,
                               const char *name,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task;

  g_return_if_fail (CONFAB_UI_IS_ACCOUNT (account));

  task = make_task (account, name, NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, confab_ui_doorway_start_async);
  confab_ui_account_sign_in_async (account, name, cancellable, on_signed_in, task);
}

/**
 * confab_ui_doorway_join_async:
 * @account: whose server a bare code belongs to
 * @name: what others call the user
 * @link: which call
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for the callback
 *
 * Asks to be let into a call; confab_ui_doorway_finish() gives it.
 *
 * A link to another server than that of the account is followed there, as a guest.
 */
void
confab_ui_doorway_join_async (ConfabUiAccount *account,
                              const char *name,
                              ConfabJoinLink *link,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  gboolean may_lead_home;
  GTask *task;

  g_return_if_fail (CONFAB_UI_IS_ACCOUNT (account));
  g_return_if_fail (link != NULL);

  task = make_task (account, name, link, cancellable, callback, user_data);
  g_task_set_source_tag (task, confab_ui_doorway_join_async);
  may_lead_home = confab_ui_account_get_server (account) == NULL;

  if (leads_home (account, link))
    confab_ui_account_sign_in_async (account, name, cancellable, on_signed_in, task);
  else if (may_lead_home)
    confab_ui_account_sign_in_async (account, name, cancellable, on_home_known, task);
  else
    sign_in_as_guest (task);
}

/**
 * confab_ui_doorway_finish:
 * @account: the account
 * @result: what the callback got
 * @error: return location: CONFAB_ERROR, G_DBUS_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): the call, not joined yet
 */
ConfabLiveCall *
confab_ui_doorway_finish (ConfabUiAccount *account, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, account), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
