/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-engine.h"

G_BEGIN_DECLS

typedef enum {
  CONFAB_SOUND_CHECK_IDLE,
  CONFAB_SOUND_CHECK_CONNECTING,
  CONFAB_SOUND_CHECK_ECHOING,   /* one hears oneself, a moment later */
  CONFAB_SOUND_CHECK_RECORDING, /* one speaks */
  CONFAB_SOUND_CHECK_PLAYING,   /* one listens to that */
} ConfabSoundCheckState;

#define CONFAB_SOUND_CHECK_RECORDING_S 5

#define CONFAB_TYPE_SOUND_CHECK (confab_sound_check_get_type ())
G_DECLARE_FINAL_TYPE (ConfabSoundCheck, confab_sound_check, CONFAB, SOUND_CHECK, GObject)

/* Signals: "changed" (): the state has; "levels" (): 10 Hz, read the level now; "problem" (GError
 * *): CONFAB_ERROR_NO_DEVICE, _MEDIA_FAILED, _BAD_FILE; or _TIMED_OUT, which ends it. */
ConfabSoundCheck *confab_sound_check_new (ConfabAudioEngine *engine);
gboolean confab_sound_check_start_echo (ConfabSoundCheck *self, GError **error);
gboolean confab_sound_check_start_recording (ConfabSoundCheck *self, GError **error);
void confab_sound_check_stop (ConfabSoundCheck *self);
ConfabSoundCheckState confab_sound_check_get_state (ConfabSoundCheck *self);
double confab_sound_check_get_level (ConfabSoundCheck *self);

G_END_DECLS
