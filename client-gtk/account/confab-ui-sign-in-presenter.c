/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-sign-in-presenter"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-error.h"
#include "confab-ui-error.h"
#include "confab-ui-guest-account.h"
#include "confab-ui-member-account.h"
#include "confab-ui-server-inquiry.h"
#include "confab-ui-servers.h"
#include "confab-ui-sign-in-presenter.h"

/**
 * ConfabUiSignInPresenter:
 *
 * Does what the sign-in page asks for, and tells it what to show.
 *
 * Signal: "signed-in" (ConfabUiAccount *account): as whom calls can be made now.
 */
struct _ConfabUiSignInPresenter {
  GObject parent_instance;

  ConfabUiSignInPage *page;       /* (owned) */
  ConfabVault *vault;             /* (owned) */
  ConfabUiSettings *settings;     /* (owned) */
  GSimpleActionGroup *actions;    /* (owned) */
  ConfabUiServerInquiry *inquiry; /* (owned) */
  ConfabSession *session;         /* (owned) (nullable) that is being made */
  GCancellable *asking;           /* (owned) (nullable) set while the server is being asked */
};

typedef enum { SIGNAL_SIGNED_IN, N_SIGNALS } ConfabUiSignInPresenterSignal;
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ConfabUiSignInPresenter, confab_ui_sign_in_presenter, G_TYPE_OBJECT)

/* What is wrong means something else here than in a call. */
static const char *
describe (const GError *error, gboolean is_registering)
{
  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_AUTHENTICATED))
    return _ ("The name or the password is wrong.");
  if (is_registering && g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED))
    return _ ("This server does not take new accounts, or not without an invitation.");
  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED))
    return _ ("This account has been switched off by whoever runs the server.");
  if (is_registering && g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST))
    return _ ("The server did not accept this. A name to sign in with has 3 to 32 letters and "
              "digits, without accents.");
  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_FAILED) ||
      g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_BAD_MESSAGE))
    return _ ("There is no Confab server at this address.");
  return confab_ui_error_to_sentence (error);
}

/* Returns: (transfer full) (nullable): NULL when the page says why not */
static ConfabSession *
make_session (ConfabUiSignInPresenter *self)
{
  ConfabUiSignInForm form;
  g_autofree char *address = NULL;
  g_autoptr (ConfabClient) client = NULL;

  confab_ui_sign_in_page_get_form (self->page, &form);
  address = confab_ui_servers_complete_address (form.server);
  client = confab_client_new (address, NULL);
  if (client != NULL)
    return confab_session_new (client, self->vault);
  confab_ui_sign_in_page_set_problem (self->page, _ ("This is not the address of a server."));
  return NULL;
}

static gboolean
begin (ConfabUiSignInPresenter *self)
{
  if (self->asking != NULL)
    return FALSE;
  g_clear_object (&self->session);
  self->session = make_session (self);
  if (self->session == NULL)
    return FALSE;
  self->asking = g_cancellable_new ();
  confab_ui_sign_in_page_set_problem (self->page, NULL);
  confab_ui_sign_in_page_set_note (self->page, NULL);
  confab_ui_sign_in_page_set_busy (self->page, TRUE);
  return TRUE;
}

/* FALSE: somebody has turned away meanwhile. */
static gboolean
end (ConfabUiSignInPresenter *self, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  g_clear_object (&self->asking);
  confab_ui_sign_in_page_set_busy (self->page, FALSE);
  return TRUE;
}

static const char *
get_server (ConfabUiSignInPresenter *self)
{
  return confab_client_get_server (confab_session_get_client (self->session));
}

static void
arrive (ConfabUiSignInPresenter *self)
{
  g_autoptr (ConfabSession) session = g_steal_pointer (&self->session);
  g_autoptr (ConfabUiAccount) account = confab_ui_member_account_new (session);
  const char *server = confab_client_get_server (confab_session_get_client (session));

  confab_ui_servers_remember (self->settings, server, confab_session_get_login (session));
  confab_ui_sign_in_page_clear_password (self->page);
  g_signal_emit (self, signals[SIGNAL_SIGNED_IN], 0, account);
}

static void
take_result (ConfabUiSignInPresenter *self, ConfabUser *user, const GError *error)
{
  ConfabUiSignInForm form;

  if (!end (self, error))
    return;
  if (user != NULL) {
    arrive (self);
    return;
  }
  confab_ui_sign_in_page_get_form (self->page, &form);
  confab_ui_sign_in_page_set_problem (self->page, describe (error, form.is_registering));
  confab_ui_sign_in_page_focus (self->page);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabUiSignInPresenter) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabUser) user =
      confab_session_sign_in_finish (CONFAB_SESSION (source), result, &error);

  take_result (self, user, error);
}

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabUiSignInPresenter) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabUser) user =
      confab_session_register_finish (CONFAB_SESSION (source), result, &error);

  take_result (self, user, error);
}

