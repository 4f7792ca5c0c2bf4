/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-member-account"

#include "config.h"

#include "confab-error.h"
#include "confab-ui-member-account.h"

/**
 * ConfabUiMemberAccount:
 *
 * Somebody with an account on some server. The server knows the name; signing in was done before.
 */
struct _ConfabUiMemberAccount {
  GObject parent_instance;

  ConfabSession *session; /* (owned) */
};

static void account_iface_init (ConfabUiAccountInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabUiMemberAccount,
                               confab_ui_member_account,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CONFAB_UI_TYPE_ACCOUNT, account_iface_init))

static void
confab_ui_member_account_sign_in_async (ConfabUiAccount *account,
                                        const char *name,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  ConfabUiMemberAccount *self = CONFAB_UI_MEMBER_ACCOUNT (account);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, confab_ui_member_account_sign_in_async);
  if (confab_session_is_signed_in (self->session))
    g_task_return_pointer (task, g_object_ref (self->session), g_object_unref);
  else
    g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED,
                             "The session is over");
}

static ConfabSession *
confab_ui_member_account_sign_in_finish (ConfabUiAccount *account,
                                         GAsyncResult *result,
                                         GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, account), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static const char *
confab_ui_member_account_get_server (ConfabUiAccount *account)
{
  ConfabUiMemberAccount *self = CONFAB_UI_MEMBER_ACCOUNT (account);

  return confab_client_get_server (confab_session_get_client (self->session));
}

static void
account_iface_init (ConfabUiAccountInterface *iface)
{
  iface->sign_in_async = confab_ui_member_account_sign_in_async;
  iface->sign_in_finish = confab_ui_member_account_sign_in_finish;
  iface->get_server = confab_ui_member_account_get_server;
}

static void
confab_ui_member_account_finalize (GObject *object)
{
  g_object_unref (CONFAB_UI_MEMBER_ACCOUNT (object)->session);
  G_OBJECT_CLASS (confab_ui_member_account_parent_class)->finalize (object);
}

static void
confab_ui_member_account_class_init (ConfabUiMemberAccountClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confab_ui_member_account_finalize;
}

static void
confab_ui_member_account_init (ConfabUiMemberAccount *self)
{
}

/**
 * confab_ui_member_account_new:
 * @session: a session that is signed in with an account
 *
 * Returns: (transfer full): the account
 */
ConfabUiAccount *
confab_ui_member_account_new (ConfabSession *session)
{
  ConfabUiMemberAccount *self = NULL;

  g_return_val_if_fail (CONFAB_IS_SESSION (session), NULL);

  self = g_object_new (CONFAB_UI_TYPE_MEMBER_ACCOUNT, NULL);
  self->session = g_object_ref (session);
  return CONFAB_UI_ACCOUNT (self);
}

/**
 * confab_ui_member_account_get_session:
 * @self: the account
 *
 * Returns: (transfer none): its session, which may be over
 */
ConfabSession *
confab_ui_member_account_get_session (ConfabUiMemberAccount *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_MEMBER_ACCOUNT (self), NULL);

  return self->session;
}

/**
 * confab_ui_member_account_is_over:
 * @account: (nullable): any account
 *
 * Returns: whether it is one of somebody whom the server has signed out
 */
gboolean
confab_ui_member_account_is_over (ConfabUiAccount *account)
{
  return CONFAB_UI_IS_MEMBER_ACCOUNT (account) &&
         !confab_session_is_signed_in (CONFAB_UI_MEMBER_ACCOUNT (account)->session);
}
