/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-window"

#include "config.h"

#include <glib/gi18n.h>

#define GOODBYE_MS 500 /* a leave and a closing handshake take two round trips */
#define WAKE_S     2   /* time for a daemon that is just leaving to be gone */

#include "confab-ui-accessible.h"
#include "confab-ui-account-actions.h"
#include "confab-ui-account-view.h"
#include "confab-ui-call-presenter.h"
#include "confab-ui-guest-account.h"
#include "confab-ui-home-presenter.h"
#include "confab-ui-identity.h"
#include "confab-ui-sign-in-presenter.h"
#include "confab-ui-talk-key.h"
#include "confab-ui-window.h"

/**
 * ConfabUiWindow:
 *
 * The window: the start page, the page for signing in, or the one call one is in.
 */
struct _ConfabUiWindow {
  AdwApplicationWindow parent_instance;

  ConfabUiSettings *settings;       /* (owned) */
  ConfabUiCallControl *control;     /* (owned) */
  ConfabUiTalkKey *talk_key;        /* (owned) */
  ConfabVault *vault;               /* (owned) of the sessions on servers */
  ConfabUiIdentity *identity;       /* (owned) */
  ConfabUiHomePresenter *home;      /* (owned) (nullable) before one has signed in */
  ConfabUiSignInPresenter *sign_in; /* (owned) */
  ConfabUiCallPresenter *call;      /* (owned) (nullable) while the call page is shown */
  char *waiting_link; /* (owned) (nullable) to join once the user has agreed to leave the call */
  char *first_link;   /* (owned) (nullable) to join once the user has signed in */
  guint wake_timer;   /* source id, while the call has lost its server */

  GtkStack *stack; /* (unowned) of the template, as all below */
  ConfabUiHomePage *home_page;
  ConfabUiCallPage *call_page;
  ConfabUiSignInPage *sign_in_page;
};

G_DEFINE_FINAL_TYPE (ConfabUiWindow, confab_ui_window, ADW_TYPE_APPLICATION_WINDOW)

/* Each page has its actions only while it is shown, so that no shortcut reaches the other one. */
static void
insert_actions (ConfabUiWindow *self, GActionGroup *home, GActionGroup *call)
{
  gtk_widget_insert_action_group (GTK_WIDGET (self), "home", home);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "call", call);
}

static gboolean
is_signing_in (ConfabUiWindow *self)
{
  return gtk_stack_get_visible_child (self->stack) == GTK_WIDGET (self->sign_in_page);
}

static void
show_sign_in (ConfabUiWindow *self, const char *server, const char *note)
{
  insert_actions (self, NULL, NULL);
  g_clear_object (&self->call);
  confab_ui_sign_in_page_set_can_go_back (self->sign_in_page, self->home != NULL);
  confab_ui_show_only (self->stack, GTK_WIDGET (self->sign_in_page));
  confab_ui_sign_in_presenter_show (self->sign_in, server, note);
}

static void
let_go_of_home (ConfabUiWindow *self)
{
  if (self->home != NULL)
    g_object_run_dispose (G_OBJECT (self->home)); /* what is under way holds a reference */
  g_clear_object (&self->home);
}

static void on_entered (ConfabUiWindow *self, ConfabLiveCall *call);

static void
show_account (ConfabUiWindow *self)
{
  ConfabUiAccount *account = confab_ui_identity_get_account (self->identity);

  if (account != NULL)
    confab_ui_account_view_show (self->home_page, account, self->vault);
}

/* The start page is another one for each account. */
static void
open_account (ConfabUiWindow *self)
{
  ConfabUiAccount *account = confab_ui_identity_get_account (self->identity);
  g_autoptr (GObject) actions =
      G_OBJECT (confab_ui_account_actions_new (GTK_WINDOW (self), account));

  let_go_of_home (self);
  self->home = confab_ui_home_presenter_new (self->home_page, account, self->settings);
  g_signal_connect_object (self->home, "entered", G_CALLBACK (on_entered), self, G_CONNECT_SWAPPED);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "account", G_ACTION_GROUP (actions));
  show_account (self);
}

static void
set_account (ConfabUiWindow *self, ConfabUiAccount *account)
{
  confab_ui_identity_set_account (self->identity, account);
  open_account (self);
}

