/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-recording"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-ui-recording.h"

/**
 * ConfabUiRecording:
 *
 * Who records the call: says it on the page for as long as it goes on, to whoever comes later, too;
 * and lets people record where the call allows it, by the action `record`, which asks first. The
 * action `recording-policy` says who may, and lets the moderators of the call change that.
 */
struct _ConfabUiRecording {
  GObject parent_instance;

  ConfabUiCallPage *page;       /* (owned) */
  ConfabConference *conference; /* (owned) */
  GSimpleAction *action;        /* (owned) `record`: boolean, whether we do */
  GSimpleAction *policy;        /* (owned) `recording-policy`: string, who may */
  gboolean was_recorded;        /* somebody did when it was looked at last */
  gboolean has_joined;          /* from then on a change of the policy is said */
};

G_DEFINE_FINAL_TYPE (ConfabUiRecording, confab_ui_recording, G_TYPE_OBJECT)

static gboolean
is_recording (ConfabLiveParticipant *participant)
{
  gboolean is_recording = FALSE;

  g_object_get (participant, "recording", &is_recording, NULL);
  return is_recording;
}

/* names: of the others */
static char *
describe (GPtrArray *names, gboolean are_we)
{
  if (are_we)
    return g_strdup (_ ("You are recording this call, and everybody was told."));
  if (names->len == 1)
    return g_strdup_printf (_ ("%s is recording this call."),
                            (const char *) g_ptr_array_index (names, 0));
  return g_strdup_printf (ngettext ("%s and %u other are recording this call.",
                                    "%s and %u others are recording this call.", names->len - 1),
                          (const char *) g_ptr_array_index (names, 0), names->len - 1);
}

static void
show (ConfabUiRecording *self, GPtrArray *names, gboolean are_we)
{
  gboolean is_recorded = are_we || names->len > 0;
  g_autofree char *text = is_recorded ? describe (names, are_we) : NULL;

  confab_ui_call_page_set_notice (self->page, CONFAB_UI_NOTICE_RECORDING, text);
  if (is_recorded && !self->was_recorded)
    confab_audio_engine_ring (confab_conference_get_engine (self->conference),
                              CONFAB_AUDIO_CHIME_RECORDING);
  self->was_recorded = is_recorded;
}

static const char *
describe_policy (ConfabRecordingPolicy policy)
{
  if (policy == CONFAB_RECORDING_NEVER)
    return _ ("Nobody may record this call.");
  return policy == CONFAB_RECORDING_HOST ? _ ("The host may record this call.")
                                         : _ ("Everyone may record this call.");
}

static void
show_policy (ConfabUiRecording *self, ConfabLiveCall *call)
{
  ConfabRecordingPolicy policy =
      confab_call_get_recording_policy (confab_live_call_get_call (call));
  const char *name = confab_recording_policy_to_string (policy);
  g_autoptr (GVariant) before = g_action_get_state (G_ACTION (self->policy));

  if (self->has_joined && !g_str_equal (g_variant_get_string (before, NULL), name))
    confab_ui_call_page_say (self->page, describe_policy (policy));
  g_simple_action_set_enabled (self->policy, confab_live_call_may_change (call));
  g_simple_action_set_state (self->policy, g_variant_new_string (name));
}

static void
update (ConfabUiRecording *self)
{
  ConfabLiveCall *call = confab_conference_get_call (self->conference);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (call));
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  gboolean are_we = FALSE;

  for (guint i = 0; i < n; i++) {
    g_autoptr (ConfabLiveParticipant) one = g_list_model_get_item (G_LIST_MODEL (call), i);

    if (is_recording (one) && confab_live_participant_get_is_self (one))
      are_we = TRUE;
    else if (is_recording (one))
      g_ptr_array_add (names, g_strdup (confab_live_participant_get_display_name (one)));
  }
  show_policy (self, call);
  g_simple_action_set_enabled (self->action, are_we || confab_live_call_may_record (call));
  g_simple_action_set_state (self->action, g_variant_new_boolean (are_we));
  show (self, names, are_we);
}

static void
on_joined (ConfabUiRecording *self)
{
  update (self);
  self->has_joined = TRUE;
}

