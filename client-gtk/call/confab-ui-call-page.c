/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-call-page"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-ui-accessible.h"
#include "confab-ui-call-page.h"
#include "confab-ui-device-choice.h"
#include "confab-ui-invite-popover.h"
#include "confab-ui-notice-bar.h"
#include "confab-ui-tile-grid.h"

/**
 * ConfabUiCallPage:
 *
 * What one sees of a call. It knows no server and no sound: somebody tells it what to show
 * (#ConfabUiCallPresenter, or a test), and it activates the actions of the group `call`: mute and
 * deafen (both with a boolean state), leave, end, dismiss, rejoin, copy-link, set-microphone and
 * set-speaker (with an id), set-volume (with an id and a factor).
 */
struct _ConfabUiCallPage {
  GtkWidget parent_instance;

  GListModel *roster;     /* (owned) (nullable) (element-type ConfabLiveParticipant) */
  gulong changed_handler; /* of the roster */
  ConfabUiCallPhase phase;
  guint elapsed_s;

  GtkWidget *content; /* (unowned) of the template, as all below */
  AdwWindowTitle *title;
  ConfabUiNoticeBar *link_bar;
  ConfabUiNoticeBar *audio_bar;
  ConfabUiNoticeBar *relay_bar;
  ConfabUiNoticeBar *echo_bar;
  ConfabUiNoticeBar *muted_bar;
  ConfabUiNoticeBar *trust_bar;
  ConfabUiNoticeBar *recording_bar;
  ConfabUiNoticeBar *presence_bar;
  AdwToastOverlay *toasts;
  GtkStack *stack;
  GtkSpinner *spinner;
  ConfabUiTileGrid *grid;
  GtkWidget *alone_box;
  AdwStatusPage *over_status;
  GtkWidget *home_button;
  GtkWidget *rejoin_button;
  GtkLabel *talk_hint;
  GtkWidget *controls;
  GtkToggleButton *mute_button;
  GtkImage *mute_icon;
  GtkLabel *mute_label;
  GtkLabel *deafen_label;
  GtkToggleButton *deafen_button;
  GtkImage *deafen_icon;
  GtkMenuButton *invite_button;
  ConfabUiInvitePopover *invite_popover;
  ConfabUiDeviceChoice *microphones;
  ConfabUiDeviceChoice *speakers;
};

G_DEFINE_FINAL_TYPE (ConfabUiCallPage, confab_ui_call_page, GTK_TYPE_WIDGET)

static const char *const phase_names[] = {
  [CONFAB_UI_CALL_PHASE_CONNECTING] = "connecting",
  [CONFAB_UI_CALL_PHASE_LIVE] = "live",
  [CONFAB_UI_CALL_PHASE_OVER] = "over",
};

static ConfabUiNoticeBar *
get_bar (ConfabUiCallPage *self, ConfabUiNotice notice)
{
  ConfabUiNoticeBar *bars[] = {
    [CONFAB_UI_NOTICE_LINK] = self->link_bar,
    [CONFAB_UI_NOTICE_AUDIO] = self->audio_bar,
    [CONFAB_UI_NOTICE_RELAY] = self->relay_bar,
    [CONFAB_UI_NOTICE_ECHO] = self->echo_bar,
    [CONFAB_UI_NOTICE_MUTED] = self->muted_bar,
    [CONFAB_UI_NOTICE_TRUST] = self->trust_bar,
    [CONFAB_UI_NOTICE_RECORDING] = self->recording_bar,
    [CONFAB_UI_NOTICE_PRESENCE] = self->presence_bar,
  };

  return bars[notice];
}

/* 4:05, 1:04:05 */
static char *
format_elapsed (guint elapsed_s)
{
  guint hours = elapsed_s / 3600, minutes = elapsed_s / 60 % 60, seconds = elapsed_s % 60;

  if (hours > 0)
    return g_strdup_printf ("%u:%02u:%02u", hours, minutes, seconds);
  return g_strdup_printf ("%u:%02u", minutes, seconds);
}

static void
update_subtitle (ConfabUiCallPage *self)
{
  guint n_people = self->roster == NULL ? 0 : g_list_model_get_n_items (self->roster);
  g_autofree char *elapsed = format_elapsed (self->elapsed_s);
  g_autofree char *people = NULL;
  g_autofree char *subtitle = NULL;

  if (self->phase == CONFAB_UI_CALL_PHASE_LIVE) {
    people = g_strdup_printf (ngettext ("%u person", "%u people", n_people), n_people);
    subtitle = g_strdup_printf ("%s · %s", elapsed, people);
  }
  adw_window_title_set_subtitle (self->title, subtitle == NULL ? "" : subtitle);
}

