/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

#include "confab-audio-format.h"

G_BEGIN_DECLS

#define CONFAB_AUDIO_LEVEL_MIN_DBOV (-127.0)

/* How loud one signal is, and whether that is somebody speaking. Fed by one thread, read from any.
 */
typedef struct {
  /*< private >*/
  double block_energy;
  guint block_samples;
  double smoothed; /* mean square, 0..1 */
  guint hang_over_blocks;
  gint centi_dbov;  /* (atomic) */
  gint is_speaking; /* (atomic) */
} ConfabAudioLevel;

void confab_audio_level_init (ConfabAudioLevel *self);
/* samples NULL: that much silence */
void confab_audio_level_feed (ConfabAudioLevel *self, const gint16 *samples, guint n_samples);
double confab_audio_level_get_dbov (ConfabAudioLevel *self);
gboolean confab_audio_level_get_speaking (ConfabAudioLevel *self);

G_END_DECLS
