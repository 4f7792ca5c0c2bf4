/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-biquad.h"
#include "confab-audio-format.h"

G_BEGIN_DECLS

#define CONFAB_AUDIO_CORRELATOR_STEP 16 /* 48 to 3 kHz: vowels, and 0.3 ms */
#define CONFAB_AUDIO_CORRELATOR_TICK (CONFAB_AUDIO_TICK_SAMPLES / CONFAB_AUDIO_CORRELATOR_STEP)
#define CONFAB_AUDIO_CORRELATOR_LAGS 1500 /* half a second */

/* Brings a signal down to what correlates well: 3 kHz, flattened. Not locked. */
typedef struct {
  /*< private >*/
  ConfabAudioBiquad low_pass[2];
  float before;
} ConfabAudioDecimator;

/* How much one signal is in another, for each delay up to half a second; forgets within seconds.
 * Not locked. */
typedef struct {
  /*< private >*/
  float products[CONFAB_AUDIO_CORRELATOR_LAGS]; /* the longest delay first */
  float energy;                                 /* of the signal that is looked for */
} ConfabAudioCorrelator;

/* The past of the signal that is looked for. */
typedef struct {
  /*< private >*/
  float samples[CONFAB_AUDIO_CORRELATOR_LAGS + CONFAB_AUDIO_CORRELATOR_TICK];
} ConfabAudioCorrelatorPast;

/* The place and size of what stands out most. */
typedef struct {
  guint lag; /* in steps of the correlator */
  float peak;
  float mean; /* of all delays: what chance brings */
  float gain; /* how loud it is there; 1: as loud as the signal that is looked for */
} ConfabAudioCorrelatorPeak;

void confab_audio_decimator_init (ConfabAudioDecimator *self);
void confab_audio_decimator_run (ConfabAudioDecimator *self, const gint16 *tick, float *out);
void confab_audio_correlator_past_push (ConfabAudioCorrelatorPast *self, const float *samples);
void confab_audio_correlator_feed (ConfabAudioCorrelator *self,
                                   const ConfabAudioCorrelatorPast *past,
                                   const float *samples);
void confab_audio_correlator_find (const ConfabAudioCorrelator *self,
                                   guint from_lag,
                                   guint to_lag,
                                   ConfabAudioCorrelatorPeak *peak);

G_END_DECLS
