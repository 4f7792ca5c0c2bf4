/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A filter of second order for 48 kHz. Not locked. */
typedef struct {
  /*< private >*/
  float b0, b1, b2, a1, a2;
  float s1, s2;
} ConfabAudioBiquad;

void confab_audio_biquad_init_low_pass (ConfabAudioBiquad *self, double cutoff_hz, double q);
void confab_audio_biquad_init_high_pass (ConfabAudioBiquad *self, double cutoff_hz, double q);
float confab_audio_biquad_run (ConfabAudioBiquad *self, float sample);

G_END_DECLS
