/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-sound-settings"

#include "config.h"

#include "confab-ui-sound-settings.h"

/**
 * ConfabUiSoundSettings:
 *
 * Lets an engine follow the settings while both live: what is changed in the preferences holds in
 * the call that is going on.
 */
struct _ConfabUiSoundSettings {
  GObject parent_instance;

  GSettings *store;          /* (owned) */
  ConfabAudioEngine *engine; /* (owned) */
};

G_DEFINE_FINAL_TYPE (ConfabUiSoundSettings, confab_ui_sound_settings, G_TYPE_OBJECT)

typedef void (*Apply) (ConfabAudioEngine *engine, GSettings *store, const char *key);

static const char *
null_if_empty (const char *id)
{
  return id[0] == '\0' ? NULL : id;
}

static void
apply_input_device (ConfabAudioEngine *engine, GSettings *store, const char *key)
{
  g_autofree char *id = g_settings_get_string (store, key);

  confab_audio_engine_set_source_device (engine, null_if_empty (id));
}

static void
apply_output_device (ConfabAudioEngine *engine, GSettings *store, const char *key)
{
  g_autofree char *id = g_settings_get_string (store, key);

  confab_audio_engine_set_sink_device (engine, null_if_empty (id));
}

static void
apply_talk_mode (ConfabAudioEngine *engine, GSettings *store, const char *key)
{
  g_autofree char *name = g_settings_get_string (store, key);
  ConfabAudioTalkMode mode = CONFAB_AUDIO_TALK_MODE_OPEN;

  confab_audio_talk_mode_from_name (name, &mode);
  confab_audio_engine_set_talk_mode (engine, mode);
}

static void
apply_voice_threshold (ConfabAudioEngine *engine, GSettings *store, const char *key)
{
  confab_audio_engine_set_voice_threshold (engine, g_settings_get_double (store, key));
}

static void
apply_echo_cancellation (ConfabAudioEngine *engine, GSettings *store, const char *key)
{
  confab_audio_engine_set_echo_cancellation (engine, g_settings_get_boolean (store, key));
}

static void
apply_noise_suppression (ConfabAudioEngine *engine, GSettings *store, const char *key)
{
  confab_audio_engine_set_noise_suppression (engine, g_settings_get_boolean (store, key));
}

static void
apply_noise_gate (ConfabAudioEngine *engine, GSettings *store, const char *key)
{
  confab_audio_engine_set_noise_gate (engine, g_settings_get_boolean (store, key));
}

static void
apply_automatic_gain (ConfabAudioEngine *engine, GSettings *store, const char *key)
{
  confab_audio_engine_set_automatic_gain (engine, g_settings_get_boolean (store, key));
}

static void
apply_high_pass (ConfabAudioEngine *engine, GSettings *store, const char *key)
{
  confab_audio_engine_set_high_pass (engine, g_settings_get_boolean (store, key));
}

static void
apply_relay_only (ConfabAudioEngine *engine, GSettings *store, const char *key)
{
  confab_audio_engine_set_relay_only (engine, g_settings_get_boolean (store, key));
}

/* “auto” is no number, and 0 leaves it to the network. */
static void
apply_frame (ConfabAudioEngine *engine, GSettings *store, const char *key)
{
  g_autofree char *frame = g_settings_get_string (store, key);

  confab_audio_engine_set_frame_ms (engine, (guint) g_ascii_strtoull (frame, NULL, 10));
}

static const struct {
  const char *key;
  Apply apply;
} rules[] = {
  { CONFAB_UI_KEY_INPUT_DEVICE, apply_input_device },
  { CONFAB_UI_KEY_OUTPUT_DEVICE, apply_output_device },
  { CONFAB_UI_KEY_ECHO_CANCELLATION, apply_echo_cancellation },
  { CONFAB_UI_KEY_NOISE_SUPPRESSION, apply_noise_suppression },
  { CONFAB_UI_KEY_NOISE_GATE, apply_noise_gate },
  { CONFAB_UI_KEY_AUTOMATIC_GAIN, apply_automatic_gain },
  { CONFAB_UI_KEY_HIGH_PASS, apply_high_pass },
  { CONFAB_UI_KEY_FRAME, apply_frame },
  { CONFAB_UI_KEY_RELAY_ONLY, apply_relay_only },
  { CONFAB_UI_KEY_TALK_MODE, apply_talk_mode },
  { CONFAB_UI_KEY_VOICE_THRESHOLD, apply_voice_threshold },
};

static void
on_changed (ConfabUiSoundSettings *self, const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (g_str_equal (key, rules[i].key))
      rules[i].apply (self->engine, self->store, key);
}

static void
confab_ui_sound_settings_dispose (GObject *object)
{
  ConfabUiSoundSettings *self = CONFAB_UI_SOUND_SETTINGS (object);

  g_clear_object (&self->store);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (confab_ui_sound_settings_parent_class)->dispose (object);
}

static void
confab_ui_sound_settings_class_init (ConfabUiSoundSettingsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confab_ui_sound_settings_dispose;
}

static void
confab_ui_sound_settings_init (ConfabUiSoundSettings *self)
{
}

/**
 * confab_ui_sound_settings_new:
 * @settings: (transfer none): what is to hold
 * @engine: (transfer none): for what, started or not
 *
 * Sets the engine up as the settings say, now and with each change until this object ends.
 *
 * Returns: (transfer full): the link between the two
 */
ConfabUiSoundSettings *
confab_ui_sound_settings_new (ConfabUiSettings *settings, ConfabAudioEngine *engine)
{
  ConfabUiSoundSettings *self = NULL;

  g_return_val_if_fail (CONFAB_UI_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (engine), NULL);

  self = g_object_new (CONFAB_UI_TYPE_SOUND_SETTINGS, NULL);
  self->store = g_object_ref (confab_ui_settings_get_store (settings));
  self->engine = g_object_ref (engine);
  g_signal_connect_object (self->store, "changed", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    rules[i].apply (self->engine, self->store, rules[i].key);
  return self;
}