static void
on_roster_changed (ConfabUiCallPage *self)
{
  guint n_people = self->roster == NULL ? 0 : g_list_model_get_n_items (self->roster);

  gtk_widget_set_visible (self->alone_box, n_people == 1);
  update_subtitle (self);
}

static void
on_mute_toggled (ConfabUiCallPage *self)
{
  gboolean is_muted = gtk_toggle_button_get_active (self->mute_button);

  gtk_image_set_from_icon_name (self->mute_icon, is_muted ? "microphone-disabled-symbolic"
                                                          : "microphone-sensitivity-high-symbolic");
  gtk_label_set_label (self->mute_label, is_muted ? _ ("Unmute") : _ ("Mute"));
}

static void
on_deafen_toggled (ConfabUiCallPage *self)
{
  gboolean is_deafened = gtk_toggle_button_get_active (self->deafen_button);

  gtk_image_set_from_icon_name (self->deafen_icon, is_deafened ? "audio-volume-muted-symbolic"
                                                               : "audio-volume-high-symbolic");
  gtk_label_set_label (self->deafen_label, is_deafened ? _ ("Sound On") : _ ("Sound Off"));
}

static void
on_devices_shown (ConfabUiCallPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "call.refresh-devices", NULL);
}

static void
confab_ui_call_page_dispose (GObject *object)
{
  ConfabUiCallPage *self = CONFAB_UI_CALL_PAGE (object);

  if (self->roster != NULL)
    g_clear_signal_handler (&self->changed_handler, self->roster);
  g_clear_object (&self->roster);
  gtk_widget_dispose_template (GTK_WIDGET (self), CONFAB_UI_TYPE_CALL_PAGE);
  G_OBJECT_CLASS (confab_ui_call_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, content);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, title);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, link_bar);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, audio_bar);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, relay_bar);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, echo_bar);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, muted_bar);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, trust_bar);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, recording_bar);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, presence_bar);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, stack);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, grid);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, alone_box);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, over_status);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, home_button);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, rejoin_button);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, talk_hint);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, controls);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, mute_button);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, mute_icon);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, mute_label);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, deafen_label);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, deafen_button);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, deafen_icon);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, invite_button);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, invite_popover);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, microphones);
  gtk_widget_class_bind_template_child (widget_class, ConfabUiCallPage, speakers);
  gtk_widget_class_bind_template_callback (widget_class, on_devices_shown);
}

static void
confab_ui_call_page_class_init (ConfabUiCallPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (CONFAB_UI_TYPE_DEVICE_CHOICE);
  g_type_ensure (CONFAB_UI_TYPE_INVITE_POPOVER);
  g_type_ensure (CONFAB_UI_TYPE_NOTICE_BAR);
  g_type_ensure (CONFAB_UI_TYPE_TILE_GRID);

  G_OBJECT_CLASS (klass)->dispose = confab_ui_call_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/confab/Confab/call/confab-ui-call-page.ui");
  bind_children (widget_class);
}

static void
confab_ui_call_page_init (ConfabUiCallPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  confab_ui_tidy_names (GTK_WIDGET (self));
  g_signal_connect_object (self->mute_button, "notify::active", G_CALLBACK (on_mute_toggled), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->deafen_button, "notify::active", G_CALLBACK (on_deafen_toggled),
                           self, G_CONNECT_SWAPPED);
  confab_ui_call_page_set_title (self, NULL);
  confab_ui_call_page_set_phase (self, CONFAB_UI_CALL_PHASE_CONNECTING);
  on_roster_changed (self);
}

/**
 * confab_ui_call_page_new:
 *
 * Makes a page that says “Connecting…”.
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
confab_ui_call_page_new (void)
{
  return g_object_new (CONFAB_UI_TYPE_CALL_PAGE, NULL);
}

/**
 * confab_ui_call_page_set_roster:
 * @self: the page
 * @roster: (nullable) (transfer none): a list of #ConfabLiveParticipant
 *
 * Shows who is in the call, and follows the changes.
 */
