/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-jitter-buffer"

#include "confab-audio-jitter-buffer.h"

#include "confab-audio-decoder.h"
#include "confab-audio-opus-packet.h"
#include "confab-audio-packet-ring.h"
#include "confab-audio-rhythm.h"
#include "confab-audio-steering.h"
#include "confab-audio-transit.h"

#define BACKLOG_US (120 * 1000) /* beyond the target one jumps: cutting would take seconds */
#define YOUNG_BACKLOG_US \
  (30 * 1000) /* at the start, what gathered during the set-up arrives at once */
#define MAX_SLACK_US G_USEC_PER_SEC /* a packet further off belongs to another time line */
#define ASLEEP_SAMPLES \
  (CONFAB_AUDIO_RATE / 2) /* longer than the 400 ms between two packets of DTX */
#define STEP_SAMPLES CONFAB_AUDIO_MIN_FRAME_SAMPLES /* libopus conceals in steps of 2.5 ms */
#define FEC_MEMORY   500 /* packets; no FEC is sent in pauses, nor for long by who has it off */
#define MAX_STEPS    256 /* a pull ends, whatever the packets say */

struct _ConfabAudioJitterBuffer {
  GMutex lock; /* guards all below */
  ConfabAudioDecoder decoder;
  ConfabAudioPacketRing ring;
  ConfabAudioTransit transit;
  ConfabAudioSteering steering;
  ConfabAudioRhythm rhythm;
  ConfabAudioJitterBufferStats stats;

  guint32 ssrc;
  gint64 stray_seq;      /* number of a packet that was far off, -1 when the last one was not */
  gint64 next_timestamp; /* where the sound of the next packet should begin */
  guint open_waited;     /* samples filled since the last packet, not in the statistics yet */
  guint64 all_waited;    /* and those that are */
  guint fec_expected;    /* packets for which FEC is counted on, FEC_MEMORY after one had it */
  guint waited_samples;  /* made up since the last packet, without moving on in the stream */
  gboolean has_decoded;
  gboolean is_asleep; /* nothing came for so long that this is no pause between words */
  gboolean is_spurt;  /* silence went before the next packet: it can be placed freely */
};

static gint64
to_us (gint64 samples)
{
  return samples * 1000 / CONFAB_AUDIO_SAMPLES_PER_MS;
}

static gint64
to_samples (gint64 us)
{
  return us * CONFAB_AUDIO_SAMPLES_PER_MS / 1000;
}

static gint64
get_slack_us (ConfabAudioJitterBuffer *self, const ConfabAudioPacket *packet, gint64 now_us)
{
  return confab_audio_transit_get_slack_us (&self->transit, to_us (packet->timestamp), now_us);
}

/* What is played before what is decoded now: what waits, and what was pulled at the same moment. */
static guint
get_ahead (const ConfabAudioJitterBuffer *self)
{
  return self->decoder.queue.n_queued + confab_audio_rhythm_get_taken (&self->rhythm);
}

/* To wait for a packet more is worth it only if that brings something. */
static gint64
get_target_us (ConfabAudioJitterBuffer *self)
{
  return confab_audio_transit_get_target_us (
      &self->transit, self->fec_expected > 0 ? to_us (self->steering.frame_samples) : 0);
}

/* --- into the ring: the network's thread --- */

static void
restart (ConfabAudioJitterBuffer *self, guint32 ssrc, guint16 seq, guint32 timestamp)
{
  if (self->ring.is_started)
    self->stats.resyncs++;
  if (self->ssrc != ssrc)
    confab_audio_decoder_forget_talker (&self->decoder);
  self->ssrc = ssrc;
  confab_audio_packet_ring_restart (&self->ring, seq, timestamp);
  confab_audio_transit_reset (&self->transit);
  self->stray_seq = -1;
  self->waited_samples = 0;
  self->decoder.is_splice = self->is_spurt = TRUE;
  confab_audio_steering_forget (&self->steering);
}

