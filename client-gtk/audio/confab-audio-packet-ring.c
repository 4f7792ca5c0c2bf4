/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-packet-ring"

#include "confab-audio-packet-ring.h"

#include <string.h>

/* Unwrapped numbers begin above zero, so that going back a little never makes one negative. */
#define FIRST_SEQ       ((gint64) 1 << 16)
#define FIRST_TIMESTAMP ((gint64) 1 << 32)

static ConfabAudioPacket *
get_place (ConfabAudioPacketRing *self, gint64 seq)
{
  return &self->packets[seq % CONFAB_AUDIO_PACKET_RING_SIZE];
}

/**
 * confab_audio_packet_ring_restart:
 * @seq: the sequence number from which the stream begins
 *
 * Drops everything. A zeroed ring is one that has not been started.
 */
void
confab_audio_packet_ring_restart (ConfabAudioPacketRing *self, guint16 seq, guint32 timestamp)
{
  for (guint i = 0; i < CONFAB_AUDIO_PACKET_RING_SIZE; i++) {
    self->packets[i].size = 0;
    self->packets[i].seq = -1;
  }
  self->is_started = TRUE;
  self->next_seq = self->newest_seq = FIRST_SEQ + seq;
  self->last_timestamp = FIRST_TIMESTAMP + timestamp;
}

/**
 * confab_audio_packet_ring_unwrap:
 * @seq: as sent, wraps at 2^16
 * @timestamp: as sent, samples at 48 kHz, wraps at 2^32
 *
 * Gives both numbers without wrapping: nearest to the newest packet. Source: RFC 3550, section 5.1
 * and appendix A.1.
 */
void
confab_audio_packet_ring_unwrap (const ConfabAudioPacketRing *self,
                                 guint16 seq,
                                 guint32 timestamp,
                                 gint64 *full_seq,
                                 gint64 *full_timestamp)
{
  *full_seq = self->newest_seq + (gint16) (guint16) (seq - (guint16) self->newest_seq);
  *full_timestamp =
      self->last_timestamp + (gint32) (guint32) (timestamp - (guint32) self->last_timestamp);
}

/**
 * confab_audio_packet_ring_is_near:
 *
 * Returns: whether a packet of this number can be stored; if not, the sender's numbers have jumped
 */
gboolean
confab_audio_packet_ring_is_near (const ConfabAudioPacketRing *self, gint64 seq)
{
  return ABS (seq - self->newest_seq) <= CONFAB_AUDIO_PACKET_MAX_JUMP;
}

/* Makes room when nobody has taken packets for long: the oldest go. */
static void
push_out (ConfabAudioPacketRing *self, gint64 seq)
{
  while (seq - self->next_seq >= CONFAB_AUDIO_PACKET_RING_SIZE) {
    if (confab_audio_packet_ring_get (self, self->next_seq) != NULL)
      self->n_overrun++;
    self->next_seq++;
  }
}

/**
 * confab_audio_packet_ring_store:
 * @seq: unwrapped and near
 * @size: 1..1500
 *
 * Copies the packet into its place, unless it is too late or was here already.
 */
ConfabAudioPacketFate
confab_audio_packet_ring_store (
    ConfabAudioPacketRing *self, gint64 seq, gint64 timestamp, const guint8 *payload, gsize size)
{
  ConfabAudioPacket *packet = get_place (self, seq);

  g_assert (size > 0 && size <= sizeof packet->payload);
  g_assert (confab_audio_packet_ring_is_near (self, seq));

  if (packet->seq == seq)
    return CONFAB_AUDIO_PACKET_DUPLICATE;
  push_out (self, seq);
  packet->seq = seq;
  packet->timestamp = timestamp;
  packet->size = 0;
  if (seq < self->next_seq)
    return CONFAB_AUDIO_PACKET_LATE;
  memcpy (packet->payload, payload, size);
  packet->size = (guint) size;
  if (seq >= self->newest_seq) {
    self->newest_seq = seq;
    self->last_timestamp = timestamp;
  }
  return CONFAB_AUDIO_PACKET_STORED;
}

/**
 * confab_audio_packet_ring_get:
 *
 * Returns: (transfer none) (nullable): the packet, if it is here; set its size to 0 to take it
 */
ConfabAudioPacket *
confab_audio_packet_ring_get (ConfabAudioPacketRing *self, gint64 seq)
{
  ConfabAudioPacket *packet = get_place (self, seq);

  return packet->seq == seq && packet->size > 0 ? packet : NULL;
}

/**
 * confab_audio_packet_ring_skip:
 *
 * Gives up the packet at next_seq and all that are missing behind it.
 *
 * Returns: (transfer none) (nullable): the packet that is at next_seq now; %NULL when there is no
 * newer one
 */
ConfabAudioPacket *
confab_audio_packet_ring_skip (ConfabAudioPacketRing *self)
{
  get_place (self, self->next_seq)->size = 0;
  while (self->next_seq < self->newest_seq) {
    ConfabAudioPacket *packet = confab_audio_packet_ring_get (self, ++self->next_seq);

    if (packet != NULL)
      return packet;
  }
  return NULL;
}
