/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

#include "confab-audio-format.h"

G_BEGIN_DECLS

#define CONFAB_AUDIO_VOICE_SWITCH_THRESHOLD_DBOV (-45.0) /* as ConfabAudioLevel's speech */
#define CONFAB_AUDIO_VOICE_SWITCH_HOLD_MS        400     /* the pauses between words */

/* Voice activation: on while somebody is louder than a threshold, and a while after. Fed by one
 * thread, which alone reads it; the threshold may be set by any. */
typedef struct {
  /*< private >*/
  gint threshold_centi_dbov; /* (atomic) */
  double block_energy;
  guint block_samples;
  guint loud_blocks; /* in a row */
  guint hold_blocks; /* left before it goes off */
} ConfabAudioVoiceSwitch;

void confab_audio_voice_switch_init (ConfabAudioVoiceSwitch *self);
void confab_audio_voice_switch_set_threshold (ConfabAudioVoiceSwitch *self, double dbov);
double confab_audio_voice_switch_get_threshold (ConfabAudioVoiceSwitch *self);
gboolean confab_audio_voice_switch_feed (ConfabAudioVoiceSwitch *self,
                                         const gint16 *samples,
                                         guint n_samples);

G_END_DECLS
