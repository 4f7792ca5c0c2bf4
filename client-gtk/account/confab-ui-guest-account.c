/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-guest-account"

#include "config.h"

#include "confab-ui-guest-account.h"

#define TRUST_US                                                                                  \
  (11 * G_TIME_SPAN_HOUR) /* a guest's token lives for 12 h: renew it before a call could need it \
                           */

/**
 * ConfabUiGuestAccount:
 *
 * A guest on some server, under a name and nothing else.
 *
 * One stays the same guest until the token ages or the name changes; the server takes a new name
 * for a new guest.
 */
struct _ConfabUiGuestAccount {
  GObject parent_instance;

  char *server;           /* (owned) */
  ConfabSession *session; /* (owned) (nullable) signed in; a call may still use an older one */
  char *name;             /* (owned) (nullable) as whom it is signed in */
  gint64 signed_in_mono_us;
};

static void account_iface_init (ConfabUiAccountInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabUiGuestAccount,
                               confab_ui_guest_account,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFAB_UI_TYPE_ACCOUNT, account_iface_init))

static gboolean
is_signed_in (ConfabUiGuestAccount *self, const char *name)
{
  return self->session != NULL && confab_session_is_signed_in (self->session) &&
         g_strcmp0 (self->name, name) == 0 &&
         g_get_monotonic_time () - self->signed_in_mono_us < TRUST_US;
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabUiGuestAccount *self = g_task_get_source_object (task);
  ConfabSession *session = CONFAB_SESSION (source);
  g_autoptr (ConfabUser) user = NULL;
  GError *error = NULL;

  user = confab_session_sign_in_guest_finish (session, result, &error);
  if (user == NULL) {
    g_task_return_error (task, error);
    return;
  }

  g_set_object (&self->session, session);
  g_free (self->name);
  self->name = g_strdup (g_task_get_task_data (task));
  self->signed_in_mono_us = g_get_monotonic_time ();
  g_task_return_pointer (task, g_object_ref (session), g_object_unref);
}

static void
confab_ui_guest_account_sign_in_async (ConfabUiAccount *account,
                                       const char *name,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  ConfabUiGuestAccount *self = CONFAB_UI_GUEST_ACCOUNT (account);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (ConfabClient) client = NULL;
  g_autoptr (ConfabSession) session = NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, confab_ui_guest_account_sign_in_async);
  g_task_set_task_data (task, g_strdup (name), g_free);
  if (is_signed_in (self, name)) {
    g_task_return_pointer (task, g_object_ref (self->session), g_object_unref);
    return;
  }

  client = confab_client_new (self->server, &error);
  if (client == NULL) {
    g_task_return_error (task, error);
    return;
  }
  session = confab_session_new (client, NULL);
  confab_session_sign_in_guest_async (session, name, cancellable, on_signed_in,
                                      g_steal_pointer (&task));
}

static ConfabSession *
confab_ui_guest_account_sign_in_finish (ConfabUiAccount *account,
                                        GAsyncResult *result,
                                        GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, account), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static const char *
confab_ui_guest_account_get_server (ConfabUiAccount *account)
{
  return CONFAB_UI_GUEST_ACCOUNT (account)->server;
}

static void
account_iface_init (ConfabUiAccountInterface *iface)
{
  iface->sign_in_async = confab_ui_guest_account_sign_in_async;
  iface->sign_in_finish = confab_ui_guest_account_sign_in_finish;
  iface->get_server = confab_ui_guest_account_get_server;
}

static void
confab_ui_guest_account_dispose (GObject *object)
{
  g_clear_object (&CONFAB_UI_GUEST_ACCOUNT (object)->session);
  G_OBJECT_CLASS (confab_ui_guest_account_parent_class)->dispose (object);
}

static void
confab_ui_guest_account_finalize (GObject *object)
{
  ConfabUiGuestAccount *self = CONFAB_UI_GUEST_ACCOUNT (object);

  g_free (self->server);
  g_free (self->name);
  G_OBJECT_CLASS (confab_ui_guest_account_parent_class)->finalize (object);
}

static void
confab_ui_guest_account_class_init (ConfabUiGuestAccountClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = confab_ui_guest_account_dispose;
  object_class->finalize = confab_ui_guest_account_finalize;
}

static void
confab_ui_guest_account_init (ConfabUiGuestAccount *self)
{
}

/**
 * confab_ui_guest_account_new:
 * @server: address of a server, "https://calls.example.org"
 * @error: return location: %CONFAB_ERROR_BAD_REQUEST when it is none
 *
 * Prepares to be a guest somewhere; nothing is sent before one signs in.
 *
 * Returns: (transfer full): the account
 */
ConfabUiAccount *
confab_ui_guest_account_new (const char *server, GError **error)
{
  g_autoptr (ConfabClient) client = NULL;
  ConfabUiGuestAccount *self = NULL;

  g_return_val_if_fail (server != NULL, NULL);

  client = confab_client_new (server, error);
  if (client == NULL)
    return NULL;

  self = g_object_new (CONFAB_UI_TYPE_GUEST_ACCOUNT, NULL);
  self->server = g_strdup (confab_client_get_server (client));
  return CONFAB_UI_ACCOUNT (self);
}