static const char *
get_filled (const char *text)
{
  return *text != '\0' ? text : NULL;
}

static void
on_submit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ConfabUiSignInPresenter *self = user_data;
  ConfabUiSignInForm form;

  confab_ui_sign_in_page_get_form (self->page, &form);
  if (*form.login == '\0' || *form.password == '\0' || !begin (self))
    return;
  if (form.is_registering)
    confab_session_register_async (self->session, form.login, form.password,
                                   get_filled (form.display_name), get_filled (form.email),
                                   get_filled (form.invite), g_get_host_name (), form.stays,
                                   self->asking, on_registered, g_object_ref (self));
  else
    confab_session_sign_in_async (self->session, form.login, form.password, g_get_host_name (),
                                  form.stays, self->asking, on_signed_in, g_object_ref (self));
}

static void
on_guest (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ConfabUiSignInPresenter *self = user_data;
  g_autoptr (ConfabUiAccount) account = NULL;

  if (self->asking != NULL)
    return;
  g_clear_object (&self->session);
  self->session = make_session (self);
  if (self->session == NULL)
    return;
  account = confab_ui_guest_account_new (get_server (self), NULL);
  confab_ui_servers_remember (self->settings, get_server (self), NULL);
  g_signal_emit (self, signals[SIGNAL_SIGNED_IN], 0, account);
}

static void
on_letter_asked_for (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabUiSignInPresenter) self = user_data;
  g_autoptr (GError) error = NULL;

  confab_session_forgot_password_finish (CONFAB_SESSION (source), result, &error);
  if (!end (self, error))
    return;
  if (error != NULL)
    confab_ui_sign_in_page_set_problem (self->page, describe (error, FALSE));
  else
    confab_ui_sign_in_page_set_note (
        self->page, _ ("If the server knows this name and an e-mail address for it, a letter with "
                       "a link is on its way. Otherwise ask whoever runs the server."));
}

static void
on_forgot (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ConfabUiSignInPresenter *self = user_data;
  ConfabUiSignInForm form;

  confab_ui_sign_in_page_get_form (self->page, &form);
  if (form.has_no_letters) {
    confab_ui_sign_in_page_set_note (
        self->page,
        _ ("This server sends no letters. Ask whoever runs it for a link to a new password."));
    return;
  }
  if (*form.login == '\0' || !begin (self))
    return;
  confab_session_forgot_password_async (self->session, form.login, self->asking,
                                        on_letter_asked_for, g_object_ref (self));
}

static void
on_look_up (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  confab_ui_server_inquiry_ask (CONFAB_UI_SIGN_IN_PRESENTER (user_data)->inquiry);
}

static void
on_use_server (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  confab_ui_sign_in_presenter_show (user_data, g_variant_get_string (parameter, NULL), NULL);
}

static const GActionEntry action_entries[] = {
  { "submit", on_submit, NULL, NULL, NULL, { 0 } },
  { "guest", on_guest, NULL, NULL, NULL, { 0 } },
  { "forgot", on_forgot, NULL, NULL, NULL, { 0 } },
  { "look-up", on_look_up, NULL, NULL, NULL, { 0 } },
  { "use-server", on_use_server, "s", NULL, NULL, { 0 } },
};

static void
confab_ui_sign_in_presenter_dispose (GObject *object)
{
  ConfabUiSignInPresenter *self = CONFAB_UI_SIGN_IN_PRESENTER (object);

  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  if (self->inquiry != NULL)
    confab_ui_server_inquiry_stop (self->inquiry); /* its question holds it */
  g_clear_object (&self->inquiry);
  g_clear_object (&self->session);
  g_clear_object (&self->actions);
  g_clear_object (&self->page);
  g_clear_object (&self->vault);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (confab_ui_sign_in_presenter_parent_class)->dispose (object);
}

static void
confab_ui_sign_in_presenter_class_init (ConfabUiSignInPresenterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confab_ui_sign_in_presenter_dispose;

  signals[SIGNAL_SIGNED_IN] =
      g_signal_new ("signed-in", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, CONFAB_UI_TYPE_ACCOUNT);
}

static void
confab_ui_sign_in_presenter_init (ConfabUiSignInPresenter *self)
{
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), action_entries,
                                   G_N_ELEMENTS (action_entries), self);
}

/**
 * confab_ui_sign_in_presenter_new:
 * @page: (transfer none): what to drive
 * @vault: (transfer none): where sessions are kept
 * @settings: (transfer none): which servers the user knows
 *
 * Returns: (transfer full): the presenter
 */
