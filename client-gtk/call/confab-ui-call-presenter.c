/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-call-presenter"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-error.h"
#include "confab-permission.h"
#include "confab-ui-call-presenter.h"
#include "confab-ui-call-sound.h"
#include "confab-ui-call-warnings.h"
#include "confab-ui-error.h"
#include "confab-ui-herald.h"
#include "confab-ui-microphone.h"
#include "confab-ui-recording.h"

/**
 * ConfabUiCallPresenter:
 *
 * One stay in one call on the screen, from the way in to its end: tells the call page how it fares
 * and does what it asks for. Sound, microphone, recording, presence and warnings have objects of
 * their own, which live as long.
 *
 * Signals: "dismissed" (): the user is done with this call; "rejoin" (): the user wants to go in
 * again.
 */
struct _ConfabUiCallPresenter {
  GObject parent_instance;

  ConfabUiCallPage *page;         /* (owned) */
  ConfabConference *conference;   /* (owned) */
  ConfabLiveCall *call;           /* (owned) */
  ConfabUiCallControl *control;   /* (owned) */
  ConfabUiCallSound *sound;       /* (owned) */
  ConfabUiHerald *herald;         /* (owned) */
  ConfabUiRecording *recording;   /* (owned) */
  ConfabUiMicrophone *microphone; /* (owned) */
  ConfabUiCallWarnings *warnings; /* (owned) */
  GSimpleActionGroup *actions;    /* (owned) */
  guint timer;                    /* source id, while the call is live */
  gboolean has_joined;
  gboolean is_ending; /* we ended the call ourselves */
};

typedef enum { SIGNAL_DISMISSED, SIGNAL_REJOIN, N_SIGNALS } ConfabUiCallPresenterSignal;
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ConfabUiCallPresenter, confab_ui_call_presenter, G_TYPE_OBJECT)

static GSimpleAction *
get_action (ConfabUiCallPresenter *self, const char *name)
{
  return G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->actions), name));
}

static ConfabAudioEngine *
get_engine (ConfabUiCallPresenter *self)
{
  return confab_conference_get_engine (self->conference);
}

static gboolean
may_end (ConfabUiCallPresenter *self)
{
  const char *id = confab_live_call_get_self_id (self->call);
  ConfabLiveParticipant *me = id == NULL ? NULL : confab_live_call_find (self->call, id);
  ConfabParticipant *value = me == NULL ? NULL : confab_live_participant_get_participant (me);

  return value != NULL && confab_call_permission_is_granted (CONFAB_CALL_PERMISSION_END,
                                                             confab_participant_get_role (value));
}

static gboolean
on_timer (gpointer user_data)
{
  ConfabUiCallPresenter *self = user_data;

  confab_ui_call_page_set_elapsed (self->page, confab_live_call_get_elapsed_s (self->call));
  return G_SOURCE_CONTINUE;
}

static void
on_stats (ConfabUiCallPresenter *self)
{
  GListModel *list = G_LIST_MODEL (self->call);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++) {
    g_autoptr (ConfabLiveParticipant) participant = g_list_model_get_item (list, i);
    const char *id = confab_live_participant_get_id (participant);
    ConfabAudioPeerStats stats;
    gboolean is_there = confab_audio_engine_get_peer_stats (get_engine (self), id, &stats);

    confab_ui_call_page_set_stats (self->page, id, is_there ? &stats : NULL);
  }
}

/* Sound and timer end here, whoever ended the call. */
static void
finish (ConfabUiCallPresenter *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  confab_ui_call_control_set_conference (self->control, NULL);
  confab_conference_leave (self->conference);
}

static void
dismiss (ConfabUiCallPresenter *self)
{
  finish (self);
  g_signal_emit (self, signals[SIGNAL_DISMISSED], 0);
}

static void
on_joined (ConfabUiCallPresenter *self)
{
  self->has_joined = TRUE;
  confab_ui_call_page_set_link (self->page, confab_live_call_get_link (self->call));
  confab_ui_call_page_set_title (self->page,
                                 confab_call_get_title (confab_live_call_get_call (self->call)));
  confab_ui_call_page_set_notice (self->page, CONFAB_UI_NOTICE_LINK, NULL);
  confab_ui_call_page_set_phase (self->page, CONFAB_UI_CALL_PHASE_LIVE);
  g_simple_action_set_enabled (get_action (self, "end"), may_end (self));
  if (self->timer == 0)
    self->timer = g_timeout_add_seconds (1, on_timer, self);
  on_timer (self);
}

