/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-echo-monitor.h"

G_BEGIN_DECLS

/* What is done to the sound of a microphone. */
typedef enum {
  CONFAB_AUDIO_VOICE_HIGH_PASS,
  CONFAB_AUDIO_VOICE_ECHO_CANCELLATION,
  CONFAB_AUDIO_VOICE_NOISE_SUPPRESSION,
  CONFAB_AUDIO_VOICE_NOISE_GATE,
  CONFAB_AUDIO_VOICE_GAIN,
} ConfabAudioVoiceStep;

/* Makes a microphone fit to be sent, in this order: high pass, echo, noise, gate, loudness,
 * limiter. Plain C. process () belongs to the capturing thread, take_played () to the playing one;
 * the rest to any. */
typedef struct _ConfabAudioVoice ConfabAudioVoice;

ConfabAudioVoice *confab_audio_voice_new (void);
void confab_audio_voice_free (ConfabAudioVoice *self);

void confab_audio_voice_set_step (ConfabAudioVoice *self,
                                  ConfabAudioVoiceStep step,
                                  gboolean is_wanted);
gboolean confab_audio_voice_get_step (ConfabAudioVoice *self, ConfabAudioVoiceStep step);
void confab_audio_voice_restart (ConfabAudioVoice *self);
void confab_audio_voice_process (ConfabAudioVoice *self, gint16 *tick);
void confab_audio_voice_take_played (ConfabAudioVoice *self,
                                     const gint16 *samples,
                                     guint n_samples);
ConfabAudioEchoState confab_audio_voice_get_echo_state (ConfabAudioVoice *self);
gboolean confab_audio_voice_take_echo_news (ConfabAudioVoice *self, gboolean *is_heard);
double confab_audio_voice_get_echo_left_db (ConfabAudioVoice *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAudioVoice, confab_audio_voice_free)

G_END_DECLS
