/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-jitter-buffer"

#include "confab-audio-jitter-buffer.h"

#include <opus/opus.h>

#include "confab-audio-playout.h"

#define MAX_SLACK_US G_USEC_PER_SEC /* a packet further off belongs to another time line */

struct _ConfabAudioJitterBuffer {
  GMutex lock; /* guards all below */
  ConfabAudioPlayout playout;
  guint32 ssrc;
  gint64 stray_seq; /* number of a packet that was far off, -1 when the last one was not */
  guint64 packets_received;
  guint64 packets_invalid;
  guint64 packets_late;
  guint64 packets_duplicate;
  guint64 resyncs;
};

static void
restart (ConfabAudioJitterBuffer *self, guint32 ssrc, guint16 seq, guint32 timestamp)
{
  if (self->playout.ring.is_started)
    self->resyncs++;
  confab_audio_playout_restart (&self->playout, seq, timestamp, self->ssrc != ssrc);
  self->ssrc = ssrc;
  self->stray_seq = -1;
}

/* The numbers have jumped when a second packet in a row says so: one alone may be anything. */
static gboolean
has_jumped (ConfabAudioJitterBuffer *self, gint64 seq, gint64 timestamp, gint64 arrival_us)
{
  gint64 before = self->stray_seq;
  gint64 slack_us = confab_audio_transit_get_slack_us (
      &self->playout.transit, confab_audio_samples_to_us (timestamp), arrival_us);

  if (confab_audio_packet_ring_is_near (&self->playout.ring, seq) &&
      ABS (slack_us) < MAX_SLACK_US) {
    self->stray_seq = -1;
    return FALSE;
  }
  self->stray_seq = seq;
  return before >= 0 && seq == before + 1;
}

static void
take_packet (ConfabAudioJitterBuffer *self,
             guint16 seq,
             guint32 timestamp,
             const guint8 *payload,
             gsize size,
             gint64 arrival_us)
{
  gint64 full_seq;
  gint64 full_timestamp;

  confab_audio_packet_ring_unwrap (&self->playout.ring, seq, timestamp, &full_seq, &full_timestamp);
  if (self->playout.transit.n_seen > 0) {
    if (has_jumped (self, full_seq, full_timestamp, arrival_us)) {
      restart (self, self->ssrc, seq, timestamp);
      confab_audio_packet_ring_unwrap (&self->playout.ring, seq, timestamp, &full_seq,
                                       &full_timestamp);
    } else if (self->stray_seq >= 0) {
      return;
    }
  }
  switch (confab_audio_packet_ring_store (&self->playout.ring, full_seq, full_timestamp, payload,
                                          size)) {
  case CONFAB_AUDIO_PACKET_DUPLICATE:
    self->packets_duplicate++;
    return;
  case CONFAB_AUDIO_PACKET_LATE:
    self->packets_late++;
    break;
  case CONFAB_AUDIO_PACKET_STORED:
    break;
  }
  confab_audio_transit_observe (&self->playout.transit, full_seq,
                                confab_audio_samples_to_us (full_timestamp), arrival_us);
}

/**
 * confab_audio_jitter_buffer_new:
 *
 * Returns: (transfer full): an empty buffer, about 230 kB; it allocates nothing later
 */
ConfabAudioJitterBuffer *
confab_audio_jitter_buffer_new (void)
{
  ConfabAudioJitterBuffer *self = g_atomic_rc_box_new0 (ConfabAudioJitterBuffer);

  g_mutex_init (&self->lock);
  confab_audio_playout_init (&self->playout);
  self->stray_seq = -1;
  return self;
}

ConfabAudioJitterBuffer *
confab_audio_jitter_buffer_ref (ConfabAudioJitterBuffer *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  ConfabAudioJitterBuffer *self = data;

  confab_audio_playout_clear (&self->playout);
  g_mutex_clear (&self->lock);
}

void
confab_audio_jitter_buffer_unref (ConfabAudioJitterBuffer *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

/**
 * confab_audio_jitter_buffer_put:
 * @ssrc: the stream; another one starts anew
 * @seq: RTP sequence number
 * @timestamp: RTP timestamp, samples at 48 kHz
 * @payload: (array length=size): one Opus packet, RFC 6716
 * @arrival_us: when it came, by the clock that pull () is told as well
 *
 * Takes one packet as it came from the network, in any order. Packets of a size that Opus does not
 * have, over 1500 bytes or not of 2.5..120 ms are counted and dropped. Any thread; does not wait
 * longer than the decoding of one packet takes.
 */
void
confab_audio_jitter_buffer_put (ConfabAudioJitterBuffer *self,
                                guint32 ssrc,
                                guint16 seq,
                                guint32 timestamp,
                                const guint8 *payload,
                                gsize size,
                                gint64 arrival_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  int n_samples = 0;

  if (size > 0 && size <= CONFAB_AUDIO_PACKET_MAX_BYTES)
    n_samples = opus_packet_get_nb_samples (payload, (opus_int32) size, CONFAB_AUDIO_RATE);
  if (n_samples < CONFAB_AUDIO_MIN_FRAME_SAMPLES || n_samples > CONFAB_AUDIO_MAX_FRAME_SAMPLES) {
    self->packets_invalid++;
    return;
  }
  self->packets_received++;
  if (!self->playout.ring.is_started || ssrc != self->ssrc)
    restart (self, ssrc, seq, timestamp);
  take_packet (self, seq, timestamp, payload, size, arrival_us);
}

/**
 * confab_audio_jitter_buffer_pull:
 * @out: (array length=n_samples) (out caller-allocates): 48 kHz mono
 * @n_samples: 1..960, ordinarily always the same
 * @now_us: by the clock of put (); it need not be even, but n_samples should come to 48,000 in a
 * second of it
 *
 * Gives the next samples of the talker, whatever has become of the packets: never waits for one.
 * The mixer's thread.
 *
 * Returns: whether there is a talker; if not, @out is silence
 */
gboolean
confab_audio_jitter_buffer_pull (ConfabAudioJitterBuffer *self,
                                 gint16 *out,
                                 guint n_samples,
                                 gint64 now_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_return_val_if_fail (n_samples > 0 && n_samples <= CONFAB_AUDIO_MAX_TICK_SAMPLES, FALSE);
  return confab_audio_playout_pull (&self->playout, out, n_samples, now_us);
}

/**
 * confab_audio_jitter_buffer_get_stats:
 *
 * Copies the statistics. Any thread.
 */
void
confab_audio_jitter_buffer_get_stats (ConfabAudioJitterBuffer *self,
                                      ConfabAudioJitterBufferStats *stats)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  const ConfabAudioPlayout *playout = &self->playout;

  *stats = (ConfabAudioJitterBufferStats){
    .packets_received = self->packets_received,
    .packets_invalid = self->packets_invalid + playout->packets_undecodable,
    .packets_late = self->packets_late,
    .packets_duplicate = self->packets_duplicate,
    .packets_lost = playout->packets_lost,
    .packets_recovered = playout->packets_recovered,
    .packets_skipped = playout->packets_skipped + playout->ring.n_overrun,
    .waits = playout->all_waited / CONFAB_AUDIO_TICK_SAMPLES,
    .resyncs = self->resyncs,
    .cuts = playout->steering.cuts,
    .cut_samples = playout->steering.cut_samples,
    .repeats = playout->steering.repeats,
    .repeated_samples = playout->steering.repeated_samples,
    .target_us = confab_audio_playout_get_target_us (playout),
    .delay_us = playout->delay_us,
    .jitter_us = playout->transit.jitter_us,
    .loss_ratio = playout->transit.loss_ratio,
  };
}