/* The numbers have jumped when a second packet in a row says so: one alone may be anything. */
static gboolean
has_jumped (ConfabAudioJitterBuffer *self, gint64 seq, gint64 timestamp, gint64 arrival_us)
{
  gint64 before = self->stray_seq;
  gint64 slack_us =
      confab_audio_transit_get_slack_us (&self->transit, to_us (timestamp), arrival_us);

  if (confab_audio_packet_ring_is_near (&self->ring, seq) && ABS (slack_us) < MAX_SLACK_US) {
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

  confab_audio_packet_ring_unwrap (&self->ring, seq, timestamp, &full_seq, &full_timestamp);
  if (self->transit.n_seen > 0) {
    if (has_jumped (self, full_seq, full_timestamp, arrival_us)) {
      restart (self, self->ssrc, seq, timestamp);
      confab_audio_packet_ring_unwrap (&self->ring, seq, timestamp, &full_seq, &full_timestamp);
    } else if (self->stray_seq >= 0) {
      return;
    }
  }
  switch (confab_audio_packet_ring_store (&self->ring, full_seq, full_timestamp, payload, size)) {
  case CONFAB_AUDIO_PACKET_DUPLICATE:
    self->stats.packets_duplicate++;
    return;
  case CONFAB_AUDIO_PACKET_LATE:
    self->stats.packets_late++;
    break;
  case CONFAB_AUDIO_PACKET_STORED:
    break;
  }
  confab_audio_transit_observe (&self->transit, full_seq, to_us (full_timestamp), arrival_us);
}

/* --- out of the ring: the mixer's thread --- */

/* Only now it shows whether one waited for a packet, or through a pause in which nothing was sent.
 */
static void
count_waits (ConfabAudioJitterBuffer *self, gboolean was_pause)
{
  if (!was_pause)
    self->all_waited += self->open_waited;
  self->open_waited = 0;
}

static void
note_fec (ConfabAudioJitterBuffer *self, const ConfabAudioPacket *packet)
{
  if (confab_audio_opus_packet_has_fec (packet->payload, packet->size))
    self->fec_expected = FEC_MEMORY;
  else if (self->fec_expected > 0)
    self->fec_expected--;
}

static void
decode (ConfabAudioJitterBuffer *self, ConfabAudioPacket *packet, guint n_over)
{
  guint n = confab_audio_decoder_decode (&self->decoder, packet, n_over);

  count_waits (self, self->is_spurt || packet->timestamp > self->next_timestamp);
  note_fec (self, packet);
  packet->size = 0;
  self->ring.next_seq++;
  if (n > 0) {
    self->steering.frame_samples = n;
    self->has_decoded = TRUE;
  } else {
    self->stats.packets_invalid++;
    confab_audio_decoder_conceal (&self->decoder, self->steering.frame_samples);
  }
  self->next_timestamp = packet->timestamp + self->steering.frame_samples;
  self->waited_samples = n_over > 0 && n_over >= n ? self->waited_samples - n : 0;
  self->is_spurt = FALSE;
}

/* Somebody stalled, the sender, the network or we: what is hopelessly old is not worth hearing. */
static ConfabAudioPacket *
skip_backlog (ConfabAudioJitterBuffer *self, ConfabAudioPacket *packet, gint64 now_us)
{
  gint64 limit_us =
      get_target_us (self) +
      (confab_audio_transit_is_young (&self->transit) ? YOUNG_BACKLOG_US : BACKLOG_US);

  while (get_slack_us (self, packet, now_us) > limit_us &&
         self->ring.newest_seq > self->ring.next_seq) {
    packet = confab_audio_packet_ring_skip (&self->ring);
    self->stats.packets_skipped++;
    self->decoder.is_splice = TRUE;
    confab_audio_steering_forget (&self->steering);
  }
  return packet;
}

/* Brings the delay nearer to the target. With much to spare one packet more is decoded first: in
 * more sound longer periods can be found. */
static void
steer (ConfabAudioJitterBuffer *self, gint64 margin, gint64 target, guint queued, gint64 now_us)
{
  ConfabAudioPacket *next = confab_audio_packet_ring_get (&self->ring, self->ring.next_seq);

  confab_audio_steering_record (&self->steering, margin, now_us);
  if (confab_audio_steering_get_excess (&self->steering, target) > self->steering.frame_samples &&
      next != NULL && next->timestamp == self->next_timestamp &&
      self->decoder.queue.n_queued < 2 * CONFAB_AUDIO_STRETCH_MAX_LAG)
    decode (self, next, 0);
  confab_audio_steering_move (&self->steering, &self->decoder.queue, margin, target, queued,
                              now_us);
}

/* The pause before a word costs nothing: make it as long as the network wants it, and not longer.
 * What is left over of a tick would have to be cut out of the word. */
static gboolean
prolong_pause (ConfabAudioJitterBuffer *self, gint64 missing)
{
  if (missing <= 0) {
    guint surplus = confab_audio_steering_get_surplus (&self->steering, get_ahead (self));

    confab_audio_stretch_drop (&self->decoder.queue, MIN (surplus, self->decoder.queue.n_queued));
    self->decoder.is_splice = TRUE;
    return FALSE;
  }
  confab_audio_decoder_conceal (&self->decoder,
                                (guint) CLAMP (missing / STEP_SAMPLES, 1, 4) * STEP_SAMPLES);
  confab_audio_steering_forget (&self->steering);
  return TRUE;
}

/* What was made up while waiting for the packet takes the place of its beginning, unless the
 * network wants a longer delay from now on: after a stall nothing has to be cut that would be
 * heard. */
static guint
get_over (const ConfabAudioJitterBuffer *self, const ConfabAudioPacket *packet, gint64 excess)
{
  if (self->is_spurt || packet->timestamp > self->next_timestamp)
    return 0;
  return (guint) CLAMP (excess, 0, MIN (self->waited_samples, self->steering.frame_samples));
}

static void
play (ConfabAudioJitterBuffer *self, ConfabAudioPacket *packet, gint64 now_us)
{
  guint queued = get_ahead (self);
  gint64 slack_us = get_slack_us (self, packet, now_us);
  gint64 target = to_samples (get_target_us (self));
  gint64 margin = confab_audio_steering_get_margin (&self->steering, to_samples (slack_us), queued);
  guint n_over;

  if (self->is_spurt || packet->timestamp > self->next_timestamp) {
    if (prolong_pause (self, target - margin))
      return;
    queued = get_ahead (self);
  }
  n_over = get_over (self, packet, margin - target);
  decode (self, packet, n_over);
  self->stats.delay_us = slack_us + to_us ((gint64) queued - n_over);
  steer (self, margin - n_over, target, queued, now_us);
}

/* How long the missing packet was: up to the one behind it, or as long as the others. */
static guint
get_lost_samples (ConfabAudioJitterBuffer *self, const ConfabAudioPacket *follower)
{
  gint64 gap = follower != NULL ? follower->timestamp - self->next_timestamp : 0;

  return gap > 0 && gap <= CONFAB_AUDIO_MAX_FRAME_SAMPLES && gap % STEP_SAMPLES == 0
             ? (guint) gap
             : self->steering.frame_samples;
}

/* A packet was lost beside a pause in which nothing was sent, and what was made up filled the
 * pause. With FEC it is known to be the beginning of a word, else nobody can tell where it
 * belonged. */
static void
replace_lost_in_pause (ConfabAudioJitterBuffer *self,
                       const ConfabAudioPacket *follower,
                       gint64 now_us)
{
  guint n = self->steering.frame_samples;
  gint64 slack = to_samples (get_slack_us (self, follower, now_us)) + n;
  gint64 margin = confab_audio_steering_get_margin (&self->steering, slack, get_ahead (self));
  gboolean has_fec = confab_audio_opus_packet_has_fec (follower->payload, follower->size);

  if (has_fec && prolong_pause (self, to_samples (get_target_us (self)) - margin))
    return;
  count_waits (self, TRUE);
  self->stats.packets_lost++;
  self->ring.next_seq++;
  self->waited_samples = 0;
  self->is_spurt = !has_fec;
  if (!has_fec)
    return;
  if (confab_audio_decoder_replace (&self->decoder, follower, n, 0))
    self->stats.packets_recovered++;
  self->next_timestamp = follower->timestamp;
}

static gboolean
is_beside_pause (ConfabAudioJitterBuffer *self, const ConfabAudioPacket *follower)
{
  return follower != NULL &&
         follower->timestamp > self->next_timestamp + (gint64) self->steering.frame_samples;
}

/* The packet is lost: newer ones are here. What was made up while waiting for it is over already.
 */
static void
replace_lost (ConfabAudioJitterBuffer *self, gint64 now_us)
{
  ConfabAudioPacket *follower = confab_audio_packet_ring_get (&self->ring, self->ring.next_seq + 1);
  guint n = get_lost_samples (self, follower);
  guint skip = MIN (self->waited_samples, n);

  if (is_beside_pause (self, follower)) {
    replace_lost_in_pause (self, follower, now_us);
    return;
  }
  count_waits (self, FALSE);
  self->stats.packets_lost++;
  self->ring.next_seq++;
  self->next_timestamp += n;
  self->waited_samples -= skip;
  if (skip == n)
    return;
  if (confab_audio_decoder_replace (&self->decoder, follower, n, skip))
    self->stats.packets_recovered++;
  self->decoder.is_splice = TRUE;
}

/* Nothing is there: late, or the sender pauses. Goes on with as little as completes this tick. */
static void
wait_for_packet (ConfabAudioJitterBuffer *self, guint n_samples)
{
  guint missing = n_samples - self->decoder.queue.n_queued;
  guint n = (missing + STEP_SAMPLES - 1) / STEP_SAMPLES * STEP_SAMPLES;

  confab_audio_decoder_conceal (&self->decoder, n);
  self->waited_samples += n;
  self->open_waited += n;
  confab_audio_steering_forget (&self->steering);
  if (self->waited_samples >= ASLEEP_SAMPLES)
    self->is_asleep = self->decoder.is_splice = TRUE;
}

static void
produce (ConfabAudioJitterBuffer *self, guint n_samples, gint64 now_us)
{
  ConfabAudioPacket *packet = confab_audio_packet_ring_get (&self->ring, self->ring.next_seq);

  if (packet != NULL)
    play (self, skip_backlog (self, packet, now_us), now_us);
  else if (self->ring.newest_seq > self->ring.next_seq)
    replace_lost (self, now_us);
  else
    wait_for_packet (self, n_samples);
}

static void
wake (ConfabAudioJitterBuffer *self)
{
  ConfabAudioPacketRing *ring = &self->ring;

  if (!self->is_asleep || ring->newest_seq < ring->next_seq)
    return;
  if (confab_audio_packet_ring_get (ring, ring->next_seq) == NULL)
    confab_audio_packet_ring_skip (ring);
  self->is_asleep = FALSE;
  self->is_spurt = self->decoder.is_splice = TRUE;
  self->waited_samples = 0;
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
  confab_audio_decoder_init (&self->decoder);
  confab_audio_steering_init (&self->steering, CONFAB_AUDIO_RATE / 50, CONFAB_AUDIO_TICK_SAMPLES);
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

  confab_audio_decoder_clear (&self->decoder);
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
    self->stats.packets_invalid++;
    return;
  }
  self->stats.packets_received++;
  if (!self->ring.is_started || ssrc != self->ssrc)
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
  gboolean has_sound;

  g_return_val_if_fail (n_samples > 0 && n_samples <= CONFAB_AUDIO_MAX_TICK_SAMPLES, FALSE);

  confab_audio_steering_set_tick (&self->steering,
                                  confab_audio_rhythm_begin (&self->rhythm, n_samples, now_us));
  wake (self);
  for (guint i = 0; i < MAX_STEPS && self->ring.is_started && !self->is_asleep &&
                    self->decoder.queue.n_queued < n_samples;
       i++)
    produce (self, n_samples, now_us);
  has_sound = self->has_decoded && (!self->is_asleep || self->decoder.queue.n_queued > 0);
  confab_audio_decoder_take (&self->decoder, out, n_samples);
  confab_audio_rhythm_end (&self->rhythm, n_samples);
  return has_sound;
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

  *stats = self->stats;
  stats->packets_skipped += self->ring.n_overrun;
  stats->waits = self->all_waited / CONFAB_AUDIO_TICK_SAMPLES;
  stats->cuts = self->steering.cuts;
  stats->cut_samples = self->steering.cut_samples;
  stats->repeats = self->steering.repeats;
  stats->repeated_samples = self->steering.repeated_samples;
  stats->target_us = get_target_us (self);
  stats->jitter_us = self->transit.jitter_us;
  stats->loss_ratio = self->transit.loss_ratio;
}
