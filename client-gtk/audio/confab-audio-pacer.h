/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-realtime.h"

G_BEGIN_DECLS

#define CONFAB_AUDIO_PACER_TICK_US (10 * G_TIME_SPAN_MILLISECOND)

/* A thread that ticks every 10 ms, for where no sound card does. */
typedef struct _ConfabAudioPacer ConfabAudioPacer;

/* due_us: when this tick should have begun, monotonic. After a stall the missed ticks follow at
 * once, each with its own time: whoever goes by that sees an even clock. */
typedef void (*ConfabAudioPacerFunc) (gint64 due_us, gpointer user_data);

ConfabAudioPacer *confab_audio_pacer_new (ConfabAudioRealtime *realtime,
                                          ConfabAudioPacerFunc tick,
                                          gpointer user_data);
void confab_audio_pacer_free (ConfabAudioPacer *self);

G_END_DECLS
