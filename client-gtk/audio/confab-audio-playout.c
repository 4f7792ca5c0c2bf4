/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-playout"

#include "confab-audio-playout.h"

#include <string.h>

#include "confab-audio-opus-packet.h"

#define BACKLOG_US (120 * 1000) /* beyond the target one jumps: cutting would take seconds */
#define YOUNG_BACKLOG_US \
  (30 * 1000) /* at the start, what gathered during the set-up arrives at once */
#define ASLEEP_SAMPLES \
  (CONFAB_AUDIO_RATE / 2) /* longer than the 400 ms between two packets of DTX */
#define STEP_SAMPLES CONFAB_AUDIO_MIN_FRAME_SAMPLES /* libopus conceals in steps of 2.5 ms */
#define FEC_MEMORY   500 /* packets; no FEC is sent in pauses, nor for long by who has it off */
#define MAX_STEPS    256 /* a pull ends, whatever the packets say */

static gint64
to_samples (gint64 us)
{
  return us * CONFAB_AUDIO_SAMPLES_PER_MS / 1000;
}

static gint64
get_slack_us (ConfabAudioPlayout *self, const ConfabAudioPacket *packet, gint64 now_us)
{
  return confab_audio_transit_get_slack_us (&self->transit,
                                            confab_audio_samples_to_us (packet->timestamp), now_us);
}

/* What is played before what is decoded now: what waits, and what was pulled at the same moment. */
static guint
get_ahead (const ConfabAudioPlayout *self)
{
  return self->decoder.queue.n_queued + confab_audio_rhythm_get_taken (&self->rhythm);
}

/**
 * confab_audio_playout_get_target_us:
 * @self: the playout
 *
 * To wait for a packet more is worth it only if that brings something.
 *
 * Returns: the slack at which packets should be decoded
 */
gint64
confab_audio_playout_get_target_us (const ConfabAudioPlayout *self)
{
  return confab_audio_transit_get_target_us (
      &self->transit,
      self->fec_expected > 0 ? confab_audio_samples_to_us (self->steering.frame_samples) : 0);
}

/* Only now it shows whether one waited for a packet, or through a pause in which nothing was sent.
 */
static void
count_waits (ConfabAudioPlayout *self, gboolean was_pause)
{
  if (!was_pause)
    self->all_waited += self->open_waited;
  self->open_waited = 0;
}

static void
note_fec (ConfabAudioPlayout *self, const ConfabAudioPacket *packet)
{
  if (confab_audio_opus_packet_has_fec (packet->payload, packet->size))
    self->fec_expected = FEC_MEMORY;
  else if (self->fec_expected > 0)
    self->fec_expected--;
}

static void
decode (ConfabAudioPlayout *self, ConfabAudioPacket *packet, guint n_over)
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
    self->packets_undecodable++;
    confab_audio_decoder_conceal (&self->decoder, self->steering.frame_samples);
  }
  self->next_timestamp = packet->timestamp + self->steering.frame_samples;
  self->waited_samples = n_over > 0 && n_over >= n ? self->waited_samples - n : 0;
  self->is_spurt = FALSE;
}

/* Somebody stalled, the sender, the network or we: what is hopelessly old is not worth hearing. */
static ConfabAudioPacket *
skip_backlog (ConfabAudioPlayout *self, ConfabAudioPacket *packet, gint64 now_us)
{
  gint64 limit_us =
      confab_audio_playout_get_target_us (self) +
      (confab_audio_transit_is_young (&self->transit) ? YOUNG_BACKLOG_US : BACKLOG_US);

  while (get_slack_us (self, packet, now_us) > limit_us &&
         self->ring.newest_seq > self->ring.next_seq) {
    packet = confab_audio_packet_ring_skip (&self->ring);
    self->packets_skipped++;
    self->decoder.is_splice = TRUE;
    confab_audio_steering_forget (&self->steering);
  }
  return packet;
}

/* Brings the delay nearer to the target. With much to spare one packet more is decoded first: in
 * more sound longer periods can be found. */
static void
steer (ConfabAudioPlayout *self, gint64 margin, gint64 target, guint queued, gint64 now_us)
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
prolong_pause (ConfabAudioPlayout *self, gint64 missing)
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
get_over (const ConfabAudioPlayout *self, const ConfabAudioPacket *packet, gint64 excess)
{
  if (self->is_spurt || packet->timestamp > self->next_timestamp)
    return 0;
  return (guint) CLAMP (excess, 0, MIN (self->waited_samples, self->steering.frame_samples));
}

