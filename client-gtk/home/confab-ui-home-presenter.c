/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-home-presenter"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-error.h"
#include "confab-ui-doorway.h"
#include "confab-ui-error.h"
#include "confab-ui-home-presenter.h"

/**
 * ConfabUiHomePresenter:
 *
 * Does what the home page asks for, and tells it what to show.
 *
 * Signal: "entered" (ConfabLiveCall *call): a call was started or may be joined.
 */
struct _ConfabUiHomePresenter {
  GObject parent_instance;

  ConfabUiHomePage *page;      /* (owned) */
  ConfabUiAccount *account;    /* (owned) */
  ConfabUiSettings *settings;  /* (owned) */
  GSimpleActionGroup *actions; /* (owned) */
  GCancellable *entering;      /* (owned) (nullable) set while a call is being started or joined */
  gboolean is_starting;        /* a call, not joining one */
  GCancellable *listing;       /* (owned) (nullable) set while calls are being listed */
};

typedef enum { SIGNAL_ENTERED, N_SIGNALS } ConfabUiHomePresenterSignal;
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ConfabUiHomePresenter, confab_ui_home_presenter, G_TYPE_OBJECT)

static const char *
get_name (ConfabUiHomePresenter *self)
{
  return confab_ui_settings_get_name (self->settings);
}

/* The server of this account cannot be used at all, whatever one asks of it. */
static gboolean
is_server_problem (const GError *error)
{
  return error->domain == G_DBUS_ERROR ||
         g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_UNREACHABLE) ||
         g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT) ||
         g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_FOUND);
}

static void
on_calls_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabUiHomePresenter) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) calls =
      confab_client_list_calls_finish (CONFAB_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->listing);
  if (calls != NULL)
    confab_ui_home_page_set_calls (self->page, calls);
  confab_ui_home_page_set_server_problem (
      self->page, error == NULL ? NULL : confab_ui_error_to_sentence (error));
}

static void
on_signed_in_to_list (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabUiHomePresenter) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabSession) session =
      confab_ui_account_sign_in_finish (CONFAB_UI_ACCOUNT (source), result, &error);

  if (session != NULL) {
    GCancellable *listing = self->listing;

    confab_client_list_calls_async (confab_session_get_client (session), listing, on_calls_listed,
                                    g_steal_pointer (&self));
    return;
  }

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->listing);
  confab_ui_home_page_set_server_problem (self->page, confab_ui_error_to_sentence (error));
}

/* Who joins a call has a link to it; what is not allowed then is something else. */
static const char *
describe (ConfabUiHomePresenter *self, const GError *error)
{
  if (self->is_starting && g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED))
    return _ ("On this server it takes an account to start a call. Guests join with a link.");
  return confab_ui_error_to_sentence (error);
}

static void
on_entered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabUiHomePresenter) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabLiveCall) call =
      confab_ui_doorway_finish (CONFAB_UI_ACCOUNT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->entering);
  confab_ui_home_page_set_busy (self->page, FALSE);
  if (call != NULL) {
    confab_ui_home_page_clear_join_text (self->page);
    confab_ui_home_page_set_server_problem (self->page, NULL);
    g_signal_emit (self, signals[SIGNAL_ENTERED], 0, call);
  } else if (is_server_problem (error)) {
    confab_ui_home_page_set_server_problem (self->page, confab_ui_error_to_sentence (error));
  } else {
    confab_ui_home_page_set_join_problem (self->page, describe (self, error));
  }
}

static void
begin_entering (ConfabUiHomePresenter *self, gboolean is_starting)
{
  self->is_starting = is_starting;
  self->entering = g_cancellable_new ();
  confab_ui_home_page_set_join_problem (self->page, NULL);
  confab_ui_home_page_set_busy (self->page, TRUE);
}

static void
on_start (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ConfabUiHomePresenter *self = user_data;

  if (self->entering != NULL)
    return;
  begin_entering (self, TRUE);
  confab_ui_doorway_start_async (self->account, get_name (self), self->entering, on_entered,
                                 g_object_ref (self));
}

static void
on_join (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  confab_ui_home_presenter_join (user_data, g_variant_get_string (parameter, NULL));
}

static void
on_rename (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ConfabUiHomePresenter *self = user_data;

  confab_ui_settings_set_name (self->settings, g_variant_get_string (parameter, NULL));
}

static void
on_refresh (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  confab_ui_home_presenter_refresh (user_data);
}

