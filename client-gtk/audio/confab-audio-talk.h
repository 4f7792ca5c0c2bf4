/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

#include "confab-audio-level.h"
#include "confab-audio-mute-watch.h"
#include "confab-audio-talk-mode.h"
#include "confab-audio-voice-switch.h"

G_BEGIN_DECLS

/* Whether the others hear the microphone: muting, push-to-talk, voice activation. Everything may be
 * called from any thread but process (), which belongs to the one that captures. */
typedef struct {
  /*< private >*/
  gint is_muted;               /* (atomic) */
  gint is_key_down;            /* (atomic) */
  gint mode;                   /* (atomic) ConfabAudioTalkMode */
  gint is_unheard;             /* (atomic) somebody speaks and is muted; until it is taken */
  gint is_on;                  /* (atomic) the last samples went out */
  float gain;                  /* where the last samples ended */
  ConfabAudioLevel microphone; /* before anything is silenced */
  ConfabAudioVoiceSwitch voice;
  ConfabAudioMuteWatch watch;
} ConfabAudioTalk;

void confab_audio_talk_init (ConfabAudioTalk *self);
void confab_audio_talk_set_muted (ConfabAudioTalk *self, gboolean is_muted);
gboolean confab_audio_talk_get_muted (ConfabAudioTalk *self);
void confab_audio_talk_set_mode (ConfabAudioTalk *self, ConfabAudioTalkMode mode);
ConfabAudioTalkMode confab_audio_talk_get_mode (ConfabAudioTalk *self);
void confab_audio_talk_set_key_down (ConfabAudioTalk *self, gboolean is_key_down);
void confab_audio_talk_set_voice_threshold (ConfabAudioTalk *self, double dbov);
double confab_audio_talk_get_microphone_level (ConfabAudioTalk *self, gboolean *is_speaking);
gboolean confab_audio_talk_is_on (ConfabAudioTalk *self);
gboolean confab_audio_talk_take_unheard (ConfabAudioTalk *self);
void confab_audio_talk_process (ConfabAudioTalk *self, gint16 *samples, guint n_samples);

G_END_DECLS
