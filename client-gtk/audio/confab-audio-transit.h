/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CONFAB_AUDIO_TRANSIT_HISTORY 512

/* How long the packets of one stream take, seen from here: only differences mean anything, since
 * the two clocks know nothing of each other. Not locked. */
typedef struct {
  gint64 base_us;    /* transit of a packet without any jitter, now */
  gint64 jitter_us;  /* 97th percentile above base, of late */
  double loss_ratio; /* 0..1 */

  /*< private >*/
  struct {
    gint64 seq;
    gint64 transit_us;
    gint64 arrival_us;
    guint n_before; /* how many came at once with it, but sooner */
  } history[CONFAB_AUDIO_TRANSIT_HISTORY];
  guint n_seen;
  gint64 first_us;
  gint64 deadline_us; /* transit of the packets that are just in time */
  gint64 updated_us;
  gboolean is_lossy;
} ConfabAudioTransit;

void confab_audio_transit_reset (ConfabAudioTransit *self);
void confab_audio_transit_observe (ConfabAudioTransit *self,
                                   gint64 seq,
                                   gint64 media_us,
                                   gint64 arrival_us);
gint64 confab_audio_transit_get_slack_us (const ConfabAudioTransit *self,
                                          gint64 media_us,
                                          gint64 now_us);
gint64 confab_audio_transit_get_target_us (const ConfabAudioTransit *self, gint64 frame_us);
gboolean confab_audio_transit_is_young (const ConfabAudioTransit *self);

G_END_DECLS
