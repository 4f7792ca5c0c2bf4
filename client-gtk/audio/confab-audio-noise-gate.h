/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-activity.h"

G_BEGIN_DECLS

/* Silence instead of the room between sentences. Not locked. */
typedef struct {
  /*< private >*/
  ConfabAudioActivity activity;
  guint hold_ticks;
  float gain;
} ConfabAudioNoiseGate;

void confab_audio_noise_gate_init (ConfabAudioNoiseGate *self);
void confab_audio_noise_gate_run (ConfabAudioNoiseGate *self, gint16 *samples, guint n_samples);
/* 0 when shut, 1 when open */
float confab_audio_noise_gate_get_gain (const ConfabAudioNoiseGate *self);

G_END_DECLS
