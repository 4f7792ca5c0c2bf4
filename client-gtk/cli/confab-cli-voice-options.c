/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-cli"

#include "config.h"

#include "confab-cli-voice-options.h"

static gboolean
on_frame (const char *name, const char *value, gpointer user_data, GError **error)
{
  static const char *const values[] = { "auto", "10", "20", "40", "60", NULL };
  ConfabCliVoiceOptions *self = user_data;

  if (!g_strv_contains (values, value)) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "--frame is auto, 10, 20, 40 or 60, not “%s”", value);
    return FALSE;
  }
  self->frame_ms = (guint) g_ascii_strtoull (value, NULL, 10);
  return TRUE;
}

static gboolean
on_device_delay (const char *name, const char *value, gpointer user_data, GError **error)
{
  ConfabCliVoiceOptions *self = user_data;

  if (confab_audio_delay_mode_from_name (value, &self->device_delay))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "--device-delay is normal, safe or lowest, not “%s”", value);
  return FALSE;
}

GOptionGroup *
confab_cli_voice_options_get_group (ConfabCliVoiceOptions *self)
{
  const int off = G_OPTION_FLAG_REVERSE;
  const GOptionEntry entries[] = {
    { "no-echo-cancellation", 0, off, G_OPTION_ARG_NONE, &self->has_echo_cancellation,
      "Send what the speaker plays into the microphone", NULL },
    { "no-noise-suppression", 0, off, G_OPTION_ARG_NONE, &self->has_noise_suppression,
      "Send the noise of the room", NULL },
    { "no-high-pass", 0, off, G_OPTION_ARG_NONE, &self->has_high_pass, "Send rumble and hum",
      NULL },
    { "no-automatic-gain", 0, off, G_OPTION_ARG_NONE, &self->has_automatic_gain,
      "Leave everybody as loud as they are", NULL },
    { "noise-gate", 0, 0, G_OPTION_ARG_NONE, &self->has_noise_gate,
      "Send nothing between sentences", NULL },
    { "frame", 0, 0, G_OPTION_ARG_CALLBACK, on_frame,
      "Milliseconds of sound in a packet: auto, 10, 20, 40 or 60", "MS" },
    { "device-delay", 0, 0, G_OPTION_ARG_CALLBACK, on_device_delay,
      "How much microphone and speaker buffer: normal, safe or lowest", "MODE" },
    { NULL },
  };
  GOptionGroup *group = g_option_group_new (
      "sound", "What is done to sound:", "Show what is done to sound", self, NULL);

  g_option_group_add_entries (group, entries);
  return group;
}

void
confab_cli_voice_options_apply (const ConfabCliVoiceOptions *self, ConfabAudioEngine *engine)
{
  confab_audio_engine_set_echo_cancellation (engine, self->has_echo_cancellation);
  confab_audio_engine_set_noise_suppression (engine, self->has_noise_suppression);
  confab_audio_engine_set_noise_gate (engine, self->has_noise_gate);
  confab_audio_engine_set_high_pass (engine, self->has_high_pass);
  confab_audio_engine_set_automatic_gain (engine, self->has_automatic_gain);
  confab_audio_engine_set_frame_ms (engine, self->frame_ms);
  confab_audio_engine_set_device_delay (engine, self->device_delay);
}
