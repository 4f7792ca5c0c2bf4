/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-call-sound"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-audio-device-list.h"
#include "confab-ui-call-sound.h"
#include "confab-ui-error.h"
#include "confab-ui-sound-settings.h"

/**
 * ConfabUiCallSound:
 *
 * What one does about the sound of a call on its page: chooses devices (`refresh-devices`,
 * `set-microphone`, `set-speaker`), sets the volume of a person (`set-volume`), and saves what a
 * developer asks for when it does not work (`save-diagrams`).
 */
struct _ConfabUiCallSound {
  GObject parent_instance;

  ConfabUiCallPage *page;             /* (owned) */
  ConfabAudioEngine *engine;          /* (owned) */
  ConfabUiSettings *settings;         /* (owned) */
  ConfabUiSoundSettings *sound;       /* (owned) (nullable) before start, as the next */
  ConfabAudioDeviceList *microphones; /* (owned) (nullable) */
  ConfabAudioDeviceList *speakers;    /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ConfabUiCallSound, confab_ui_call_sound, G_TYPE_OBJECT)

/* A list does not hear of a sound server that came back, so it looks anew when somebody looks at
 * it. */
static void
on_refresh_devices (ConfabUiCallSound *self)
{
  if (self->microphones == NULL)
    return;
  confab_audio_device_list_refresh (self->microphones);
  confab_audio_device_list_refresh (self->speakers);
}

static void
on_set_microphone (ConfabUiCallSound *self, GVariant *parameter)
{
  g_settings_set_value (confab_ui_settings_get_store (self->settings), CONFAB_UI_KEY_INPUT_DEVICE,
                        parameter);
}

static void
on_set_speaker (ConfabUiCallSound *self, GVariant *parameter)
{
  g_settings_set_value (confab_ui_settings_get_store (self->settings), CONFAB_UI_KEY_OUTPUT_DEVICE,
                        parameter);
}

static void
on_set_volume (ConfabUiCallSound *self, GVariant *parameter)
{
  const char *id;
  double factor;

  g_variant_get (parameter, "(&sd)", &id, &factor);
  confab_audio_engine_set_peer_volume (self->engine, id, factor);
}

static void
on_save_diagrams (ConfabUiCallSound *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *name = g_date_time_format (now, "%Y-%m-%d %H.%M.%S");
  g_autofree char *folder =
      g_build_filename (g_get_user_state_dir (), "confab", "diagrams", name, NULL);
  g_autofree char *text = g_strdup_printf (_ ("Saved in %s"), folder);
  g_autoptr (GError) error = NULL;

  if (confab_audio_engine_dump_dot (self->engine, folder, &error))
    confab_ui_call_page_say (self->page, text);
  else
    confab_ui_call_page_say (self->page, confab_ui_error_to_sentence (error));
}

/* Also what somebody chooses in the preferences meanwhile. */
static void
show_chosen_devices (ConfabUiCallSound *self)
{
  GSettings *store = confab_ui_settings_get_store (self->settings);
  g_autofree char *microphone = g_settings_get_string (store, CONFAB_UI_KEY_INPUT_DEVICE);
  g_autofree char *speaker = g_settings_get_string (store, CONFAB_UI_KEY_OUTPUT_DEVICE);

  confab_ui_call_page_set_chosen_devices (self->page, microphone, speaker);
}

static void
confab_ui_call_sound_dispose (GObject *object)
{
  ConfabUiCallSound *self = CONFAB_UI_CALL_SOUND (object);

  if (self->page != NULL)
    confab_ui_call_page_set_devices (self->page, NULL, NULL);
  g_clear_object (&self->page);
  g_clear_object (&self->engine);
  g_clear_object (&self->sound);
  g_clear_object (&self->settings);
  g_clear_object (&self->microphones);
  g_clear_object (&self->speakers);
  G_OBJECT_CLASS (confab_ui_call_sound_parent_class)->dispose (object);
}

static void
confab_ui_call_sound_class_init (ConfabUiCallSoundClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confab_ui_call_sound_dispose;
}

static void
confab_ui_call_sound_init (ConfabUiCallSound *self)
{
}

static void
add_actions (ConfabUiCallSound *self, GActionMap *actions)
{
  const struct {
    const char *name;
    const char *parameter; /* (nullable) */
    GCallback activate;
  } entries[] = {
    { "refresh-devices", NULL, G_CALLBACK (on_refresh_devices) },
    { "set-microphone", "s", G_CALLBACK (on_set_microphone) },
    { "set-speaker", "s", G_CALLBACK (on_set_speaker) },
    { "set-volume", "(sd)", G_CALLBACK (on_set_volume) },
    { "save-diagrams", NULL, G_CALLBACK (on_save_diagrams) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++) {
    const char *parameter = entries[i].parameter;
    g_autoptr (GSimpleAction) action = g_simple_action_new (
        entries[i].name, parameter != NULL ? G_VARIANT_TYPE (parameter) : NULL);

    g_signal_connect_object (action, "activate", entries[i].activate, self, G_CONNECT_SWAPPED);
    g_action_map_add_action (actions, G_ACTION (action));
  }
}

/**
 * confab_ui_call_sound_new:
 * @page: (transfer none): where it is done
 * @engine: (transfer none): of one stay that has not begun
 * @settings: (transfer none): which devices were chosen
 * @actions: (transfer none): gets the actions
 *
 * Returns: (transfer full): what works for as long as it lives
 */
ConfabUiCallSound *
confab_ui_call_sound_new (ConfabUiCallPage *page,
                          ConfabAudioEngine *engine,
                          ConfabUiSettings *settings,
                          GActionMap *actions)
{
  ConfabUiCallSound *self = NULL;

  g_return_val_if_fail (CONFAB_UI_IS_CALL_PAGE (page), NULL);
  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (engine), NULL);

  self = g_object_new (CONFAB_UI_TYPE_CALL_SOUND, NULL);
  self->page = g_object_ref (page);
  self->engine = g_object_ref (engine);
  self->settings = g_object_ref (settings);
  add_actions (self, actions);
  return self;
}

/**
 * confab_ui_call_sound_start:
 * @self: the sound of a stay that begins
 *
 * Looks for devices, offers them, and has the engine do what the settings say. To be called once.
 */
void
confab_ui_call_sound_start (ConfabUiCallSound *self)
{
  GSettings *store = NULL;

  g_return_if_fail (CONFAB_UI_IS_CALL_SOUND (self));
  g_return_if_fail (self->sound == NULL);

  store = confab_ui_settings_get_store (self->settings);
  self->microphones = confab_audio_device_list_new (TRUE);
  self->speakers = confab_audio_device_list_new (FALSE);
  confab_ui_call_page_set_devices (self->page, G_LIST_MODEL (self->microphones),
                                   G_LIST_MODEL (self->speakers));
  show_chosen_devices (self);
  g_signal_connect_object (store, "changed::" CONFAB_UI_KEY_INPUT_DEVICE,
                           G_CALLBACK (show_chosen_devices), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "changed::" CONFAB_UI_KEY_OUTPUT_DEVICE,
                           G_CALLBACK (show_chosen_devices), self, G_CONNECT_SWAPPED);
  self->sound = confab_ui_sound_settings_new (self->settings, self->engine);
}