static void
leave_server (ConfabUiWindow *self)
{
  let_go_of_home (self);
  if (confab_ui_identity_leave_server (self->identity))
    open_account (self);
}

static void
show_that_it_is_over (ConfabUiWindow *self)
{
  ConfabUiAccount *account = confab_ui_identity_get_account (self->identity);
  g_autofree char *server = g_strdup (confab_ui_account_get_server (account));
  const char *why = confab_ui_identity_explain_end (self->identity);

  leave_server (self);
  show_sign_in (self, server, why);
}

static void
show_home (ConfabUiWindow *self)
{
  if (confab_ui_identity_is_over (self->identity)) {
    show_that_it_is_over (self);
    return;
  }
  confab_ui_sign_in_presenter_cancel (self->sign_in);
  g_clear_pointer (&self->first_link, g_free); /* who did not sign in did not mean it */
  insert_actions (self, confab_ui_home_presenter_get_actions (self->home), NULL);
  g_clear_object (&self->call);
  confab_ui_show_only (self->stack, GTK_WIDGET (self->home_page));
  confab_ui_home_presenter_refresh (self->home);
}

/* From wherever one is; whoever has to sign in before is led there afterwards. */
static void
join (ConfabUiWindow *self, const char *link)
{
  if (self->home != NULL && (self->call != NULL || is_signing_in (self)))
    show_home (self);
  if (self->home != NULL && !is_signing_in (self)) {
    confab_ui_home_presenter_join (self->home, link);
    return;
  }
  g_free (self->first_link);
  self->first_link = g_strdup (link);
}

static void
on_rejoin (ConfabUiWindow *self)
{
  g_autofree char *link =
      g_strdup (confab_live_call_get_link (confab_ui_call_presenter_get_call (self->call)));

  join (self, link);
}

static gboolean
on_wake (gpointer user_data)
{
  ConfabUiWindow *self = user_data;

  if (self->call == NULL || confab_live_call_get_state (confab_ui_call_presenter_get_call (
                                self->call)) != CONFAB_LINK_STATE_RESUMING) {
    self->wake_timer = 0;
    return G_SOURCE_REMOVE;
  }

  confab_ui_home_presenter_refresh (self->home);
  return G_SOURCE_CONTINUE;
}

/* The daemon of this computer, if it is that, comes back only when the bus is asked for it: the
 * call would wait in vain where it was. */
static void
on_server_lost (ConfabUiWindow *self)
{
  if (self->wake_timer == 0)
    self->wake_timer = g_timeout_add_seconds (WAKE_S, on_wake, self);
}