ConfabUiSignInPresenter *
confab_ui_sign_in_presenter_new (ConfabUiSignInPage *page,
                                 ConfabVault *vault,
                                 ConfabUiSettings *settings)
{
  ConfabUiSignInPresenter *self = NULL;

  g_return_val_if_fail (CONFAB_UI_IS_SIGN_IN_PAGE (page), NULL);
  g_return_val_if_fail (CONFAB_IS_VAULT (vault), NULL);
  g_return_val_if_fail (CONFAB_UI_IS_SETTINGS (settings), NULL);

  self = g_object_new (CONFAB_UI_TYPE_SIGN_IN_PRESENTER, NULL);
  self->page = g_object_ref (page);
  self->vault = g_object_ref (vault);
  self->settings = g_object_ref (settings);
  self->inquiry = confab_ui_server_inquiry_new (page);
  return self;
}

/**
 * confab_ui_sign_in_presenter_get_actions:
 * @self: the presenter
 *
 * Returns: (transfer none): the actions of the group `sign-in`
 */
GActionGroup *
confab_ui_sign_in_presenter_get_actions (ConfabUiSignInPresenter *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_SIGN_IN_PRESENTER (self), NULL);

  return G_ACTION_GROUP (self->actions);
}

static void
fill_in (ConfabUiSignInPresenter *self, const char *server, const char *note)
{
  g_auto (GStrv) servers = confab_ui_servers_list (self->settings);
  g_autofree char *login = NULL;

  if (server == NULL)
    server = servers[0] != NULL ? servers[0] : "";
  login = confab_ui_servers_dup_login (self->settings, server);
  confab_ui_sign_in_page_set_servers (self->page, (const char *const *) servers);
  confab_ui_sign_in_page_set_server (self->page, server);
  confab_ui_sign_in_page_set_login (self->page, login);
  confab_ui_sign_in_page_clear_password (self->page);
  confab_ui_sign_in_page_set_problem (self->page, NULL);
  confab_ui_sign_in_page_set_note (self->page, note);
  confab_ui_sign_in_page_focus (self->page);
}

/**
 * confab_ui_sign_in_presenter_show:
 * @self: the presenter
 * @server: (nullable): address to begin with; %NULL for the one used last
 * @note: (nullable): what the user should know
 *
 * Fills the page in as far as that is known.
 */
void
confab_ui_sign_in_presenter_show (ConfabUiSignInPresenter *self,
                                  const char *server,
                                  const char *note)
{
  g_return_if_fail (CONFAB_UI_IS_SIGN_IN_PRESENTER (self));

  confab_ui_server_inquiry_stop (self->inquiry);
  fill_in (self, server, note);
  confab_ui_server_inquiry_ask (self->inquiry);
}

/* Nothing was kept, or it is too old: then it is as if nothing had been asked. */
static void
on_restored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabUiSignInPresenter) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_in = confab_session_restore_finish (CONFAB_SESSION (source), result, &error);

  if (!end (self, error))
    return;
  if (is_in) {
    arrive (self);
    return;
  }
  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_TOKEN_REUSED))
    confab_ui_sign_in_page_set_note (self->page, confab_ui_error_to_sentence (error));
  confab_ui_sign_in_page_focus (self->page);
  confab_ui_server_inquiry_ask (self->inquiry);
}

/**
 * confab_ui_sign_in_presenter_restore:
 * @self: the presenter
 * @server: address of a server
 *
 * Goes on with the session of the last time, if one was kept: the signal, or the page stays.
 *
 * Returns: whether it is worth waiting for
 */
gboolean
confab_ui_sign_in_presenter_restore (ConfabUiSignInPresenter *self, const char *server)
{
  g_autofree char *login = NULL;

  g_return_val_if_fail (CONFAB_UI_IS_SIGN_IN_PRESENTER (self), FALSE);

  login = confab_ui_servers_dup_login (self->settings, server);
  fill_in (self, server, NULL);
  if (login == NULL || !begin (self)) {
    confab_ui_server_inquiry_ask (self->inquiry);
    return FALSE;
  }
  confab_session_restore_async (self->session, login, self->asking, on_restored,
                                g_object_ref (self));
  return TRUE;
}

/**
 * confab_ui_sign_in_presenter_cancel:
 * @self: the presenter
 *
 * Gives up on what the server is being asked.
 */
void
confab_ui_sign_in_presenter_cancel (ConfabUiSignInPresenter *self)
{
  g_return_if_fail (CONFAB_UI_IS_SIGN_IN_PRESENTER (self));

  g_cancellable_cancel (self->asking);
  confab_ui_server_inquiry_stop (self->inquiry);
  g_clear_object (&self->asking);
  g_clear_object (&self->session);
  confab_ui_sign_in_page_set_busy (self->page, FALSE);
}
