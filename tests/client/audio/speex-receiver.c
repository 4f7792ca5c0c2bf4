/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speex-receiver.h"

#include <opus/opus.h>
#include <speex/speex_jitter.h>
#include <string.h>

#include "confab-audio-format.h"

struct _SpeexReceiver {
  JitterBuffer *jitter; /* (owned) */
  OpusDecoder *decoder; /* (owned) */
  guint frame_samples;
  guint n_queued;
  gint16 queue[2 * CONFAB_AUDIO_MAX_FRAME_SAMPLES];
};

SpeexReceiver *
speex_receiver_new (guint frame_samples)
{
  SpeexReceiver *self = g_new0 (SpeexReceiver, 1);

  self->frame_samples = frame_samples;
  self->jitter = jitter_buffer_init ((int) frame_samples);
  self->decoder = opus_decoder_create (CONFAB_AUDIO_RATE, 1, NULL);
  return self;
}

void
speex_receiver_free (SpeexReceiver *self)
{
  jitter_buffer_destroy (self->jitter);
  opus_decoder_destroy (self->decoder);
  g_free (self);
}

void
speex_receiver_put (
    SpeexReceiver *self, guint16 seq, guint32 timestamp, const guint8 *payload, gsize size)
{
  JitterBufferPacket packet = {
    .data = (char *) payload,
    .len = (spx_uint32_t) size,
    .timestamp = timestamp,
    .span = self->frame_samples,
    .sequence = seq,
  };

  jitter_buffer_put (self->jitter, &packet);
}

/* What the buffer says is missing is concealed, in the steps that libopus knows. */
static guint
decode_next (SpeexReceiver *self, gint16 *out)
{
  char data[1500];
  JitterBufferPacket packet = { .data = data, .len = sizeof data };
  guint n = self->frame_samples;
  int status = jitter_buffer_get (self->jitter, &packet, (spx_int32_t) n, NULL);
  int got;

  if (status == JITTER_BUFFER_INSERTION)
    n = MAX (CONFAB_AUDIO_MIN_FRAME_SAMPLES,
             packet.span / CONFAB_AUDIO_MIN_FRAME_SAMPLES * CONFAB_AUDIO_MIN_FRAME_SAMPLES);
  if (status == JITTER_BUFFER_OK)
    got = opus_decode (self->decoder, (guint8 *) data, (opus_int32) packet.len, out,
                       CONFAB_AUDIO_MAX_FRAME_SAMPLES, 0);
  else
    got = opus_decode (self->decoder, NULL, 0, out, (int) n, 0);
  jitter_buffer_update_delay (self->jitter, &packet, NULL);
  jitter_buffer_tick (self->jitter);
  if (got > 0)
    return (guint) got;
  memset (out, 0, n * sizeof *out);
  return n;
}

void
speex_receiver_pull (SpeexReceiver *self, gint16 *out)
{
  while (self->n_queued < CONFAB_AUDIO_TICK_SAMPLES)
    self->n_queued += decode_next (self, self->queue + self->n_queued);
  memcpy (out, self->queue, CONFAB_AUDIO_TICK_SAMPLES * sizeof *out);
  self->n_queued -= CONFAB_AUDIO_TICK_SAMPLES;
  memmove (self->queue, self->queue + CONFAB_AUDIO_TICK_SAMPLES, self->n_queued * sizeof *out);
}