static void
on_reconnecting (ConfabUiCallPresenter *self)
{
  if (self->has_joined)
    confab_ui_call_page_set_notice (
        self->page, CONFAB_UI_NOTICE_LINK,
        _ ("The connection to the server was lost. Reconnecting… You may go on talking."));
}

static void
on_refused (ConfabUiCallPresenter *self, const GError *error)
{
  self->is_ending = FALSE;
  confab_ui_call_page_say (self->page, confab_ui_error_to_sentence (error));
}

static void
on_ending (ConfabUiCallPresenter *self, guint in_s)
{
  guint minutes = MAX (1, (in_s + 30) / 60);
  g_autofree char *text = g_strdup_printf (
      ngettext ("The call ends in %u minute.", "The call ends in %u minutes.", minutes), minutes);

  confab_ui_call_page_say (self->page, text);
}

static void
on_ended (ConfabUiCallPresenter *self, const char *reason)
{
  if (self->is_ending) {
    dismiss (self);
    return;
  }

  finish (self);
  confab_ui_call_page_show_over (self->page, _ ("The Call Is Over"),
                                 confab_ui_end_reason_to_sentence (reason), FALSE);
}

/* Whether the same door may open another time. */
static gboolean
is_worth_another_try (const GError *error)
{
  return !g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_CALL_OVER) &&
         !g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NO_SUCH_CALL) &&
         !g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_NOT_ALLOWED);
}

static void
on_failed (ConfabUiCallPresenter *self, const GError *error)
{
  const char *title =
      self->has_joined ? _ ("You Are No Longer in the Call") : _ ("Joining Was Not Possible");

  finish (self);
  confab_ui_call_page_show_over (self->page, title, confab_ui_error_to_sentence (error),
                                 is_worth_another_try (error));
}

static void
on_leave (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  dismiss (user_data);
}

static void
on_end_answered (ConfabUiCallPresenter *self, const char *response)
{
  if (g_strcmp0 (response, "end") != 0)
    return;
  self->is_ending = TRUE;
  confab_live_call_end (self->call);
}

static void
on_end (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ConfabUiCallPresenter *self = user_data;
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self->page)));
  GtkWidget *dialog = adw_message_dialog_new (window, _ ("End the Call for Everyone?"),
                                              _ ("Nobody can join with its link any more."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "end",
                                    _ ("_End Call"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "end",
                                              ADW_RESPONSE_DESTRUCTIVE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_end_answered), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_dismiss (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  dismiss (user_data);
}

static void
on_rejoin (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_REJOIN], 0);
}

static void
on_copy_link (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ConfabUiCallPresenter *self = user_data;

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self->page)),
                          confab_live_call_get_link (self->call));
  confab_ui_call_page_say (self->page, _ ("Link copied"));
}

static void
on_invite (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  confab_ui_call_page_open_invite (CONFAB_UI_CALL_PRESENTER (user_data)->page);
}

static const GActionEntry action_entries[] = {
  { "leave", on_leave, NULL, NULL, NULL, { 0 } },
  { "end", on_end, NULL, NULL, NULL, { 0 } },
  { "dismiss", on_dismiss, NULL, NULL, NULL, { 0 } },
  { "rejoin", on_rejoin, NULL, NULL, NULL, { 0 } },
  { "invite", on_invite, NULL, NULL, NULL, { 0 } },
  { "copy-link", on_copy_link, NULL, NULL, NULL, { 0 } },
};

