/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fake-talker.h"

#include <math.h>
#include <opus/opus.h>
#include <string.h>

#define VOICE_S 2

/* A tone whose period divides the two seconds, so that it can be repeated without a seam. */
static GPtrArray *
encode_tone (double frequency_hz, guint frame_samples)
{
  GPtrArray *packets = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  OpusEncoder *encoder = opus_encoder_create (CONFAB_AUDIO_RATE, 1, OPUS_APPLICATION_VOIP, NULL);
  guint n = VOICE_S * CONFAB_AUDIO_RATE / frame_samples;

  opus_encoder_ctl (encoder, OPUS_SET_BITRATE (32000));
  opus_encoder_ctl (encoder, OPUS_SET_COMPLEXITY (2));
  opus_encoder_ctl (encoder, OPUS_SET_INBAND_FEC (1));
  opus_encoder_ctl (encoder, OPUS_SET_PACKET_LOSS_PERC (10));
  for (guint i = 0; i < n; i++) {
    gint16 samples[CONFAB_AUDIO_MAX_FRAME_SAMPLES];
    guint8 packet[1500];
    int size;

    for (guint k = 0; k < frame_samples; k++) {
      double t = (double) (i * frame_samples + k) / CONFAB_AUDIO_RATE;

      samples[k] = (gint16) (8000 * sin (2 * G_PI * frequency_hz * t));
    }
    size = opus_encode (encoder, samples, (int) frame_samples, packet, sizeof packet);
    g_assert_cmpint (size, >, 0);
    g_ptr_array_add (packets, g_bytes_new (packet, (gsize) size));
  }
  opus_encoder_destroy (encoder);
  return packets;
}

void
fake_talker_init (FakeTalker *self, double frequency_hz, guint frame_samples, guint tick_samples)
{
  memset (self, 0, sizeof *self);
  self->buffer = confab_audio_jitter_buffer_new ();
  self->packets = encode_tone (frequency_hz, frame_samples);
  self->wire = g_array_new (FALSE, FALSE, sizeof (FakePacket));
  self->random = g_rand_new_with_seed (42);
  self->frame_samples = frame_samples;
  self->tick_samples = tick_samples;
  self->talker_speed = self->card_speed = 1;
  self->ssrc = 0x1234;
  self->seq = 1000;
  self->timestamp = 5000;
  self->next_frame_us = 1e6;
  self->now_us = 1e6 + 3000;
  self->delay_us = 20000;
  fake_talker_forget (self);
}

void
fake_talker_clear (FakeTalker *self)
{
  confab_audio_jitter_buffer_unref (self->buffer);
  g_ptr_array_unref (self->packets);
  g_array_unref (self->wire);
  g_rand_free (self->random);
}

/* What was heard so far no longer counts. */
void
fake_talker_forget (FakeTalker *self)
{
  self->n_ticks = self->n_silent = 0;
  self->largest_step = 0;
  self->lowest_delay_us = G_MAXINT64;
  self->highest_delay_us = G_MININT64;
}

static gint64
round_down (gint64 us, gint64 step_us)
{
  return step_us > 0 ? us / step_us * step_us : us;
}

static gint64
round_up (gint64 us, gint64 step_us)
{
  return step_us > 0 ? round_down (us + step_us - 1, step_us) : us;
}

static void
send_frame (FakeTalker *self)
{
  FakePacket packet = { .ssrc = self->ssrc, .seq = self->seq, .timestamp = self->timestamp };

  packet.index = self->timestamp / self->frame_samples % self->packets->len;
  packet.arrival_us =
      round_up ((gint64) self->next_frame_us, self->talker_burst_us) + self->delay_us;
  if (self->jitter_us > 0)
    packet.arrival_us += g_rand_int_range (self->random, 0, (gint32) self->jitter_us);
  if (!self->is_silent) {
    self->seq++;
    if (g_rand_double (self->random) >= self->loss)
      g_array_append_val (self->wire, packet);
    if (g_rand_double (self->random) < self->duplicates) {
      packet.arrival_us += 5000;
      g_array_append_val (self->wire, packet);
    }
  }
  self->timestamp += self->frame_samples;
  self->next_frame_us += self->frame_samples * 1e6 / CONFAB_AUDIO_RATE / self->talker_speed;
}

static int
compare_arrival (gconstpointer a, gconstpointer b)
{
  const FakePacket *left = a;
  const FakePacket *right = b;

  return left->arrival_us < right->arrival_us ? -1 : left->arrival_us > right->arrival_us;
}

static void
deliver (FakeTalker *self, gint64 until_us, gint64 floor_us)
{
  guint n = 0;

  g_array_sort (self->wire, compare_arrival);
  while (n < self->wire->len && g_array_index (self->wire, FakePacket, n).arrival_us <= until_us) {
    FakePacket *packet = &g_array_index (self->wire, FakePacket, n++);
    gsize size;
    const guint8 *payload =
        g_bytes_get_data (g_ptr_array_index (self->packets, packet->index), &size);

    confab_audio_jitter_buffer_put (self->buffer, packet->ssrc, packet->seq, packet->timestamp,
                                    payload, size, MAX (packet->arrival_us, floor_us));
  }
  if (n > 0)
    g_array_remove_range (self->wire, 0, n);
}

gint64
fake_talker_step (FakeTalker *self)
{
  gint64 now_us = round_down ((gint64) self->now_us, self->card_burst_us);

  while ((gint64) self->next_frame_us <= now_us)
    send_frame (self);
  if (!self->is_held)
    deliver (self, now_us, now_us - 10000);
  self->now_us += self->tick_samples * 1e6 / CONFAB_AUDIO_RATE / self->card_speed;
  return now_us;
}

static void
listen (FakeTalker *self, gint16 last)
{
  ConfabAudioJitterBufferStats stats;

  for (guint i = 0; i < self->tick_samples; i++) {
    self->largest_step = MAX (self->largest_step, ABS (self->out[i] - last));
    last = self->out[i];
  }
  self->n_ticks++;
  self->n_silent += self->has_sound ? 0 : 1;
  confab_audio_jitter_buffer_get_stats (self->buffer, &stats);
  self->lowest_delay_us = MIN (self->lowest_delay_us, stats.delay_us);
  self->highest_delay_us = MAX (self->highest_delay_us, stats.delay_us);
}

void
fake_talker_run (FakeTalker *self, double seconds)
{
  double end_us = self->now_us + seconds * 1e6;

  while (self->now_us < end_us) {
    gint16 last = self->out[self->tick_samples - 1];
    gint64 now_us = fake_talker_step (self);

    self->has_sound =
        confab_audio_jitter_buffer_pull (self->buffer, self->out, self->tick_samples, now_us);
    listen (self, last);
  }
}

void
fake_talker_get_stats (FakeTalker *self, ConfabAudioJitterBufferStats *stats)
{
  confab_audio_jitter_buffer_get_stats (self->buffer, stats);
}
