/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-engine"

#include "config.h"

#include "confab-audio-engine-private.h"
#include "confab-audio-voice.h"

static void
set_step (ConfabAudioEngine *self, ConfabAudioVoiceStep step, gboolean is_wanted)
{
  confab_audio_voice_set_step (confab_audio_engine_get_parts (self)->voice, step, is_wanted);
}

/**
 * confab_audio_engine_set_echo_cancellation:
 * @self: the engine
 * @is_wanted: whether what the speaker plays is taken out of what the microphone hears
 *
 * At any time, as everything here: the others hear no gap. On by default.
 */
void
confab_audio_engine_set_echo_cancellation (ConfabAudioEngine *self, gboolean is_wanted)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  set_step (self, CONFAB_AUDIO_VOICE_ECHO_CANCELLATION, is_wanted);
}

/**
 * confab_audio_engine_set_noise_suppression:
 * @self: the engine
 * @is_wanted: whether steady noise is taken out of what the microphone hears
 *
 * On by default.
 */
void
confab_audio_engine_set_noise_suppression (ConfabAudioEngine *self, gboolean is_wanted)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  set_step (self, CONFAB_AUDIO_VOICE_NOISE_SUPPRESSION, is_wanted);
}

/**
 * confab_audio_engine_set_noise_gate:
 * @self: the engine
 * @is_wanted: whether the microphone is silent between sentences
 *
 * Off by default.
 */
void
confab_audio_engine_set_noise_gate (ConfabAudioEngine *self, gboolean is_wanted)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  set_step (self, CONFAB_AUDIO_VOICE_NOISE_GATE, is_wanted);
}

/**
 * confab_audio_engine_set_high_pass:
 * @self: the engine
 * @is_wanted: whether rumble below the voice is taken out of what the microphone hears
 *
 * On by default.
 */
void
confab_audio_engine_set_high_pass (ConfabAudioEngine *self, gboolean is_wanted)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  set_step (self, CONFAB_AUDIO_VOICE_HIGH_PASS, is_wanted);
}

/**
 * confab_audio_engine_set_automatic_gain:
 * @self: the engine
 * @is_wanted: whether everybody is brought to the same loudness, -23 LUFS: what a microphone sends,
 *   and each talker that one hears, before the volume chosen for them
 *
 * On by default.
 */
void
confab_audio_engine_set_automatic_gain (ConfabAudioEngine *self, gboolean is_wanted)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  set_step (self, CONFAB_AUDIO_VOICE_GAIN, is_wanted);
  confab_audio_mixer_set_equal_loudness (confab_audio_engine_get_parts (self)->mixer, is_wanted);
}

void
confab_audio_engine_watch_echo (ConfabAudioEngine *self)
{
  gboolean is_heard = FALSE;

  if (confab_audio_voice_take_echo_news (confab_audio_engine_get_parts (self)->voice, &is_heard))
    g_signal_emit_by_name (self, "echo", is_heard);
}