static void
on_entered (ConfabUiWindow *self, ConfabLiveCall *call)
{
  g_autoptr (ConfabAudioEngine) engine = confab_audio_engine_new ();
  g_autoptr (ConfabConference) conference = confab_conference_new (call, engine);

  self->call =
      confab_ui_call_presenter_new (self->call_page, conference, self->settings, self->control);
  insert_actions (self, NULL, confab_ui_call_presenter_get_actions (self->call));
  g_signal_connect_object (self->call, "dismissed", G_CALLBACK (show_home), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->call, "rejoin", G_CALLBACK (on_rejoin), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (call, "reconnecting", G_CALLBACK (on_server_lost), self,
                           G_CONNECT_SWAPPED);
  confab_ui_call_presenter_start (self->call);
  confab_ui_show_only (self->stack, GTK_WIDGET (self->call_page));
}

static void
on_leave_for_another_answered (ConfabUiWindow *self, const char *response)
{
  g_autofree char *link = g_steal_pointer (&self->waiting_link);

  if (g_strcmp0 (response, "leave") == 0)
    join (self, link);
}

/* Not when the page only says any more why the call is over. */
static gboolean
is_in_call (ConfabUiWindow *self)
{
  return self->call != NULL &&
         confab_ui_call_page_get_phase (self->call_page) != CONFAB_UI_CALL_PHASE_OVER;
}

/* One call at a time: nobody is torn out of one by a click on a link. */
static void
ask_to_leave_for_another (ConfabUiWindow *self, const char *link)
{
  GtkWidget *dialog;

  if (self->waiting_link != NULL)
    return;
  self->waiting_link = g_strdup (link);
  dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Leave This Call?"),
                                   _ ("You are about to join another one."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "stay", _ ("_Stay Here"), "leave",
                                    _ ("_Leave and Join"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "leave",
                                              ADW_RESPONSE_SUGGESTED);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_leave_for_another_answered), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_focus_join (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ConfabUiWindow *self = user_data;

  if (self->call == NULL && !is_signing_in (self))
    confab_ui_home_page_focus_join (self->home_page);
}

/* In a call nobody is disturbed: it goes on, and the page comes after it. */
static void
on_over (ConfabUiWindow *self)
{
  if (self->call == NULL)
    show_that_it_is_over (self);
}

static void
on_signed_in (ConfabUiWindow *self, ConfabUiAccount *account)
{
  g_autofree char *link = g_steal_pointer (&self->first_link);

  set_account (self, account);
  show_home (self);
  if (link != NULL)
    confab_ui_home_presenter_join (self->home, link);
}

/* Out of the call first, then out of the app. */
static void
on_back (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ConfabUiWindow *self = user_data;

  if (self->call != NULL || (is_signing_in (self) && self->home != NULL))
    show_home (self);
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
on_sign_in (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  show_sign_in (user_data, NULL, NULL);
}

static void
on_leave_server (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ConfabUiWindow *self = user_data;
  ConfabUiAccount *account = confab_ui_identity_get_account (self->identity);
  g_autofree char *server = g_strdup (confab_ui_account_get_server (account));

  leave_server (self);
  if (self->home != NULL)
    show_home (self);
  else
    show_sign_in (self, server, NULL);
}

static const GActionEntry action_entries[] = {
  { "focus-join", on_focus_join, NULL, NULL, NULL, { 0 } },
  { "back", on_back, NULL, NULL, NULL, { 0 } },
  { "sign-in", on_sign_in, NULL, NULL, NULL, { 0 } },
  { "leave-server", on_leave_server, NULL, NULL, NULL, { 0 } },
};

static void
on_is_active (ConfabUiWindow *self)
{
  if (gtk_window_is_active (GTK_WINDOW (self)) && self->call == NULL && self->home != NULL &&
      !is_signing_in (self))
    confab_ui_home_presenter_refresh (self->home);
}

static gboolean
on_goodbye_said (gpointer application)
{
  g_application_release (application);
  return G_SOURCE_REMOVE;
}

/* The app lives on for a moment without a window: the word that we leave is still on its way to the
 * server. */
static void
say_goodbye (ConfabUiWindow *self)
{
  GApplication *application = G_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));

  confab_ui_call_presenter_leave (self->call);
  g_application_hold (application);
  g_timeout_add_full (G_PRIORITY_DEFAULT, GOODBYE_MS, on_goodbye_said, g_object_ref (application),
                      g_object_unref);
}

static gboolean
confab_ui_window_close_request (GtkWindow *window)
{
  ConfabUiWindow *self = CONFAB_UI_WINDOW (window);

  if (self->call != NULL)
    say_goodbye (self);
  return GTK_WINDOW_CLASS (confab_ui_window_parent_class)->close_request (window);
}

static void
confab_ui_window_dispose (GObject *object)
{
  ConfabUiWindow *self = CONFAB_UI_WINDOW (object);

  g_clear_handle_id (&self->wake_timer, g_source_remove);
  insert_actions (self, NULL, NULL);
  g_clear_object (&self->call);
  let_go_of_home (self);
  if (self->sign_in != NULL)
    g_object_run_dispose (G_OBJECT (self->sign_in)); /* likewise */
  g_clear_object (&self->sign_in);
  g_clear_object (&self->identity);
  g_clear_object (&self->vault);
  g_clear_object (&self->talk_key);
  g_clear_object (&self->control);
  g_clear_object (&self->settings);
  gtk_widget_dispose_template (GTK_WIDGET (self), CONFAB_UI_TYPE_WINDOW);
  G_OBJECT_CLASS (confab_ui_window_parent_class)->dispose (object);
}

static void
confab_ui_window_finalize (GObject *object)
{
  g_free (CONFAB_UI_WINDOW (object)->waiting_link);
  g_free (CONFAB_UI_WINDOW (object)->first_link);
  G_OBJECT_CLASS (confab_ui_window_parent_class)->finalize (object);
}

static void
confab_ui_window_class_init (ConfabUiWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (CONFAB_UI_TYPE_HOME_PAGE);
  g_type_ensure (CONFAB_UI_TYPE_CALL_PAGE);
  g_type_ensure (CONFAB_UI_TYPE_SIGN_IN_PAGE);

  object_class->dispose = confab_ui_window_dispose;
  object_class->finalize = confab_ui_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = confab_ui_window_close_request;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/confab/Confab/confab-ui-window.ui");
  gtk_widget_class_bind_template_child (widget_class, ConfabUiWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiWindow, home_page);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiWindow, call_page);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiWindow, sign_in_page);
}

