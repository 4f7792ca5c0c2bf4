/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-window"

#include "config.h"

#include <glib/gi18n.h>

#define GOODBYE_MS 500 /* a leave and a closing handshake take two round trips */
#define WAKE_S     2   /* time for a daemon that is just leaving to be gone */

#include "confab-ui-accessible.h"
#include "confab-ui-call-presenter.h"
#include "confab-ui-home-presenter.h"
#include "confab-ui-talk-key.h"
#include "confab-ui-window.h"

/**
 * ConfabUiWindow:
 *
 * The window: the start page, or the one call one is in.
 */
struct _ConfabUiWindow {
  AdwApplicationWindow parent_instance;

  ConfabUiSettings *settings;   /* (owned) */
  ConfabUiCallControl *control; /* (owned) */
  ConfabUiTalkKey *talk_key;    /* (owned) */
  ConfabUiHomePresenter *home;  /* (owned) */
  ConfabUiCallPresenter *call;  /* (owned) (nullable) while the call page is shown */
  char *waiting_link; /* (owned) (nullable) to join once the user has agreed to leave the call */
  guint wake_timer;   /* source id, while the call has lost its server */

  GtkStack *stack; /* (unowned) of the template, as all below */
  ConfabUiHomePage *home_page;
  ConfabUiCallPage *call_page;
};

G_DEFINE_FINAL_TYPE (ConfabUiWindow, confab_ui_window, ADW_TYPE_APPLICATION_WINDOW)

/* Each page has its actions only while it is shown, so that no shortcut reaches the other one. */
static void
insert_actions (ConfabUiWindow *self, GActionGroup *home, GActionGroup *call)
{
  gtk_widget_insert_action_group (GTK_WIDGET (self), "home", home);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "call", call);
}

static void
show_home (ConfabUiWindow *self)
{
  insert_actions (self, confab_ui_home_presenter_get_actions (self->home), NULL);
  g_clear_object (&self->call);
  confab_ui_show_only (self->stack, GTK_WIDGET (self->home_page));
  confab_ui_home_presenter_refresh (self->home);
}

static void
on_rejoin (ConfabUiWindow *self)
{
  g_autofree char *link =
      g_strdup (confab_live_call_get_link (confab_ui_call_presenter_get_call (self->call)));

  show_home (self);
  confab_ui_home_presenter_join (self->home, link);
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

  if (g_strcmp0 (response, "leave") != 0)
    return;
  if (self->call != NULL)
    show_home (self);
  confab_ui_home_presenter_join (self->home, link);
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

  if (self->call == NULL)
    confab_ui_home_page_focus_join (self->home_page);
}

/* Out of the call first, then out of the app. */
static void
on_back (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ConfabUiWindow *self = user_data;

  if (self->call != NULL)
    show_home (self);
  else
    gtk_window_close (GTK_WINDOW (self));
}

static const GActionEntry action_entries[] = {
  { "focus-join", on_focus_join, NULL, NULL, NULL, { 0 } },
  { "back", on_back, NULL, NULL, NULL, { 0 } },
};

static void
on_is_active (ConfabUiWindow *self)
{
  if (gtk_window_is_active (GTK_WINDOW (self)) && self->call == NULL && self->home != NULL)
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
  if (self->home != NULL)
    g_object_run_dispose (G_OBJECT (self->home)); /* what is under way holds a reference */
  g_clear_object (&self->home);
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
  G_OBJECT_CLASS (confab_ui_window_parent_class)->finalize (object);
}

static void
confab_ui_window_class_init (ConfabUiWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (CONFAB_UI_TYPE_HOME_PAGE);
  g_type_ensure (CONFAB_UI_TYPE_CALL_PAGE);

  object_class->dispose = confab_ui_window_dispose;
  object_class->finalize = confab_ui_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = confab_ui_window_close_request;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/confab/Confab/confab-ui-window.ui");
  gtk_widget_class_bind_template_child (widget_class, ConfabUiWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiWindow, home_page);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiWindow, call_page);
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
 * @account: (transfer none): where calls are made
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
                      ConfabUiSettings *settings,
                      ConfabUiCallControl *control)
{
  ConfabUiWindow *self = NULL;

  g_return_val_if_fail (GTK_IS_APPLICATION (application), NULL);

  self = g_object_new (CONFAB_UI_TYPE_WINDOW, "application", application, NULL);
  self->settings = g_object_ref (settings);
  self->control = g_object_ref (control);
  self->talk_key = confab_ui_talk_key_new (GTK_WINDOW (self), control, settings);
  self->home = confab_ui_home_presenter_new (self->home_page, account, settings);
  g_signal_connect_object (self->home, "entered", G_CALLBACK (on_entered), self, G_CONNECT_SWAPPED);
  show_home (self);
  return self;
}

/**
 * confab_ui_window_set_server_label:
 * @self: the window
 * @server: (nullable): which server calls are started on; %NULL for the daemon of this computer
 *
 * Says on the start page whose guest the user is.
 */
void
confab_ui_window_set_server_label (ConfabUiWindow *self, const char *server)
{
  g_return_if_fail (CONFAB_UI_IS_WINDOW (self));

  confab_ui_home_page_set_server (self->home_page, server);
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

  if (is_in_call (self)) {
    ask_to_leave_for_another (self, text);
    return;
  }
  if (self->call != NULL)
    show_home (self);
  confab_ui_home_presenter_join (self->home, text);
}