void
confab_ui_call_page_set_roster (ConfabUiCallPage *self, GListModel *roster)
{
  g_return_if_fail (CONFAB_UI_IS_CALL_PAGE (self));

  if (self->roster != NULL)
    g_clear_signal_handler (&self->changed_handler, self->roster);
  g_set_object (&self->roster, roster);
  if (roster != NULL)
    self->changed_handler = g_signal_connect_object (
        roster, "items-changed", G_CALLBACK (on_roster_changed), self, G_CONNECT_SWAPPED);
  confab_ui_tile_grid_set_roster (self->grid, roster);
  on_roster_changed (self);
}

/**
 * confab_ui_call_page_set_stats:
 * @self: the page
 * @participant_id: of the roster
 * @stats: (nullable): how well one hears them; %NULL: there is no connection
 *
 * To be told once a second.
 */
void
confab_ui_call_page_set_stats (ConfabUiCallPage *self,
                               const char *participant_id,
                               const ConfabAudioPeerStats *stats)
{
  g_return_if_fail (CONFAB_UI_IS_CALL_PAGE (self));

  confab_ui_tile_grid_set_stats (self->grid, participant_id, stats);
}

/**
 * confab_ui_call_page_set_devices:
 * @self: the page
 * @microphones: (nullable) (transfer none): objects with the properties "id" and "name"
 * @speakers: (nullable) (transfer none): likewise
 *
 * Offers devices to choose from.
 */
void
confab_ui_call_page_set_devices (ConfabUiCallPage *self,
                                 GListModel *microphones,
                                 GListModel *speakers)
{
  g_return_if_fail (CONFAB_UI_IS_CALL_PAGE (self));

  confab_ui_device_choice_set_devices (self->microphones, microphones);
  confab_ui_device_choice_set_devices (self->speakers, speakers);
}

/**
 * confab_ui_call_page_set_chosen_devices:
 * @self: the page
 * @microphone: an id; empty for the default
 * @speaker: likewise
 *
 * Marks the devices in use.
 */
void
confab_ui_call_page_set_chosen_devices (ConfabUiCallPage *self,
                                        const char *microphone,
                                        const char *speaker)
{
  g_return_if_fail (CONFAB_UI_IS_CALL_PAGE (self));

  confab_ui_device_choice_set_chosen (self->microphones, microphone);
  confab_ui_device_choice_set_chosen (self->speakers, speaker);
}

/**
 * confab_ui_call_page_set_title:
 * @self: the page
 * @title: (nullable): the title of the call
 *
 * Shows the title, or what stands for none.
 */
void
confab_ui_call_page_set_title (ConfabUiCallPage *self, const char *title)
{
  g_return_if_fail (CONFAB_UI_IS_CALL_PAGE (self));

  adw_window_title_set_title (self->title, title == NULL ? _ ("Call") : title);
}

/**
 * confab_ui_call_page_set_link:
 * @self: the page
 * @link: the address that others open to join
 *
 * Sets what one can invite with.
 */
void
confab_ui_call_page_set_link (ConfabUiCallPage *self, const char *link)
{
  g_return_if_fail (CONFAB_UI_IS_CALL_PAGE (self));

  confab_ui_invite_popover_set_link (self->invite_popover, link);
}

/**
 * confab_ui_call_page_set_elapsed:
 * @self: the page
 * @elapsed_s: whole seconds since the call started
 *
 * Sets the timer.
 */
void
confab_ui_call_page_set_elapsed (ConfabUiCallPage *self, guint elapsed_s)
{
  g_return_if_fail (CONFAB_UI_IS_CALL_PAGE (self));

  if (self->elapsed_s == elapsed_s)
    return;
  self->elapsed_s = elapsed_s;
  update_subtitle (self);
}

/**
 * confab_ui_call_page_set_phase:
 * @self: the page
 * @phase: how far the call is
 *
 * Switches between what is shown before, in and after a call. The notices are those of one call:
 * they end with it, and none waits for the next one.
 */
void
confab_ui_call_page_set_phase (ConfabUiCallPage *self, ConfabUiCallPhase phase)
{
  g_return_if_fail (CONFAB_UI_IS_CALL_PAGE (self));

  self->phase = phase;
  for (ConfabUiNotice notice = 0;
       notice < CONFAB_UI_N_NOTICES && phase != CONFAB_UI_CALL_PHASE_LIVE; notice++)
    confab_ui_call_page_set_notice (self, notice, NULL);
  confab_ui_show_only (self->stack, gtk_stack_get_child_by_name (self->stack, phase_names[phase]));
  gtk_spinner_set_spinning (self->spinner, phase == CONFAB_UI_CALL_PHASE_CONNECTING);
  gtk_widget_set_visible (self->controls, phase != CONFAB_UI_CALL_PHASE_OVER);
  gtk_widget_set_sensitive (GTK_WIDGET (self->invite_button), phase == CONFAB_UI_CALL_PHASE_LIVE);
  update_subtitle (self);
}

