/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

#include "confab-audio-format.h"

G_BEGIN_DECLS

#define CONFAB_AUDIO_MUTE_WATCH_SPEECH_MS 1000

/* Notices that somebody speaks and does not know that they are muted. Fed by one thread. */
typedef struct {
  /*< private >*/
  double block_energy;
  guint block_samples;
  double floor_dbov; /* the noise of the room */
  gint speech_ms;    /* spoken, less the silence since */
  guint hang_over_blocks;
  gboolean is_said; /* once a mute */
} ConfabAudioMuteWatch;

void confab_audio_mute_watch_init (ConfabAudioMuteWatch *self);
gboolean confab_audio_mute_watch_feed (ConfabAudioMuteWatch *self,
                                       const gint16 *samples,
                                       guint n_samples,
                                       gboolean is_muted);

G_END_DECLS
