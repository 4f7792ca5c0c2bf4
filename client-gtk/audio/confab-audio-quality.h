/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-jitter-buffer.h"

G_BEGIN_DECLS

#define CONFAB_AUDIO_QUALITY_SECONDS 10 /* as many as a report to the server covers */

/* From the other's mouth to our ear, in milliseconds; negative: not known. */
typedef struct {
  double capture_ms;       /* the other side's microphone: sound card and sound server */
  double encoder_ms;       /* a frame has to be full before it is sent, and Opus looks ahead */
  double network_ms;       /* half the round trip */
  double jitter_buffer_ms; /* from the arrival of a packet to its sound leaving for the mix */
  double output_ms;        /* our speaker: what is queued for it */
} ConfabAudioDelay;

double confab_audio_delay_get_sum_ms (const ConfabAudioDelay *self);

/* What is measured of one connection, by whom it is known. */
typedef struct {
  ConfabAudioJitterBufferStats received;
  guint32 received_bytes;   /* of Opus; wraps */
  guint32 sent_bytes;       /* of Opus; wraps */
  guint frame_samples;      /* of the last packet that came; 0: none came */
  guint look_ahead_samples; /* of the encoder that made it */
  double rtt_ms;            /* negative: not known */
  double capture_ms;        /* the other side's; negative: it does not say */
  double output_ms;         /* ours; negative: not known */
} ConfabAudioQualityInput;

/* How well one hears one peer: seconds become rates, a delay and an opinion. Plain data, not
 * locked. */
typedef struct {
  double lost_ratio;      /* 0..1 of the last seconds; negative: nothing came yet, as below */
  double concealed_ratio; /* 0..1 of the last ten seconds: what had to be made up */
  double received_kbps;   /* of the last second */
  double sent_kbps;
  ConfabAudioDelay delay;
  double mos; /* 1..4.5 */

  /*< private >*/
  ConfabAudioQualityInput last;
  gint64 last_us;
  double speech_kbps;
  gint64 concealed_us[CONFAB_AUDIO_QUALITY_SECONDS];
  gint64 elapsed_us[CONFAB_AUDIO_QUALITY_SECONDS];
  guint n_updates;
} ConfabAudioQuality;

void confab_audio_quality_init (ConfabAudioQuality *self);
void confab_audio_quality_update (ConfabAudioQuality *self,
                                  const ConfabAudioQualityInput *input,
                                  gint64 now_us);

G_END_DECLS
