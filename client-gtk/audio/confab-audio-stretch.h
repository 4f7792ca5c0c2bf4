/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

#include "confab-audio-format.h"

G_BEGIN_DECLS

#define CONFAB_AUDIO_STRETCH_MAX_LAG  720  /* 15 ms: the period of a voice of 67 Hz */
#define CONFAB_AUDIO_STRETCH_PAST     1200 /* played samples kept to repeat from */
#define CONFAB_AUDIO_STRETCH_CAPACITY (3 * CONFAB_AUDIO_MAX_FRAME_SAMPLES)

/* Samples waiting to be played that can be made shorter or longer without being heard. Not locked.
 */
typedef struct {
  guint n_queued;

  /*< private >*/
  gint16 samples[CONFAB_AUDIO_STRETCH_PAST + CONFAB_AUDIO_STRETCH_CAPACITY];
} ConfabAudioStretch;

/* Which lags, in samples, may be cut or repeated; the caller knows what each would do to its
 * timing. */
typedef gboolean ConfabAudioLags[CONFAB_AUDIO_STRETCH_MAX_LAG + 1];

guint confab_audio_stretch_append (ConfabAudioStretch *self,
                                   const gint16 *samples,
                                   guint n_samples,
                                   gboolean is_splice);
void confab_audio_stretch_take (ConfabAudioStretch *self, gint16 *out, guint n_samples);
void confab_audio_stretch_drop (ConfabAudioStretch *self, guint n_samples);
guint confab_audio_stretch_cut (ConfabAudioStretch *self,
                                const ConfabAudioLags allowed,
                                double likeness);
guint confab_audio_stretch_repeat (ConfabAudioStretch *self,
                                   const ConfabAudioLags allowed,
                                   double likeness);

G_END_DECLS
