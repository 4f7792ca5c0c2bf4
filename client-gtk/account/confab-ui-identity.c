/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-identity"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-error.h"
#include "confab-ui-error.h"
#include "confab-ui-identity.h"
#include "confab-ui-member-account.h"
#include "confab-ui-servers.h"

/**
 * ConfabUiIdentity:
 *
 * As whom one makes calls: with the daemon of this computer, or on a server until one leaves it or
 * is signed out there. Remembers which server the app shall open with.
 *
 * Signals: "renamed" (): what is known of the user of the account has changed; "over" (): the
 * server knows the session no more.
 */
struct _ConfabUiIdentity {
  GObject parent_instance;

  ConfabUiSettings *settings; /* (owned) */
  ConfabUiAccount *own;       /* (owned) (nullable) of this computer; NULL: of a server alone */
  ConfabUiAccount *account;   /* (owned) (nullable) before one has signed in */
  ConfabSession *session;     /* (owned) (nullable) of the account, where it has one */
  GError *end;                /* (owned) (nullable) why the server knows the session no more */
};

typedef enum { SIGNAL_RENAMED, SIGNAL_OVER, N_SIGNALS } ConfabUiIdentitySignal;
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ConfabUiIdentity, confab_ui_identity, G_TYPE_OBJECT)

static void
on_ended (ConfabUiIdentity *self, const GError *error)
{
  g_clear_error (&self->end);
  self->end = g_error_copy (error);
  if (confab_ui_identity_is_over (self))
    g_signal_emit (self, signals[SIGNAL_OVER], 0);
}

static void
on_user_changed (ConfabUiIdentity *self)
{
  g_signal_emit (self, signals[SIGNAL_RENAMED], 0);
}

/* What happens to the session of before is nobody's affair any more. */
static void
let_go_of_session (ConfabUiIdentity *self)
{
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  g_clear_error (&self->end);
}

static void
watch_session (ConfabUiIdentity *self)
{
  self->session = g_object_ref (
      confab_ui_member_account_get_session (CONFAB_UI_MEMBER_ACCOUNT (self->account)));
  g_signal_connect_object (self->session, "ended", G_CALLBACK (on_ended), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::user", G_CALLBACK (on_user_changed), self,
                           G_CONNECT_SWAPPED);
  if (self->own != NULL && confab_session_is_kept (self->session))
    confab_ui_servers_stay (self->settings, confab_ui_account_get_server (self->account));
}

static void
confab_ui_identity_dispose (GObject *object)
{
  ConfabUiIdentity *self = CONFAB_UI_IDENTITY (object);

  let_go_of_session (self);
  g_clear_object (&self->account);
  g_clear_object (&self->own);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (confab_ui_identity_parent_class)->dispose (object);
}

static void
confab_ui_identity_class_init (ConfabUiIdentityClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = confab_ui_identity_dispose;
  signals[SIGNAL_RENAMED] =
      g_signal_new ("renamed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_OVER] =
      g_signal_new ("over", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
confab_ui_identity_init (ConfabUiIdentity *self)
{
}

/**
 * confab_ui_identity_new:
 * @own: (transfer none) (nullable): the account of this computer; %NULL: calls are made on a server
 *   alone
 * @settings: (transfer none): what the app remembers
 *
 * Returns: (transfer full): nobody yet
 */
ConfabUiIdentity *
confab_ui_identity_new (ConfabUiAccount *own, ConfabUiSettings *settings)
{
  ConfabUiIdentity *self = NULL;

  g_return_val_if_fail (own == NULL || CONFAB_UI_IS_ACCOUNT (own), NULL);
  g_return_val_if_fail (CONFAB_UI_IS_SETTINGS (settings), NULL);

  self = g_object_new (CONFAB_UI_TYPE_IDENTITY, NULL);
  self->settings = g_object_ref (settings);
  g_set_object (&self->own, own);
  return self;
}

/**
 * confab_ui_identity_get_account:
 * @self: an identity
 *
 * Returns: (transfer none) (nullable): what makes the calls; %NULL before one has signed in
 */
ConfabUiAccount *
confab_ui_identity_get_account (ConfabUiIdentity *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_IDENTITY (self), NULL);

  return self->account;
}

/**
 * confab_ui_identity_set_account:
 * @self: an identity
 * @account: (transfer none): what makes the calls from now on
 *
 * A session that is kept is what the app opens with the next time.
 */
void
confab_ui_identity_set_account (ConfabUiIdentity *self, ConfabUiAccount *account)
{
  g_return_if_fail (CONFAB_UI_IS_IDENTITY (self));
  g_return_if_fail (CONFAB_UI_IS_ACCOUNT (account));

  let_go_of_session (self);
  g_set_object (&self->account, account);
  if (CONFAB_UI_IS_MEMBER_ACCOUNT (account))
    watch_session (self);
}

/**
 * confab_ui_identity_leave_server:
 * @self: an identity
 *
 * Back to the daemon of this computer, with which the app opens then; where there is none, to
 * nobody.
 *
 * Returns: whether there is an account
 */
gboolean
confab_ui_identity_leave_server (ConfabUiIdentity *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_IDENTITY (self), FALSE);

  let_go_of_session (self);
  g_clear_object (&self->account);
  if (self->own == NULL)
    return FALSE;
  confab_ui_servers_stay (self->settings, NULL);
  confab_ui_identity_set_account (self, self->own);
  return TRUE;
}

/**
 * confab_ui_identity_is_over:
 * @self: an identity
 *
 * Returns: whether the server has signed us out
 */
gboolean
confab_ui_identity_is_over (ConfabUiIdentity *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_IDENTITY (self), FALSE);

  return confab_ui_member_account_is_over (self->account);
}

/**
 * confab_ui_identity_explain_end:
 * @self: an identity that is over
 *
 * Returns: (transfer none): a sentence for the user
 */
const char *
confab_ui_identity_explain_end (ConfabUiIdentity *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_IDENTITY (self), NULL);

  return g_error_matches (self->end, CONFAB_ERROR, CONFAB_ERROR_TOKEN_REUSED)
             ? confab_ui_error_to_sentence (self->end)
             : _ ("The server has signed you out. Please sign in again.");
}
