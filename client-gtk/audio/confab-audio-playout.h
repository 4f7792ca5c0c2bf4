/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-decoder.h"
#include "confab-audio-packet-ring.h"
#include "confab-audio-rhythm.h"
#include "confab-audio-steering.h"
#include "confab-audio-transit.h"

G_BEGIN_DECLS

/* What is played next of one stream: the packet that is due, what stands for one that is late or
 * lost, or a pause. Not locked. */
typedef struct {
  ConfabAudioPacketRing ring; /* filled by whoever receives ... */
  ConfabAudioTransit transit; /* ... and told of each packet */
  ConfabAudioSteering steering;
  guint64 packets_lost;
  guint64 packets_recovered;
  guint64 packets_skipped;
  guint64 packets_undecodable;
  guint64 all_waited; /* samples made up because a packet was late; not in the pauses of DTX */
  gint64 delay_us;    /* from the arrival of a packet without any jitter to its first sample */

  /*< private >*/
  ConfabAudioDecoder decoder;
  ConfabAudioRhythm rhythm;
  gint64 next_timestamp; /* where the sound of the next packet should begin */
  guint open_waited;     /* samples made up since the last packet, not in all_waited yet */
  guint fec_expected;    /* packets for which FEC is counted on, FEC_MEMORY after one had it */
  guint waited_samples;  /* made up since the last packet, without moving on in the stream */
  gboolean has_decoded;
  gboolean is_asleep; /* nothing came for so long that this is no pause between words */
  gboolean is_spurt;  /* silence went before the next packet: it can be placed freely */
} ConfabAudioPlayout;

void confab_audio_playout_init (ConfabAudioPlayout *self);
void confab_audio_playout_clear (ConfabAudioPlayout *self);
void confab_audio_playout_restart (ConfabAudioPlayout *self,
                                   guint16 seq,
                                   guint32 timestamp,
                                   gboolean is_other_talker);
gboolean confab_audio_playout_pull (ConfabAudioPlayout *self,
                                    gint16 *out,
                                    guint n_samples,
                                    gint64 now_us);
gint64 confab_audio_playout_get_target_us (const ConfabAudioPlayout *self);

G_END_DECLS