static void
on_items_changed (
    ConfabUiRecording *self, guint position, guint n_removed, guint n_added, GListModel *list)
{
  for (guint i = position; i < position + n_added; i++) {
    g_autoptr (ConfabLiveParticipant) one = g_list_model_get_item (list, i);

    g_signal_connect_object (one, "notify::recording", G_CALLBACK (update), self,
                             G_CONNECT_SWAPPED);
  }
  update (self);
}

static char *
make_folder (ConfabUiRecording *self)
{
  const char *music = g_get_user_special_dir (G_USER_DIRECTORY_MUSIC);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *name = g_date_time_format (now, "%Y-%m-%d %H.%M.%S");

  return g_build_filename (music != NULL ? music : g_get_home_dir (), "Confab", name, NULL);
}

static void
on_answered (ConfabUiRecording *self, const char *response)
{
  g_autofree char *folder = NULL;

  if (g_strcmp0 (response, "record") != 0)
    return;
  folder = make_folder (self);
  confab_conference_record (self->conference, folder);
}

static void
ask (ConfabUiRecording *self)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self->page)));
  GtkWidget *dialog = adw_message_dialog_new (
      window, _ ("Record This Call?"),
      _ ("Everybody in the call is told, and sees it as long as it goes on. Each person gets a "
         "file of their own in your music folder."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "record",
                                    _ ("_Record"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "record",
                                              ADW_RESPONSE_DESTRUCTIVE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_answered), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* The state follows when the server has told everybody. */
static void
on_change_record (ConfabUiRecording *self, GVariant *value)
{
  if (g_variant_get_boolean (value))
    ask (self);
  else
    confab_conference_record (self->conference, NULL);
}

/* Likewise. */
static void
on_change_policy (ConfabUiRecording *self, GVariant *value)
{
  ConfabRecordingPolicy policy;

  if (confab_recording_policy_from_string (g_variant_get_string (value, NULL), &policy))
    confab_live_call_set_recording_policy (confab_conference_get_call (self->conference), policy);
}

static void
confab_ui_recording_dispose (GObject *object)
{
  ConfabUiRecording *self = CONFAB_UI_RECORDING (object);

  g_clear_object (&self->page);
  g_clear_object (&self->conference);
  g_clear_object (&self->action);
  g_clear_object (&self->policy);
  G_OBJECT_CLASS (confab_ui_recording_parent_class)->dispose (object);
}

static void
confab_ui_recording_class_init (ConfabUiRecordingClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confab_ui_recording_dispose;
}

static void
confab_ui_recording_init (ConfabUiRecording *self)
{
  self->action = g_simple_action_new_stateful ("record", NULL, g_variant_new_boolean (FALSE));
  g_simple_action_set_enabled (self->action, FALSE);
  self->policy = g_simple_action_new_stateful ("recording-policy", G_VARIANT_TYPE_STRING,
                                               g_variant_new_string ("never"));
  g_simple_action_set_enabled (self->policy, FALSE);
}

/**
 * confab_ui_recording_new:
 * @page: (transfer none): where to say it
 * @conference: (transfer none): of one stay that has not begun
 * @actions: (transfer none): gets the actions `record` and `recording-policy`
 *
 * Returns: (transfer full): what works for as long as it lives
 */
ConfabUiRecording *
confab_ui_recording_new (ConfabUiCallPage *page, ConfabConference *conference, GActionMap *actions)
{
  ConfabUiRecording *self = NULL;
  ConfabLiveCall *call = NULL;

  g_return_val_if_fail (CONFAB_UI_IS_CALL_PAGE (page), NULL);
  g_return_val_if_fail (CONFAB_IS_CONFERENCE (conference), NULL);

  self = g_object_new (CONFAB_UI_TYPE_RECORDING, NULL);
  self->page = g_object_ref (page);
  self->conference = g_object_ref (conference);
  call = confab_conference_get_call (conference);
  g_action_map_add_action (actions, G_ACTION (self->action));
  g_signal_connect_object (self->action, "change-state", G_CALLBACK (on_change_record), self,
                           G_CONNECT_SWAPPED);
  g_action_map_add_action (actions, G_ACTION (self->policy));
  g_signal_connect_object (self->policy, "change-state", G_CALLBACK (on_change_policy), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (call, "notify::call", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (call, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (call, "joined", G_CALLBACK (on_joined), self, G_CONNECT_SWAPPED);
  return self;
}
