/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-capture.h"
#include "confab-audio-deck.h"
#include "confab-audio-keeper.h"

G_BEGIN_DECLS

/* What is sent: a microphone on its keeper, or what the deck has instead. Engine's context. */
typedef struct _ConfabAudioSource ConfabAudioSource;

ConfabAudioSource *confab_audio_source_new (GMainContext *context,
                                            ConfabAudioCapture *capture,
                                            ConfabAudioDeck *deck,
                                            const ConfabAudioKeeperEvents *events);
void confab_audio_source_free (ConfabAudioSource *self);
void confab_audio_source_start (ConfabAudioSource *self);
void confab_audio_source_stop (ConfabAudioSource *self);

/* Before start or at any time. */
void confab_audio_source_set_device (ConfabAudioSource *self, const char *device);
void confab_audio_source_set_samples (ConfabAudioSource *self, GBytes *samples, gboolean loop);
void confab_audio_source_set_silence (ConfabAudioSource *self);
void confab_audio_source_set_echo (ConfabAudioSource *self);

void confab_audio_source_hold (ConfabAudioSource *self);
void confab_audio_source_restart (ConfabAudioSource *self);
void confab_audio_source_set_deafened (ConfabAudioSource *self, gboolean is_deafened);
void confab_audio_source_reopen (ConfabAudioSource *self);
void confab_audio_source_take_error (ConfabAudioSource *self, const GError *cause);
gboolean confab_audio_source_is_there (ConfabAudioSource *self);

G_END_DECLS
