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

/* A rule says which key sets what, and by which of these its word is read. */
typedef struct {
  const char *key;
  void (*set_flag) (ConfabAudioEngine *engine, gboolean value);
  void (*set_word) (ConfabAudioEngine *engine, const char *value);
  void (*set_number) (ConfabAudioEngine *engine, double value);
} Rule;

static const char *
null_if_empty (const char *id)
{
  return id[0] == '\0' ? NULL : id;
}

static void
set_input_device (ConfabAudioEngine *engine, const char *id)
{
  confab_audio_engine_set_source_device (engine, null_if_empty (id));
}

static void
set_output_device (ConfabAudioEngine *engine, const char *id)
{
  confab_audio_engine_set_sink_device (engine, null_if_empty (id));
}

static void
set_talk_mode (ConfabAudioEngine *engine, const char *name)
{
  ConfabAudioTalkMode mode = CONFAB_AUDIO_TALK_MODE_OPEN;

  confab_audio_talk_mode_from_name (name, &mode);
  confab_audio_engine_set_talk_mode (engine, mode);
}

static void
set_device_delay (ConfabAudioEngine *engine, const char *name)
{
  ConfabAudioDelayMode mode = CONFAB_AUDIO_DELAY_MODE_NORMAL;

  confab_audio_delay_mode_from_name (name, &mode);
  confab_audio_engine_set_device_delay (engine, mode);
}

/* “auto” is no number, and 0 leaves it to the network. */
static void
set_frame (ConfabAudioEngine *engine, const char *frame)
{
  confab_audio_engine_set_frame_ms (engine, (guint) g_ascii_strtoull (frame, NULL, 10));
}

/* clang-format off */
static const Rule rules[] = {
  { CONFAB_UI_KEY_INPUT_DEVICE, .set_word = set_input_device },
  { CONFAB_UI_KEY_OUTPUT_DEVICE, .set_word = set_output_device },
  { CONFAB_UI_KEY_DEVICE_DELAY, .set_word = set_device_delay },
  { CONFAB_UI_KEY_ECHO_CANCELLATION, .set_flag = confab_audio_engine_set_echo_cancellation },
  { CONFAB_UI_KEY_NOISE_SUPPRESSION, .set_flag = confab_audio_engine_set_noise_suppression },
  { CONFAB_UI_KEY_NOISE_GATE, .set_flag = confab_audio_engine_set_noise_gate },
  { CONFAB_UI_KEY_AUTOMATIC_GAIN, .set_flag = confab_audio_engine_set_automatic_gain },
  { CONFAB_UI_KEY_HIGH_PASS, .set_flag = confab_audio_engine_set_high_pass },
  { CONFAB_UI_KEY_FRAME, .set_word = set_frame },
  { CONFAB_UI_KEY_RELAY_ONLY, .set_flag = confab_audio_engine_set_relay_only },
  { CONFAB_UI_KEY_TALK_MODE, .set_word = set_talk_mode },
  { CONFAB_UI_KEY_VOICE_THRESHOLD, .set_number = confab_audio_engine_set_voice_threshold },
};
/* clang-format on */

static void
apply (ConfabUiSoundSettings *self, const Rule *rule)
{
  g_autofree char *word = NULL;

  if (rule->set_flag != NULL) {
    rule->set_flag (self->engine, g_settings_get_boolean (self->store, rule->key));
  } else if (rule->set_number != NULL) {
    rule->set_number (self->engine, g_settings_get_double (self->store, rule->key));
  } else {
    word = g_settings_get_string (self->store, rule->key);
    rule->set_word (self->engine, word);
  }
}

static void
on_changed (ConfabUiSoundSettings *self, const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (g_str_equal (key, rules[i].key))
      apply (self, &rules[i]);
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
    apply (self, &rules[i]);
  return self;
}