static void
confab_ui_window_init (ConfabUiWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_action_map_add_action_entries (G_ACTION_MAP (self), action_entries,
                                   G_N_ELEMENTS (action_entries), self);
  g_signal_connect (self, "notify::is-active", G_CALLBACK (on_is_active), NULL);
}

/**
 * confab_ui_window_new:
 * @application: whose window it is
 * @account: (transfer none) (nullable): where calls are made; %NULL: on a server, see
 *   confab_ui_window_open_server()
 * @vault: (transfer none): where sessions on servers are kept
 * @settings: (transfer none): what the app remembers
 * @control: (transfer none): reaches the call that the window is in
 *
 * Makes the window, with the start page in it, and looks for open calls.
 *
 * Returns: (transfer none): the window, which belongs to GTK
 */
ConfabUiWindow *
confab_ui_window_new (GtkApplication *application,
                      ConfabUiAccount *account,
                      ConfabVault *vault,
                      ConfabUiSettings *settings,
                      ConfabUiCallControl *control)
{
  ConfabUiWindow *self = NULL;

  g_return_val_if_fail (GTK_IS_APPLICATION (application), NULL);

  self = g_object_new (CONFAB_UI_TYPE_WINDOW, "application", application, NULL);
  self->settings = g_object_ref (settings);
  self->control = g_object_ref (control);
  self->talk_key = confab_ui_talk_key_new (GTK_WINDOW (self), control, settings);
  self->vault = g_object_ref (vault);
  self->identity = confab_ui_identity_new (account, settings);
  g_signal_connect_object (self->identity, "renamed", G_CALLBACK (show_account), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->identity, "over", G_CALLBACK (on_over), self, G_CONNECT_SWAPPED);
  self->sign_in = confab_ui_sign_in_presenter_new (self->sign_in_page, vault, settings);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "sign-in",
                                  confab_ui_sign_in_presenter_get_actions (self->sign_in));
  g_signal_connect_object (self->sign_in, "signed-in", G_CALLBACK (on_signed_in), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (vault, "lasting-changed", G_CALLBACK (show_account), self,
                           G_CONNECT_SWAPPED);
  if (account != NULL) {
    set_account (self, account);
    show_home (self);
  }
  return self;
}

/**
 * confab_ui_window_open_server:
 * @self: the window
 * @server: address of a server
 * @link: (nullable): a call there to join
 *
 * Goes on as whom one was there the last time, if that was kept. Otherwise a link is followed as a
 * guest, and without one the user is asked.
 */
void
confab_ui_window_open_server (ConfabUiWindow *self, const char *server, const char *link)
{
  g_autoptr (ConfabUiAccount) guest = NULL;

  g_return_if_fail (CONFAB_UI_IS_WINDOW (self));
  g_return_if_fail (server != NULL);

  show_sign_in (self, server, NULL);
  if (confab_ui_sign_in_presenter_restore (self->sign_in, server)) {
    g_free (self->first_link);
    self->first_link = g_strdup (link);
    return;
  }
  if (link == NULL)
    return;
  guest = confab_ui_guest_account_new (server, NULL);
  set_account (self, guest);
  show_home (self);
  confab_ui_home_presenter_join (self->home, link);
}

/**
 * confab_ui_window_join:
 * @self: the window
 * @text: a link of any usual form, or a code
 *
 * Joins a call. In a call, asks first whether to leave it.
 */
void
confab_ui_window_join (ConfabUiWindow *self, const char *text)
{
  g_return_if_fail (CONFAB_UI_IS_WINDOW (self));
  g_return_if_fail (text != NULL);

  if (is_in_call (self))
    ask_to_leave_for_another (self, text);
  else
    join (self, text);
}
