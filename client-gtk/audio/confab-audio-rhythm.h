/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

#include "confab-audio-format.h"

G_BEGIN_DECLS

/* How a sound card asks for sound: so many samples at a time, in one piece or in several that come
 * at the same moment. Who takes two pieces for two ticks believes that the second one could have
 * waited, and waits for it in vain. A zeroed struct is a new one. */
typedef struct {
  /*< private >*/
  gint64 burst_us; /* when the last one began */
  guint taken;     /* of it so far */
  gint64 since_us; /* when this window began */
  guint smallest;  /* whole burst in this window */
  guint n_smallest;
  guint n_bursts;
  guint tick_samples; /* what the window before has shown; 0: nothing yet */
} ConfabAudioRhythm;

guint confab_audio_rhythm_begin (ConfabAudioRhythm *self, guint n_samples, gint64 now_us);
void confab_audio_rhythm_end (ConfabAudioRhythm *self, guint n_samples);
guint confab_audio_rhythm_get_taken (const ConfabAudioRhythm *self);

G_END_DECLS
