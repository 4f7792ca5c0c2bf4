/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-capture.h"
#include "confab-audio-parts.h"
#include "confab-audio-player.h"
#include "confab-wav-writer.h"

G_BEGIN_DECLS

/* What plays, records and echoes beside the sound card, and keeps time where there is none. */
typedef struct _ConfabAudioDeck ConfabAudioDeck;

/* The file was played to its end. Called by the deck's thread. */
typedef void (*ConfabAudioDeckEndedFunc) (gpointer user_data);

ConfabAudioDeck *confab_audio_deck_new (const ConfabAudioParts *parts,
                                        ConfabAudioCapture *capture,
                                        ConfabAudioDeckEndedFunc ended,
                                        gpointer user_data);
void confab_audio_deck_free (ConfabAudioDeck *self);
void confab_audio_deck_start (ConfabAudioDeck *self);
void confab_audio_deck_stop (ConfabAudioDeck *self);

void confab_audio_deck_take_player (ConfabAudioDeck *self, ConfabAudioPlayer *player);
ConfabAudioPlayer *confab_audio_deck_get_player (ConfabAudioDeck *self);
void confab_audio_deck_hold_recorder (ConfabAudioDeck *self, gboolean is_held);
void confab_audio_deck_take_recorder (ConfabAudioDeck *self, ConfabWavWriter *recorder);
void confab_audio_deck_set_feeding (ConfabAudioDeck *self, gboolean is_feeding);
void confab_audio_deck_set_pulling (ConfabAudioDeck *self, gboolean is_pulling);
void confab_audio_deck_set_echoing (ConfabAudioDeck *self, gboolean is_echoing);

G_END_DECLS
