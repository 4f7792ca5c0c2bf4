/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-stretch.h"

G_BEGIN_DECLS

/* Keeps packets from being decoded later or earlier than the network asks for.
 *
 * A packet's slack is the time between its earliest possible arrival and its decoding: with less of
 * it than the network's jitter packets miss their turn, with more they wait for nothing. A packet
 * is decoded when less than a tick is queued, so of the whole delay (slack + queued) only the slack
 * protects. Its smallest value over the phases that packets and ticks can have to each other is the
 * margin. Taking from the queue what is less than a tick costs no margin; what goes beyond makes
 * the next packet needed one tick earlier; repeating is the reverse. Not locked; everything in
 * samples unless it says so. */
typedef struct {
  guint frame_samples;
  guint tick_samples;
  guint64 cuts;
  guint64 cut_samples;
  guint64 repeats;
  guint64 repeated_samples;

  /*< private >*/
  gint64 moved_us;
  gint64 since_us;
  gint64 lowest;      /* margin of this window */
  gint64 last_lowest; /* and of the one before */
} ConfabAudioSteering;

void confab_audio_steering_init (ConfabAudioSteering *self,
                                 guint frame_samples,
                                 guint tick_samples);
void confab_audio_steering_set_tick (ConfabAudioSteering *self, guint tick_samples);
void confab_audio_steering_forget (ConfabAudioSteering *self);
gint64 confab_audio_steering_get_margin (const ConfabAudioSteering *self,
                                         gint64 slack,
                                         guint queued);
guint confab_audio_steering_get_surplus (const ConfabAudioSteering *self, guint queued);
void confab_audio_steering_record (ConfabAudioSteering *self, gint64 margin, gint64 now_us);
gint64 confab_audio_steering_get_excess (const ConfabAudioSteering *self, gint64 target);
void confab_audio_steering_move (ConfabAudioSteering *self,
                                 ConfabAudioStretch *queue,
                                 gint64 margin,
                                 gint64 target,
                                 guint queued,
                                 gint64 now_us);

G_END_DECLS
