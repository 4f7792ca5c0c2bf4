/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <opus/opus.h>

#include "confab-audio-packet-ring.h"
#include "confab-audio-stretch.h"

G_BEGIN_DECLS

/* Packets become sound: decoded, recovered from the FEC of the next one, or made up. The sound
 * waits in a queue, in which what does not continue what went before is faded in. */
typedef struct {
  OpusDecoder *opus; /* (owned) */
  ConfabAudioStretch queue;
  gboolean is_splice; /* what comes into the queue next does not continue what is there */
  gboolean is_faded;  /* the last guess could not be heard: the next ones could not either */
} ConfabAudioDecoder;

void confab_audio_decoder_init (ConfabAudioDecoder *self);
void confab_audio_decoder_clear (ConfabAudioDecoder *self);
void confab_audio_decoder_forget_talker (ConfabAudioDecoder *self);

guint confab_audio_decoder_decode (ConfabAudioDecoder *self,
                                   const ConfabAudioPacket *packet,
                                   guint n_over);
void confab_audio_decoder_conceal (ConfabAudioDecoder *self, guint n_samples);
gboolean confab_audio_decoder_replace (ConfabAudioDecoder *self,
                                       const ConfabAudioPacket *follower,
                                       guint n_samples,
                                       guint n_over);
void confab_audio_decoder_take (ConfabAudioDecoder *self, gint16 *out, guint n_samples);

G_END_DECLS
