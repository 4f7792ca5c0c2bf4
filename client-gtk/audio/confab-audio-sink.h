/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-deck.h"
#include "confab-audio-keeper.h"
#include "confab-audio-playback.h"

G_BEGIN_DECLS

/* Where the mix goes: a speaker on its keeper, or nowhere in real time. Engine's context. */
typedef struct _ConfabAudioSink ConfabAudioSink;

ConfabAudioSink *confab_audio_sink_new (GMainContext *context,
                                        ConfabAudioPlayback *playback,
                                        ConfabAudioDeck *deck,
                                        const ConfabAudioKeeperEvents *events);
void confab_audio_sink_free (ConfabAudioSink *self);
void confab_audio_sink_start (ConfabAudioSink *self);
void confab_audio_sink_stop (ConfabAudioSink *self);

/* Before start or at any time. */
void confab_audio_sink_set_device (ConfabAudioSink *self, const char *device);
void confab_audio_sink_set_null (ConfabAudioSink *self);

void confab_audio_sink_reopen (ConfabAudioSink *self);
void confab_audio_sink_take_error (ConfabAudioSink *self, const GError *cause);

G_END_DECLS
