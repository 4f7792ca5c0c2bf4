/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-decoder"

#include "confab-audio-decoder.h"

#include <string.h>

#include "confab-audio-opus-packet.h"

#define FADED 8 /* -72 dBFS at most */

void
confab_audio_decoder_init (ConfabAudioDecoder *self)
{
  self->opus = opus_decoder_create (CONFAB_AUDIO_RATE, 1, NULL);
  if (self->opus == NULL)
    g_error ("Out of memory for an Opus decoder");
}

void
confab_audio_decoder_clear (ConfabAudioDecoder *self)
{
  opus_decoder_destroy (self->opus);
}

/* What comes next is another stream's; what waits is still played. */
void
confab_audio_decoder_forget_talker (ConfabAudioDecoder *self)
{
  opus_decoder_ctl (self->opus, OPUS_RESET_STATE);
  self->is_faded = FALSE;
}

static void
append (ConfabAudioDecoder *self, const gint16 *samples, guint n_samples)
{
  confab_audio_stretch_append (&self->queue, samples, n_samples, self->is_splice);
  self->is_splice = FALSE;
}

/**
 * confab_audio_decoder_decode:
 * @self: the decoder
 * @packet: the one that is due
 * @n_over: how much of it is over already and left out
 *
 * Returns: how many samples the packet has, 0 for what Opus does not understand
 */
guint
confab_audio_decoder_decode (ConfabAudioDecoder *self,
                             const ConfabAudioPacket *packet,
                             guint n_over)
{
  gint16 samples[CONFAB_AUDIO_MAX_FRAME_SAMPLES];
  int n = opus_decode (self->opus, packet->payload, (opus_int32) packet->size, samples,
                       CONFAB_AUDIO_MAX_FRAME_SAMPLES, 0);

  self->is_faded = FALSE;
  if (n <= 0)
    return 0;
  if (n_over < (guint) n)
    append (self, samples + n_over, (guint) n - n_over);
  return (guint) n;
}

static gboolean
is_faded (const gint16 *samples, int n)
{
  for (int i = 0; i < n; i++)
    if (ABS (samples[i]) > FADED)
      return FALSE;
  return TRUE;
}

/**
 * confab_audio_decoder_conceal:
 * @self: the decoder
 * @n_samples: a multiple of 2.5 ms, up to 120 ms
 *
 * The decoder's own guess of what goes on: sound that fades, or the sender's noise. Once that
 * cannot be heard it is silence, which costs nothing however many are silent.
 */
void
confab_audio_decoder_conceal (ConfabAudioDecoder *self, guint n_samples)
{
  gint16 samples[CONFAB_AUDIO_MAX_FRAME_SAMPLES];
  int n = self->is_faded ? 0 : opus_decode (self->opus, NULL, 0, samples, (int) n_samples, 0);

  append (self, n > 0 ? samples : NULL, n > 0 ? (guint) n : n_samples);
  self->is_faded = is_faded (samples, MAX (n, 0));
  self->is_splice = TRUE; /* the decoder meets the real signal in another phase than its guess */
}

/**
 * confab_audio_decoder_replace:
 * @self: the decoder
 * @follower: (nullable): the packet behind the lost one
 * @n_samples: of the lost one, a multiple of 2.5 ms, up to 120 ms
 * @n_over: less than @n_samples: how much of it is over already and left out
 *
 * As much of a lost packet's sound as can be had: out of the next one's FEC, else a guess.
 *
 * Returns: whether it was FEC
 */
gboolean
confab_audio_decoder_replace (ConfabAudioDecoder *self,
                              const ConfabAudioPacket *follower,
                              guint n_samples,
                              guint n_over)
{
  gint16 samples[CONFAB_AUDIO_MAX_FRAME_SAMPLES];
  gboolean has_fec =
      follower != NULL && confab_audio_opus_packet_has_fec (follower->payload, follower->size);
  int got =
      opus_decode (self->opus, has_fec ? follower->payload : NULL,
                   has_fec ? (opus_int32) follower->size : 0, samples, (int) n_samples, has_fec);

  self->is_faded = FALSE;
  if (got < (int) n_samples)
    memset (samples, 0, n_samples * sizeof *samples);
  self->is_splice |= n_over > 0;
  append (self, samples + n_over, n_samples - n_over);
  return has_fec && got > 0;
}

/* Silence where the queue does not have as much. */
void
confab_audio_decoder_take (ConfabAudioDecoder *self, gint16 *out, guint n_samples)
{
  if (self->queue.n_queued < n_samples)
    append (self, NULL, n_samples - self->queue.n_queued);
  confab_audio_stretch_take (&self->queue, out, n_samples);
}
