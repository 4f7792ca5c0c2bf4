/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gst/sdp/sdp.h>

G_BEGIN_DECLS

/* Under which numbers the two sides of a connection put what into the headers of RTP packets, 1 to
 * 14; 0: not at all (RFC 8285). */
typedef struct {
  guint level;   /* how loud the sound in it is, RFC 6464 */
  guint capture; /* how old it was when it came to the encoder, in half milliseconds: ours */
} ConfabAudioExtmap;

#define CONFAB_AUDIO_EXTMAP_OFFER \
  {                               \
    1, 2                          \
  }

ConfabAudioExtmap confab_audio_extmap_read (const GstSDPMessage *message);
void confab_audio_extmap_write (const ConfabAudioExtmap *self, GstSDPMessage *message);

G_END_DECLS
