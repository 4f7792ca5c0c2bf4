/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-bus-account"

#include "config.h"

#include "confab-daemon-proxy.h"
#include "confab-error.h"
#include "confab-ui-bus-account.h"

#define DEADLINE_MS 15000 /* the daemon has to be started, and perhaps to migrate its database */
#define OBJECT_PATH "/app/confab/Confab/Daemon"

/**
 * ConfabUiBusAccount:
 *
 * The user of this computer at the daemon of this computer: the session bus starts it when it is
 * asked, and says who we are, so there is nothing to set up and no password.
 *
 * The daemon leaves when it is idle and may come back at another address with another key, so both
 * are asked for each time one signs in.
 */
struct _ConfabUiBusAccount {
  GObject parent_instance;

  ConfabDbusDaemon *proxy; /* (owned) (nullable) before the first time */
  ConfabSession *session;  /* (owned) (nullable) the one of the last time */
};

static void account_iface_init (ConfabUiAccountInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabUiBusAccount,
                               confab_ui_bus_account,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFAB_UI_TYPE_ACCOUNT, account_iface_init))

/* What the daemon refuses keeps its meaning; all else means that there is no daemon to talk to. */
static void
return_error (GTask *task, GError *owned_error)
{
  g_autoptr (GError) error = owned_error;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || error->domain == CONFAB_ERROR) {
    g_dbus_error_strip_remote_error (error);
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }

  g_message ("The daemon cannot be used: %s", error->message);
  g_task_return_new_error (task, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN, "%s", error->message);
}

static const char *
get_server (ConfabUiBusAccount *self)
{
  return self->session == NULL
             ? NULL
             : confab_client_get_server (confab_session_get_client (self->session));
}

static void
set_server (ConfabUiBusAccount *self, const char *address, GError **error)
{
  g_autoptr (ConfabClient) client = NULL;

  if (g_strcmp0 (get_server (self), address) == 0)
    return;
  g_clear_object (&self->session);
  client = confab_client_new (address, error);
  if (client != NULL)
    self->session = confab_session_new (client, NULL);
}

static void
on_token (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabUiBusAccount *self = g_task_get_source_object (task);
  g_autofree char *token = NULL;
  GError *error = NULL;

  if (!confab_dbus_daemon_call_get_token_finish (CONFAB_DBUS_DAEMON (source), &token, result,
                                                 &error)) {
    return_error (task, error);
    return;
  }

  confab_session_set_token (self->session, token, NULL);
  g_task_return_pointer (task, g_object_ref (self->session), g_object_unref);
}

static void
on_name_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GCancellable *cancellable = g_task_get_cancellable (task);
  ConfabDbusDaemon *proxy = CONFAB_DBUS_DAEMON (source);
  GError *error = NULL;

  if (!confab_dbus_daemon_call_set_name_finish (proxy, result, &error)) {
    return_error (task, error);
    return;
  }

  confab_dbus_daemon_call_get_token (proxy, cancellable, on_token, g_steal_pointer (&task));
}

static void
on_address (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabUiBusAccount *self = g_task_get_source_object (task);
  ConfabDbusDaemon *proxy = CONFAB_DBUS_DAEMON (source);
  GCancellable *cancellable = g_task_get_cancellable (task);
  const char *name = g_task_get_task_data (task);
  g_autofree char *address = NULL;
  GError *error = NULL;

  if (confab_dbus_daemon_call_get_address_finish (proxy, &address, result, &error))
    set_server (self, address, &error);
  if (error != NULL) {
    return_error (task, error);
    return;
  }

  confab_dbus_daemon_call_set_name (proxy, name, cancellable, on_name_set, g_steal_pointer (&task));
}

static void
ask (GTask *owned_task)
{
  g_autoptr (GTask) task = owned_task;
  ConfabUiBusAccount *self = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  confab_dbus_daemon_call_get_address (self->proxy, cancellable, on_address,
                                       g_steal_pointer (&task));
}

static void
on_calls_changed (ConfabUiBusAccount *self)
{
  confab_ui_account_emit_calls_changed (CONFAB_UI_ACCOUNT (self));
}

static void
take_proxy (ConfabUiBusAccount *self, ConfabDbusDaemon *proxy)
{
  g_set_object (&self->proxy, proxy);
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (proxy), DEADLINE_MS);
  g_signal_connect_object (proxy, "call-started", G_CALLBACK (on_calls_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (proxy, "call-ended", G_CALLBACK (on_calls_changed), self,
                           G_CONNECT_SWAPPED);
}

static void
on_proxy (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ConfabUiBusAccount *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (ConfabDbusDaemon) proxy = confab_dbus_daemon_proxy_new_for_bus_finish (result, &error);

  if (proxy == NULL) {
    return_error (task, error);
    return;
  }

  if (self->proxy == NULL)
    take_proxy (self, proxy);
  ask (g_steal_pointer (&task));
}

static void
confab_ui_bus_account_sign_in_async (ConfabUiAccount *account,
                                     const char *name,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  ConfabUiBusAccount *self = CONFAB_UI_BUS_ACCOUNT (account);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, confab_ui_bus_account_sign_in_async);
  g_task_set_task_data (task, g_strdup (name), g_free);
  if (self->proxy != NULL)
    ask (g_steal_pointer (&task));
  else
    confab_dbus_daemon_proxy_new_for_bus (G_BUS_TYPE_SESSION, G_DBUS_PROXY_FLAGS_NONE,
                                          CONFAB_DAEMON_BUS_NAME, OBJECT_PATH, cancellable,
                                          on_proxy, g_steal_pointer (&task));
}

static ConfabSession *
confab_ui_bus_account_sign_in_finish (ConfabUiAccount *account,
                                      GAsyncResult *result,
                                      GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, account), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static const char *
confab_ui_bus_account_get_server (ConfabUiAccount *account)
{
  return get_server (CONFAB_UI_BUS_ACCOUNT (account));
}

static void
account_iface_init (ConfabUiAccountInterface *iface)
{
  iface->sign_in_async = confab_ui_bus_account_sign_in_async;
  iface->sign_in_finish = confab_ui_bus_account_sign_in_finish;
  iface->get_server = confab_ui_bus_account_get_server;
}

static void
confab_ui_bus_account_dispose (GObject *object)
{
  ConfabUiBusAccount *self = CONFAB_UI_BUS_ACCOUNT (object);

  g_clear_object (&self->proxy);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (confab_ui_bus_account_parent_class)->dispose (object);
}

static void
confab_ui_bus_account_class_init (ConfabUiBusAccountClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confab_ui_bus_account_dispose;
}

static void
confab_ui_bus_account_init (ConfabUiBusAccount *self)
{
}

/**
 * confab_ui_bus_account_new:
 *
 * Prepares to ask the session bus; the daemon is not started before one signs in.
 *
 * Returns: (transfer full): the account
 */
ConfabUiAccount *
confab_ui_bus_account_new (void)
{
  return g_object_new (CONFAB_UI_TYPE_BUS_ACCOUNT, NULL);
}
