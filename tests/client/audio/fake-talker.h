/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-jitter-buffer.h"

G_BEGIN_DECLS

#define FAKE_MAX_DELAYS 512

/* A talker, the network and a jitter buffer on a clock of the test's own. All times in microseconds
 * of true time. */
typedef struct {
  ConfabAudioJitterBuffer *buffer; /* (owned) */
  GPtrArray *packets; /* (element-type GBytes) (owned) two seconds of voice, over and over */
  GArray *wire;       /* (element-type FakePacket) (owned) under way */
  GRand *random;      /* (owned) */

  guint frame_samples;
  guint tick_samples;
  double talker_speed; /* of its sample clock against true time, 1 = exact */
  double card_speed;
  gint64 talker_burst_us; /* its card brings so much at once; 0: each frame when it is full */
  gint64 card_burst_us;   /* ours asks for so much at once; 0: for each tick when it is due */
  guint32 ssrc;
  guint16 seq;
  guint32 timestamp;
  double next_frame_us;
  double now_us; /* of the next tick */

  /* the network, changed by the test as it goes on */
  gint64 delay_us;
  gint64 jitter_us; /* evenly spread above delay_us */
  double loss;
  double duplicates;
  gboolean is_held;   /* nothing arrives; what was sent comes all at once afterwards */
  gboolean is_silent; /* DTX: the timestamps go on, the numbers do not */

  /* what was heard */
  gint16 out[CONFAB_AUDIO_MAX_TICK_SAMPLES];
  gboolean has_sound;
  guint64 n_ticks;
  guint64 n_silent;
  int largest_step; /* between two samples one behind the other */
  gint64 lowest_delay_us;
  gint64 highest_delay_us;
} FakeTalker;

typedef struct {
  gint64 arrival_us;
  guint32 ssrc;
  guint16 seq;
  guint32 timestamp;
  guint index; /* into packets */
} FakePacket;

void fake_talker_init (FakeTalker *self,
                       double frequency_hz,
                       guint frame_samples,
                       guint tick_samples);
void fake_talker_clear (FakeTalker *self);
void fake_talker_run (FakeTalker *self, double seconds);
void fake_talker_forget (FakeTalker *self);
void fake_talker_get_stats (FakeTalker *self, ConfabAudioJitterBufferStats *stats);
/* one tick of another mixer's doing: delivers what has arrived by then */
gint64 fake_talker_step (FakeTalker *self);

G_END_DECLS
