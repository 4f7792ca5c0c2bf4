/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

#include "confab-audio-format.h"

G_BEGIN_DECLS

/* Tells somebody speaking from the noise of the room, by how the level moves. Samples are its only
 * clock. Not locked. */
typedef struct {
  /*< private >*/
  double block_energy;
  guint block_samples;
  guint n_blocks;
  double power;      /* smoothed over 30 ms; 1 is full scale */
  double level_db;   /* the same, and */
  double valley_db;  /* where it is when nobody speaks */
  double extreme_db; /* of the swing that it is in */
  gboolean is_rising;
  gboolean is_active;
  guint swings[4]; /* the blocks at which the last ones began, the newest first */
} ConfabAudioActivity;

void confab_audio_activity_init (ConfabAudioActivity *self);
void confab_audio_activity_feed (ConfabAudioActivity *self, const gint16 *samples, guint n_samples);
gboolean confab_audio_activity_is_active (const ConfabAudioActivity *self);
gboolean confab_audio_activity_is_speech (const ConfabAudioActivity *self);

G_END_DECLS