/**
 * confab_ui_call_page_get_phase:
 * @self: the page
 *
 * Returns: what is shown
 */
ConfabUiCallPhase
confab_ui_call_page_get_phase (ConfabUiCallPage *self)
{
  g_return_val_if_fail (CONFAB_UI_IS_CALL_PAGE (self), CONFAB_UI_CALL_PHASE_OVER);

  return self->phase;
}

/**
 * confab_ui_call_page_set_notice:
 * @self: the page
 * @notice: what it is about
 * @text: (nullable): a sentence; %NULL when all is well again
 *
 * Shows or takes back a notice above the tiles; the call goes on beneath it.
 */
void
confab_ui_call_page_set_notice (ConfabUiCallPage *self, ConfabUiNotice notice, const char *text)
{
  g_return_if_fail (CONFAB_UI_IS_CALL_PAGE (self));

  confab_ui_notice_bar_set_text (get_bar (self, notice), text);
}

/**
 * confab_ui_call_page_get_notice:
 * @self: the page
 * @notice: what it is about
 *
 * Returns: (nullable) (transfer none): the sentence that is shown
 */
const char *
confab_ui_call_page_get_notice (ConfabUiCallPage *self, ConfabUiNotice notice)
{
  g_return_val_if_fail (CONFAB_UI_IS_CALL_PAGE (self), NULL);

  return confab_ui_notice_bar_get_text (get_bar (self, notice));
}

/**
 * confab_ui_call_page_set_talk_hint:
 * @self: the page
 * @text: (nullable): how to be heard, or that one is; %NULL where that needs no word
 * @is_talking: whether one is heard at this moment
 *
 * Says above the controls what push-to-talk is about.
 */
void
confab_ui_call_page_set_talk_hint (ConfabUiCallPage *self, const char *text, gboolean is_talking)
{
  g_return_if_fail (CONFAB_UI_IS_CALL_PAGE (self));

  gtk_widget_set_visible (GTK_WIDGET (self->talk_hint), text != NULL);
  gtk_label_set_label (self->talk_hint, text != NULL ? text : "");
  if (is_talking)
    gtk_widget_add_css_class (GTK_WIDGET (self->talk_hint), "success");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->talk_hint), "success");
}

/**
 * confab_ui_call_page_say:
 * @self: the page
 * @text: a few words
 *
 * Shows something for a moment, above the controls.
 */
void
confab_ui_call_page_say (ConfabUiCallPage *self, const char *text)
{
  AdwToast *toast = NULL;

  g_return_if_fail (CONFAB_UI_IS_CALL_PAGE (self));

  toast = adw_toast_new (text);
  adw_toast_set_timeout (toast, 3);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/**
 * confab_ui_call_page_show_over:
 * @self: the page
 * @title: that the call is over, in a few words
 * @sentence: why
 * @can_rejoin: whether trying again makes sense
 *
 * Shows the end of the call.
 */
void
confab_ui_call_page_show_over (ConfabUiCallPage *self,
                               const char *title,
                               const char *sentence,
                               gboolean can_rejoin)
{
  g_autofree char *escaped = NULL;

  g_return_if_fail (CONFAB_UI_IS_CALL_PAGE (self));

  /* the description is markup, a sentence is not */
  escaped = g_markup_escape_text (sentence, -1);
  adw_status_page_set_title (self->over_status, title);
  adw_status_page_set_description (self->over_status, escaped);
  gtk_widget_set_visible (self->rejoin_button, can_rejoin);
  confab_ui_call_page_set_phase (self, CONFAB_UI_CALL_PHASE_OVER);
  gtk_widget_grab_focus (self->home_button);
}

/**
 * confab_ui_call_page_open_invite:
 * @self: the page
 *
 * Opens what one invites others with, if the call is live.
 */
void
confab_ui_call_page_open_invite (ConfabUiCallPage *self)
{
  g_return_if_fail (CONFAB_UI_IS_CALL_PAGE (self));

  if (self->phase == CONFAB_UI_CALL_PHASE_LIVE)
    gtk_menu_button_popup (self->invite_button);
}
