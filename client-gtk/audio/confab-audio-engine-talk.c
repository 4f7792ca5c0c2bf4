/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-engine"

#include "config.h"

#include "confab-audio-engine-private.h"
#include "confab-audio-talk.h"

static ConfabAudioTalk *
get_talk (ConfabAudioEngine *self)
{
  return confab_audio_engine_get_parts (self)->talk;
}

/**
 * confab_audio_engine_set_muted:
 * @self: the engine
 * @muted: whether the others hear silence instead of the source, whatever the mode
 *
 * Silence begins within 15 ms of sound. The microphone stays open: it notices whoever talks while
 * muted.
 */
void
confab_audio_engine_set_muted (ConfabAudioEngine *self, gboolean muted)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  confab_audio_talk_set_muted (get_talk (self), muted);
}

gboolean
confab_audio_engine_get_muted (ConfabAudioEngine *self)
{
  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (self), FALSE);
  return confab_audio_talk_get_muted (get_talk (self));
}

/**
 * confab_audio_engine_set_talk_mode:
 * @self: the engine
 * @mode: when a source that is not muted is heard
 *
 * Before start, or at any time.
 */
void
confab_audio_engine_set_talk_mode (ConfabAudioEngine *self, ConfabAudioTalkMode mode)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  confab_audio_talk_set_mode (get_talk (self), mode);
}

ConfabAudioTalkMode
confab_audio_engine_get_talk_mode (ConfabAudioEngine *self)
{
  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (self), CONFAB_AUDIO_TALK_MODE_OPEN);
  return confab_audio_talk_get_mode (get_talk (self));
}

/**
 * confab_audio_engine_set_voice_threshold:
 * @self: the engine
 * @dbov: -127..0: how loud one has to be in the mode of voice activation; -45 unless set
 */
void
confab_audio_engine_set_voice_threshold (ConfabAudioEngine *self, double dbov)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  confab_audio_talk_set_voice_threshold (get_talk (self), dbov);
}

/**
 * confab_audio_engine_start_talking:
 * @self: the engine
 *
 * The key of push-to-talk goes down; of no meaning in other modes, and while muted.
 */
void
confab_audio_engine_start_talking (ConfabAudioEngine *self)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  confab_audio_talk_set_key_down (get_talk (self), TRUE);
}

/**
 * confab_audio_engine_stop_talking:
 * @self: the engine
 *
 * The key goes up: silence within 15 ms of sound.
 */
void
confab_audio_engine_stop_talking (ConfabAudioEngine *self)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  confab_audio_talk_set_key_down (get_talk (self), FALSE);
}

/**
 * confab_audio_engine_get_microphone_level:
 * @self: the engine
 * @is_speaking: (out) (optional): whether that is speech, with a hang-over
 *
 * Returns: the level of the source, muted or not, -127..0 dBov
 */
double
confab_audio_engine_get_microphone_level (ConfabAudioEngine *self, gboolean *is_speaking)
{
  g_return_val_if_fail (CONFAB_IS_AUDIO_ENGINE (self), CONFAB_AUDIO_LEVEL_MIN_DBOV);
  return confab_audio_talk_get_microphone_level (get_talk (self), is_speaking);
}
