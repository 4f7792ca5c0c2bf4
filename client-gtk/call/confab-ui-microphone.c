/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-microphone"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-ui-microphone.h"
#include "confab-ui-talk-key.h"

/**
 * ConfabUiMicrophone:
 *
 * Whether one is heard: the actions `mute` and `deafen`, the hint which key to hold, and the word
 * to whoever talks although nobody hears them. For one stay, as long as it lives.
 */
struct _ConfabUiMicrophone {
  GObject parent_instance;

  ConfabUiCallPage *page;       /* (owned) */
  ConfabConference *conference; /* (owned) */
  ConfabLiveCall *call;         /* (owned) */
  ConfabUiSettings *settings;   /* (owned) */
  ConfabUiCallControl *control; /* (owned) */
  GSimpleAction *mute;          /* (owned) `mute`: boolean */
  GSimpleAction *deafen;        /* (owned) `deafen`: boolean */
  gboolean was_muted;           /* before the sound was turned off */
};

G_DEFINE_FINAL_TYPE (ConfabUiMicrophone, confab_ui_microphone, G_TYPE_OBJECT)

/* How to be heard, while that takes a key. */
static void
show_talk_hint (ConfabUiMicrophone *self)
{
  GSettings *store = confab_ui_settings_get_store (self->settings);
  g_autofree char *mode = g_settings_get_string (store, CONFAB_UI_KEY_TALK_MODE);
  g_autofree char *key = g_settings_get_string (store, CONFAB_UI_KEY_PUSH_TO_TALK_KEY);
  g_autofree char *label = confab_ui_talk_key_dup_label (key);
  g_autofree char *hint = g_strdup_printf (_ ("Hold %s to talk"), label);
  gboolean is_talking = confab_ui_call_control_get_talking (self->control);

  if (!g_str_equal (mode, "push-to-talk") || confab_live_call_get_muted (self->call))
    confab_ui_call_page_set_talk_hint (self->page, NULL, FALSE);
  else
    confab_ui_call_page_set_talk_hint (self->page, is_talking ? _ ("You are heard") : hint,
                                       is_talking);
}

static void
on_muted_changed (ConfabUiMicrophone *self)
{
  gboolean is_muted = confab_live_call_get_muted (self->call);

  g_simple_action_set_state (self->mute, g_variant_new_boolean (is_muted));
  if (!is_muted)
    confab_ui_call_page_set_notice (self->page, CONFAB_UI_NOTICE_MUTED, NULL);
  show_talk_hint (self);
}

static void
on_talking_while_muted (ConfabUiMicrophone *self)
{
  confab_ui_call_page_set_notice (self->page, CONFAB_UI_NOTICE_MUTED,
                                  _ ("You are talking, but you are muted: nobody hears you."));
}

/* The state follows the call's. */
static void
on_change_mute (ConfabUiMicrophone *self, GVariant *value)
{
  confab_conference_set_muted (self->conference, g_variant_get_boolean (value));
}

/* Who hears nobody should not be overheard either. */
static void
on_change_deafen (ConfabUiMicrophone *self, GVariant *value)
{
  gboolean is_deafened = g_variant_get_boolean (value);

  if (is_deafened)
    self->was_muted = confab_live_call_get_muted (self->call);
  confab_live_call_set_deafened (self->call, is_deafened);
  g_simple_action_set_state (self->deafen, value);
  confab_conference_set_muted (self->conference, is_deafened || self->was_muted);
}

static void
follow_talking (ConfabUiMicrophone *self)
{
  GSettings *store = confab_ui_settings_get_store (self->settings);

  g_signal_connect_object (store, "changed::" CONFAB_UI_KEY_TALK_MODE, G_CALLBACK (show_talk_hint),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "changed::" CONFAB_UI_KEY_PUSH_TO_TALK_KEY,
                           G_CALLBACK (show_talk_hint), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->control, "notify::talking", G_CALLBACK (show_talk_hint), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (confab_conference_get_engine (self->conference), "talking-while-muted",
                           G_CALLBACK (on_talking_while_muted), self, G_CONNECT_SWAPPED);
  show_talk_hint (self);
}

static void
confab_ui_microphone_dispose (GObject *object)
{
  ConfabUiMicrophone *self = CONFAB_UI_MICROPHONE (object);

  g_clear_object (&self->page);
  g_clear_object (&self->conference);
  g_clear_object (&self->call);
  g_clear_object (&self->settings);
  g_clear_object (&self->control);
  g_clear_object (&self->mute);
  g_clear_object (&self->deafen);
  G_OBJECT_CLASS (confab_ui_microphone_parent_class)->dispose (object);
}

static void
confab_ui_microphone_class_init (ConfabUiMicrophoneClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confab_ui_microphone_dispose;
}

static void
confab_ui_microphone_init (ConfabUiMicrophone *self)
{
  self->mute = g_simple_action_new_stateful ("mute", NULL, g_variant_new_boolean (FALSE));
  self->deafen = g_simple_action_new_stateful ("deafen", NULL, g_variant_new_boolean (FALSE));
  g_signal_connect_object (self->mute, "change-state", G_CALLBACK (on_change_mute), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->deafen, "change-state", G_CALLBACK (on_change_deafen), self,
                           G_CONNECT_SWAPPED);
}

/**
 * confab_ui_microphone_new:
 * @page: (transfer none): where to say it
 * @conference: (transfer none): of one stay that has not begun
 * @settings: (transfer none): whether talking takes a key, and which
 * @control: (transfer none): knows whether that key is held
 * @actions: (transfer none): gets the actions `mute` and `deafen`
 *
 * Returns: (transfer full): what works for as long as it lives
 */
ConfabUiMicrophone *
confab_ui_microphone_new (ConfabUiCallPage *page,
                          ConfabConference *conference,
                          ConfabUiSettings *settings,
                          ConfabUiCallControl *control,
                          GActionMap *actions)
{
  ConfabUiMicrophone *self = NULL;

  g_return_val_if_fail (CONFAB_UI_IS_CALL_PAGE (page), NULL);
  g_return_val_if_fail (CONFAB_IS_CONFERENCE (conference), NULL);
  g_return_val_if_fail (CONFAB_UI_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (CONFAB_UI_IS_CALL_CONTROL (control), NULL);

  self = g_object_new (CONFAB_UI_TYPE_MICROPHONE, NULL);
  self->page = g_object_ref (page);
  self->conference = g_object_ref (conference);
  self->call = g_object_ref (confab_conference_get_call (conference));
  self->settings = g_object_ref (settings);
  self->control = g_object_ref (control);
  g_action_map_add_action (actions, G_ACTION (self->mute));
  g_action_map_add_action (actions, G_ACTION (self->deafen));
  g_signal_connect_object (self->call, "notify::muted", G_CALLBACK (on_muted_changed), self,
                           G_CONNECT_SWAPPED);
  follow_talking (self);
  return self;
}
