/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CONFAB_AUDIO_PACKET_MAX_BYTES 1500 /* no larger one fits into a datagram */
#define CONFAB_AUDIO_PACKET_RING_SIZE 128
#define CONFAB_AUDIO_PACKET_MAX_JUMP  100 /* the rest of the ring remembers which were played */

typedef struct {
  gint64 seq;       /* unwrapped; stays after the packet was taken */
  gint64 timestamp; /* unwrapped, samples */
  guint size;       /* 0: taken or never here */
  guint8 payload[CONFAB_AUDIO_PACKET_MAX_BYTES];
} ConfabAudioPacket;

typedef enum {
  CONFAB_AUDIO_PACKET_STORED,
  CONFAB_AUDIO_PACKET_LATE, /* its turn is over */
  CONFAB_AUDIO_PACKET_DUPLICATE,
} ConfabAudioPacketFate;

/* The packets of one stream in their order, whatever order they come in. Not locked. */
typedef struct {
  gboolean is_started;
  gint64 next_seq; /* to be taken */
  gint64 newest_seq;
  guint64 n_overrun; /* pushed out by newer ones because nobody took them */

  /*< private >*/
  gint64 last_timestamp;
  ConfabAudioPacket packets[CONFAB_AUDIO_PACKET_RING_SIZE];
} ConfabAudioPacketRing;

void confab_audio_packet_ring_restart (ConfabAudioPacketRing *self, guint16 seq, guint32 timestamp);
void confab_audio_packet_ring_unwrap (const ConfabAudioPacketRing *self,
                                      guint16 seq,
                                      guint32 timestamp,
                                      gint64 *full_seq,
                                      gint64 *full_timestamp);
gboolean confab_audio_packet_ring_is_near (const ConfabAudioPacketRing *self, gint64 seq);
ConfabAudioPacketFate confab_audio_packet_ring_store (
    ConfabAudioPacketRing *self, gint64 seq, gint64 timestamp, const guint8 *payload, gsize size);
ConfabAudioPacket *confab_audio_packet_ring_get (ConfabAudioPacketRing *self, gint64 seq);
ConfabAudioPacket *confab_audio_packet_ring_skip (ConfabAudioPacketRing *self);

G_END_DECLS