static const GActionEntry action_entries[] = {
  { "start", on_start, NULL, NULL, NULL, { 0 } },
  { "join", on_join, "s", NULL, NULL, { 0 } },
  { "rename", on_rename, "s", NULL, NULL, { 0 } },
  { "refresh", on_refresh, NULL, NULL, NULL, { 0 } },
};

static void
confab_ui_home_presenter_dispose (GObject *object)
{
  ConfabUiHomePresenter *self = CONFAB_UI_HOME_PRESENTER (object);

  g_cancellable_cancel (self->entering);
  g_cancellable_cancel (self->listing);
  g_clear_object (&self->entering);
  g_clear_object (&self->listing);
  g_clear_object (&self->actions);
  g_clear_object (&self->page);
  g_clear_object (&self->account);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (confab_ui_home_presenter_parent_class)->dispose (object);
}

static void
confab_ui_home_presenter_class_init (ConfabUiHomePresenterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confab_ui_home_presenter_dispose;

  signals[SIGNAL_ENTERED] =
      g_signal_new ("entered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, CONFAB_TYPE_LIVE_CALL);
}

static void
confab_ui_home_presenter_init (ConfabUiHomePresenter *self)
{
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), action_entries,
                                   G_N_ELEMENTS (action_entries), self);
}

/**
 * confab_ui_home_presenter_new:
 * @page: (transfer none): what to drive
 * @account: (transfer none): where calls are made
 * @settings: (transfer none): who the user is
 *
 * Takes the home page over. Nothing is asked of the server before
 * confab_ui_home_presenter_refresh().
 *
 * Returns: (transfer full): the presenter
 */
ConfabUiHomePresenter *
confab_ui_home_presenter_new (ConfabUiHomePage *page,
                              ConfabUiAccount *account,
                              ConfabUiSettings *settings)
{
  ConfabUiHomePresenter *self = NULL;

  g_return_val_if_fail (CONFAB_UI_IS_HOME_PAGE (page), NULL);
  g_return_val_if_fail (CONFAB_UI_IS_ACCOUNT (account), NULL);
  g_return_val_if_fail (CONFAB_UI_IS_SETTINGS (settings), NULL);

  self = g_object_new (CONFAB_UI_TYPE_HOME_PRESENTER, NULL);
  self->page = g_object_ref (page);
  self->account = g_object_ref (account);
  self->settings = g_object_ref (settings);
  confab_ui_home_page_set_name (page, get_name (self));
  g_signal_connect_object (account, "calls-changed", G_CALLBACK (confab_ui_home_presenter_refresh),
                           self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * confab_ui_home_presenter_get_actions:
 * @self: the presenter
 *
 * Returns: (transfer none): the actions of the group `home`
 */
GActionGroup *
confab_ui_home_presenter_get_actions (ConfabUiHomePresenter *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_HOME_PRESENTER (self), NULL);

  return G_ACTION_GROUP (self->actions);
}

/**
 * confab_ui_home_presenter_join:
 * @self: the presenter
 * @text: what somebody typed or pasted: a link of any usual form, or a code
 *
 * Joins a call, or says on the page why not. Ignored while another one is being entered.
 */
void
confab_ui_home_presenter_join (ConfabUiHomePresenter *self, const char *text)
{
  g_autoptr (ConfabJoinLink) link = NULL;

  g_return_if_fail (CONFAB_UI_IS_HOME_PRESENTER (self));
  g_return_if_fail (text != NULL);

  if (self->entering != NULL)
    return;

  link = confab_join_link_parse (text, NULL);
  if (link == NULL) {
    confab_ui_home_page_set_join_problem (self->page, _ ("That is not a link or code of a call."));
    return;
  }

  begin_entering (self, FALSE);
  confab_ui_doorway_join_async (self->account, get_name (self), link, self->entering, on_entered,
                                g_object_ref (self));
}

/**
 * confab_ui_home_presenter_refresh:
 * @self: the presenter
 *
 * Looks for open calls anew. Asking twice at once does not look twice.
 */
void
confab_ui_home_presenter_refresh (ConfabUiHomePresenter *self)
{
  g_return_if_fail (CONFAB_UI_IS_HOME_PRESENTER (self));

  if (self->listing != NULL)
    return;
  self->listing = g_cancellable_new ();
  confab_ui_account_sign_in_async (self->account, get_name (self), self->listing,
                                   on_signed_in_to_list, g_object_ref (self));
}
