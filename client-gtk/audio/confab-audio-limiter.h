/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

#include "confab-audio-format.h"

G_BEGIN_DECLS

/* Brings a sum of several voices into 16 bit without a click, a wrap-around or a delay. Not locked.
 */
typedef struct {
  /*< private >*/
  float gain;
} ConfabAudioLimiter;

void confab_audio_limiter_init (ConfabAudioLimiter *self);
void confab_audio_limiter_run (ConfabAudioLimiter *self,
                               const float *samples,
                               gint16 *out,
                               guint n_samples);

G_END_DECLS