static void
connect_signals (ConfabUiCallPresenter *self)
{
  g_signal_connect_object (self->call, "joined", G_CALLBACK (on_joined), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->call, "reconnecting", G_CALLBACK (on_reconnecting), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->call, "ended", G_CALLBACK (on_ended), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->call, "failed", G_CALLBACK (on_failed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->call, "refused", G_CALLBACK (on_refused), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->call, "ending", G_CALLBACK (on_ending), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (get_engine (self), "stats", G_CALLBACK (on_stats), self,
                           G_CONNECT_SWAPPED);
}

static void
confab_ui_call_presenter_dispose (GObject *object)
{
  ConfabUiCallPresenter *self = CONFAB_UI_CALL_PRESENTER (object);

  if (self->conference != NULL)
    finish (self);
  if (self->page != NULL)
    confab_ui_call_page_set_roster (self->page, NULL);
  g_clear_object (&self->page);
  g_clear_object (&self->conference);
  g_clear_object (&self->call);
  g_clear_object (&self->control);
  g_clear_object (&self->sound);
  g_clear_object (&self->herald);
  g_clear_object (&self->recording);
  g_clear_object (&self->microphone);
  g_clear_object (&self->warnings);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (confab_ui_call_presenter_parent_class)->dispose (object);
}

static void
confab_ui_call_presenter_class_init (ConfabUiCallPresenterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confab_ui_call_presenter_dispose;

  signals[SIGNAL_DISMISSED] = g_signal_new ("dismissed", G_TYPE_FROM_CLASS (klass),
                                            G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_REJOIN] = g_signal_new ("rejoin", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
confab_ui_call_presenter_init (ConfabUiCallPresenter *self)
{
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), action_entries,
                                   G_N_ELEMENTS (action_entries), self);
  g_simple_action_set_enabled (get_action (self, "end"), FALSE);
}

/**
 * confab_ui_call_presenter_new:
 * @page: (transfer none): what to drive
 * @conference: (transfer none): the stay, not started yet
 * @settings: (transfer none): which devices were chosen
 * @control: (transfer none): reaches this call from now to its end
 *
 * Takes the call page over for one stay in one call.
 *
 * Returns: (transfer full): the presenter
 */
ConfabUiCallPresenter *
confab_ui_call_presenter_new (ConfabUiCallPage *page,
                              ConfabConference *conference,
                              ConfabUiSettings *settings,
                              ConfabUiCallControl *control)
{
  ConfabUiCallPresenter *self = NULL;

  g_return_val_if_fail (CONFAB_UI_IS_CALL_PAGE (page), NULL);
  g_return_val_if_fail (CONFAB_IS_CONFERENCE (conference), NULL);
  g_return_val_if_fail (CONFAB_UI_IS_SETTINGS (settings), NULL);

  self = g_object_new (CONFAB_UI_TYPE_CALL_PRESENTER, NULL);
  self->page = g_object_ref (page);
  self->conference = g_object_ref (conference);
  self->call = g_object_ref (confab_conference_get_call (conference));
  self->control = g_object_ref (control);
  self->sound =
      confab_ui_call_sound_new (page, get_engine (self), settings, G_ACTION_MAP (self->actions));
  self->herald = confab_ui_herald_new (page, conference, settings);
  self->recording = confab_ui_recording_new (page, conference, G_ACTION_MAP (self->actions));
  self->microphone =
      confab_ui_microphone_new (page, conference, settings, control, G_ACTION_MAP (self->actions));
  self->warnings = confab_ui_call_warnings_new (page, conference);
  connect_signals (self);
  return self;
}

/**
 * confab_ui_call_presenter_get_actions:
 * @self: the presenter
 *
 * Returns: (transfer none): the actions of the group `call`; whoever inserts them takes them out
 * before letting the presenter go
 */
GActionGroup *
confab_ui_call_presenter_get_actions (ConfabUiCallPresenter *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_CALL_PRESENTER (self), NULL);

  return G_ACTION_GROUP (self->actions);
}

/**
 * confab_ui_call_presenter_get_call:
 * @self: the presenter
 *
 * Returns: (transfer none): the call
 */
ConfabLiveCall *
confab_ui_call_presenter_get_call (ConfabUiCallPresenter *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_CALL_PRESENTER (self), NULL);

  return self->call;
}

/**
 * confab_ui_call_presenter_start:
 * @self: the presenter
 *
 * Goes into the call: from here on the page shows how it fares.
 */
void
confab_ui_call_presenter_start (ConfabUiCallPresenter *self)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (CONFAB_UI_IS_CALL_PRESENTER (self));

  confab_ui_call_page_set_title (self->page,
                                 confab_call_get_title (confab_live_call_get_call (self->call)));
  confab_ui_call_page_set_elapsed (self->page, 0);
  confab_ui_call_page_set_roster (self->page, G_LIST_MODEL (self->call));
  confab_ui_call_page_set_phase (self->page, CONFAB_UI_CALL_PHASE_CONNECTING);
  confab_ui_call_sound_start (self->sound);
  confab_ui_call_control_set_conference (self->control, self->conference);
  if (!confab_conference_start (self->conference, &error))
    on_failed (self, error);
}

/**
 * confab_ui_call_presenter_leave:
 * @self: the presenter
 *
 * Leaves the call and ends the sound, without a word to anybody.
 */
void
confab_ui_call_presenter_leave (ConfabUiCallPresenter *self)
{
  g_return_if_fail (CONFAB_UI_IS_CALL_PRESENTER (self));

  finish (self);
}