static void
play (ConfabAudioPlayout *self, ConfabAudioPacket *packet, gint64 now_us)
{
  guint queued = get_ahead (self);
  gint64 slack_us = get_slack_us (self, packet, now_us);
  gint64 target = to_samples (confab_audio_playout_get_target_us (self));
  gint64 margin = confab_audio_steering_get_margin (&self->steering, to_samples (slack_us), queued);
  guint n_over;

  if (self->is_spurt || packet->timestamp > self->next_timestamp) {
    if (prolong_pause (self, target - margin))
      return;
    queued = get_ahead (self);
  }
  n_over = get_over (self, packet, margin - target);
  decode (self, packet, n_over);
  self->delay_us = slack_us + confab_audio_samples_to_us ((gint64) queued - n_over);
  steer (self, margin - n_over, target, queued, now_us);
}

/* How long the missing packet was: up to the one behind it, or as long as the others. */
static guint
get_lost_samples (ConfabAudioPlayout *self, const ConfabAudioPacket *follower)
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
replace_lost_in_pause (ConfabAudioPlayout *self, const ConfabAudioPacket *follower, gint64 now_us)
{
  guint n = self->steering.frame_samples;
  gint64 slack = to_samples (get_slack_us (self, follower, now_us)) + n;
  gint64 margin = confab_audio_steering_get_margin (&self->steering, slack, get_ahead (self));
  gboolean has_fec = confab_audio_opus_packet_has_fec (follower->payload, follower->size);

  if (has_fec &&
      prolong_pause (self, to_samples (confab_audio_playout_get_target_us (self)) - margin))
    return;
  count_waits (self, TRUE);
  self->packets_lost++;
  self->ring.next_seq++;
  self->waited_samples = 0;
  self->is_spurt = !has_fec;
  if (!has_fec)
    return;
  if (confab_audio_decoder_replace (&self->decoder, follower, n, 0))
    self->packets_recovered++;
  self->next_timestamp = follower->timestamp;
}

static gboolean
is_beside_pause (ConfabAudioPlayout *self, const ConfabAudioPacket *follower)
{
  return follower != NULL &&
         follower->timestamp > self->next_timestamp + (gint64) self->steering.frame_samples;
}

/* The packet is lost: newer ones are here. What was made up while waiting for it is over already.
 */
static void
replace_lost (ConfabAudioPlayout *self, gint64 now_us)
{
  ConfabAudioPacket *follower = confab_audio_packet_ring_get (&self->ring, self->ring.next_seq + 1);
  guint n = get_lost_samples (self, follower);
  guint skip = MIN (self->waited_samples, n);

  if (is_beside_pause (self, follower)) {
    replace_lost_in_pause (self, follower, now_us);
    return;
  }
  count_waits (self, FALSE);
  self->packets_lost++;
  self->ring.next_seq++;
  self->next_timestamp += n;
  self->waited_samples -= skip;
  if (skip == n)
    return;
  if (confab_audio_decoder_replace (&self->decoder, follower, n, skip))
    self->packets_recovered++;
  self->decoder.is_splice = TRUE;
}

/* Nothing is there: late, or the sender pauses. Goes on with as little as completes this tick. */
static void
wait_for_packet (ConfabAudioPlayout *self, guint n_samples)
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
produce (ConfabAudioPlayout *self, guint n_samples, gint64 now_us)
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
wake (ConfabAudioPlayout *self)
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
 * confab_audio_playout_init:
 * @self: uninitialised
 */
void
confab_audio_playout_init (ConfabAudioPlayout *self)
{
  memset (self, 0, sizeof *self);
  confab_audio_decoder_init (&self->decoder);
  confab_audio_steering_init (&self->steering, CONFAB_AUDIO_RATE / 50, CONFAB_AUDIO_TICK_SAMPLES);
}

void
confab_audio_playout_clear (ConfabAudioPlayout *self)
{
  confab_audio_decoder_clear (&self->decoder);
}

/**
 * confab_audio_playout_restart:
 * @self: the playout
 * @seq: RTP sequence number of the first packet
 * @timestamp: its RTP timestamp
 * @is_other_talker: whether the decoder has not heard this voice
 *
 * Another time line begins. What waits is still played.
 */
void
confab_audio_playout_restart (ConfabAudioPlayout *self,
                              guint16 seq,
                              guint32 timestamp,
                              gboolean is_other_talker)
{
  if (is_other_talker)
    confab_audio_decoder_forget_talker (&self->decoder);
  confab_audio_packet_ring_restart (&self->ring, seq, timestamp);
  confab_audio_transit_reset (&self->transit);
  self->waited_samples = 0;
  self->decoder.is_splice = self->is_spurt = TRUE;
  confab_audio_steering_forget (&self->steering);
}

/**
 * confab_audio_playout_pull:
 * @self: the playout
 * @out: (array length=n_samples) (out caller-allocates): 48 kHz mono
 * @n_samples: 1..960
 * @now_us: by the clock by which packets arrive
 *
 * Gives the next samples, whatever has become of the packets.
 *
 * Returns: whether there is a talker; if not, @out is silence
 */
gboolean
confab_audio_playout_pull (ConfabAudioPlayout *self, gint16 *out, guint n_samples, gint64 now_us)
{
  gboolean has_sound;

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
