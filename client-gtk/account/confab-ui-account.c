/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-account"

#include "config.h"

#include "confab-ui-account.h"

/**
 * ConfabUiAccount:
 *
 * Where calls are made, and as whom: the daemon of this computer (#ConfabUiBusAccount), or a guest
 * on a server
 * (#ConfabUiGuestAccount). The signal `calls-changed` says that listing the calls anew may be worth
 * it.
 */
G_DEFINE_INTERFACE (ConfabUiAccount, confab_ui_account, G_TYPE_OBJECT)

typedef enum { SIGNAL_CALLS_CHANGED, N_SIGNALS } ConfabUiAccountSignal;
static guint signals[N_SIGNALS];

static void
confab_ui_account_default_init (ConfabUiAccountInterface *iface)
{
  signals[SIGNAL_CALLS_CHANGED] =
      g_signal_new ("calls-changed", G_TYPE_FROM_INTERFACE (iface), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 0);
}

/**
 * confab_ui_account_sign_in_async:
 * @self: the account
 * @name: what others call the user, 1 to 64 characters
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for the callback
 *
 * Makes sure that there is a server and that it knows the user.
 *
 * It is meant to be asked before every undertaking, for the daemon may have left and come back
 * elsewhere; it is cheap when nothing has changed. Every step has a deadline.
 */
void
confab_ui_account_sign_in_async (ConfabUiAccount *self,
                                 const char *name,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (CONFAB_UI_IS_ACCOUNT (self));
  g_return_if_fail (name != NULL);

  CONFAB_UI_ACCOUNT_GET_IFACE (self)->sign_in_async (self, name, cancellable, callback, user_data);
}

/**
 * confab_ui_account_sign_in_finish:
 * @self: the account
 * @result: what the callback got
 * @error: return location: CONFAB_ERROR, G_DBUS_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): a session that is signed in
 */
ConfabSession *
confab_ui_account_sign_in_finish (ConfabUiAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CONFAB_UI_IS_ACCOUNT (self), NULL);

  return CONFAB_UI_ACCOUNT_GET_IFACE (self)->sign_in_finish (self, result, error);
}

/**
 * confab_ui_account_get_server:
 * @self: the account
 *
 * Returns: (nullable) (transfer none): address of the server, without a slash at its end; %NULL
 * until it is known
 */
const char *
confab_ui_account_get_server (ConfabUiAccount *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_ACCOUNT (self), NULL);

  return CONFAB_UI_ACCOUNT_GET_IFACE (self)->get_server (self);
}

/**
 * confab_ui_account_emit_calls_changed:
 * @self: the account
 *
 * For implementations: a call has begun or ended.
 */
void
confab_ui_account_emit_calls_changed (ConfabUiAccount *self)
{
  g_return_if_fail (CONFAB_UI_IS_ACCOUNT (self));

  g_signal_emit (self, signals[SIGNAL_CALLS_CHANGED], 0);
}
