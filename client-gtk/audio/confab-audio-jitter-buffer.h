/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

#include "confab-audio-format.h"

G_BEGIN_DECLS

/* One remote talker: Opus packets in, as the network brings them; 48 kHz mono out, as the sound
 * card asks for it. */
typedef struct _ConfabAudioJitterBuffer ConfabAudioJitterBuffer;

/* Counters since the start and the state at the last pull. Times in microseconds. */
typedef struct {
  guint64 packets_received;  /* valid ones, late ones and duplicates included */
  guint64 packets_invalid;   /* of an impossible size or no Opus */
  guint64 packets_late;      /* came after their turn */
  guint64 packets_duplicate; /* the same sequence number again */
  guint64 packets_lost;      /* were not there at their turn: recovered + concealed */
  guint64 packets_recovered; /* of the lost: rebuilt from the next packet's FEC */
  guint64 packets_skipped;   /* thrown away to come back from a long stall */
  guint64 waits;             /* ticks filled because a packet was late; not in the pauses of DTX */
  guint64 resyncs;           /* new SSRC or a jump of the numbers */
  guint64 cuts;              /* pitch periods taken out ... */
  guint64 cut_samples;
  guint64 repeats; /* ... and put in */
  guint64 repeated_samples;
  gint64 target_us; /* slack that the network asks for */
  gint64 delay_us; /* from the arrival of a packet without any jitter to its first sample leaving */
  gint64 jitter_us;  /* 97th percentile of the transit time above its minimum */
  double loss_ratio; /* 0..1, of the last seconds */
} ConfabAudioJitterBufferStats;

ConfabAudioJitterBuffer *confab_audio_jitter_buffer_new (void);
ConfabAudioJitterBuffer *confab_audio_jitter_buffer_ref (ConfabAudioJitterBuffer *self);
void confab_audio_jitter_buffer_unref (ConfabAudioJitterBuffer *self);
void confab_audio_jitter_buffer_put (ConfabAudioJitterBuffer *self,
                                     guint32 ssrc,
                                     guint16 seq,
                                     guint32 timestamp,
                                     const guint8 *payload,
                                     gsize size,
                                     gint64 arrival_us);
gboolean confab_audio_jitter_buffer_pull (ConfabAudioJitterBuffer *self,
                                          gint16 *out,
                                          guint n_samples,
                                          gint64 now_us);
void confab_audio_jitter_buffer_get_stats (ConfabAudioJitterBuffer *self,
                                           ConfabAudioJitterBufferStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAudioJitterBuffer, confab_audio_jitter_buffer_unref)

G_END_DECLS
