/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-engine"

#include "config.h"

#include "confab-audio-engine-private.h"

/**
 * confab_audio_engine_set_automatic_gain:
 * @self: the engine
 * @is_wanted: whether everybody is brought to the same loudness, -23 LUFS: what a microphone sends,
 *   and each talker that one hears, before the volume chosen for them
 *
 * At any time. On by default.
 */
void
confab_audio_engine_set_automatic_gain (ConfabAudioEngine *self, gboolean is_wanted)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  confab_audio_mixer_set_equal_loudness (confab_audio_engine_get_parts (self)->mixer, is_wanted);
}
