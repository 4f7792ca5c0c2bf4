/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-talk-mode"

#include "confab-audio-talk-mode.h"

static const char *const names[] = {
  [CONFAB_AUDIO_TALK_MODE_OPEN] = "open",
  [CONFAB_AUDIO_TALK_MODE_PUSH_TO_TALK] = "push-to-talk",
  [CONFAB_AUDIO_TALK_MODE_VOICE] = "voice",
};

/**
 * confab_audio_talk_mode_to_name:
 *
 * Returns: (transfer none): “open”, “push-to-talk” or “voice”: as in settings and on command lines
 */
const char *
confab_audio_talk_mode_to_name (ConfabAudioTalkMode mode)
{
  g_return_val_if_fail ((guint) mode < G_N_ELEMENTS (names), NULL);
  return names[mode];
}

/**
 * confab_audio_talk_mode_from_name:
 * @name: a name, checked here
 * @mode: (out): what it means; untouched when it means nothing
 *
 * Returns: whether there is such a mode
 */
gboolean
confab_audio_talk_mode_from_name (const char *name, ConfabAudioTalkMode *mode)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_strcmp0 (name, names[i]) == 0) {
      *mode = (ConfabAudioTalkMode) i;
      return TRUE;
    }
  }
  return FALSE;
}
