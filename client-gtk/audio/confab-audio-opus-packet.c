/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-opus-packet"

#include "confab-audio-opus-packet.h"

#include <opus/opus.h>

#define FIRST_CELT_CONFIG   16
#define FIRST_HYBRID_CONFIG 12

/* How many frames of at most 20 ms SILK has put together, each with its flag of activity. */
static guint
get_silk_frames (guint config)
{
  static const guint frames[] = { 1, 1, 2, 3 }; /* of 10, 20, 40, 60 ms */

  return config < FIRST_HYBRID_CONFIG ? frames[config % 4] : 1;
}

/**
 * confab_audio_opus_packet_is_celt_alone:
 * @payload: (array length=size): one Opus packet, checked or not
 *
 * Source: RFC 6716, section 3.1, table 2.
 *
 * Returns: whether its frames were made without SILK
 */
gboolean
confab_audio_opus_packet_is_celt_alone (const guint8 *payload, gsize size)
{
  return size > 0 && payload[0] >> 3 >= FIRST_CELT_CONFIG;
}

/**
 * confab_audio_opus_packet_has_fec:
 * @payload: (array length=size): one Opus packet, checked or not
 *
 * libopus 1.3 decodes the FEC of a packet that has none without a word, as a guess of its own.
 * Source: RFC 6716, sections 3.1, 4.2.3 and 4.2.4: the flags stand first, one bit each.
 *
 * Returns: whether the packet carries the frame before it once more
 */
gboolean
confab_audio_opus_packet_has_fec (const guint8 *payload, gsize size)
{
  const unsigned char *frames[48];
  opus_int16 sizes[48];
  guint config;
  guint n;

  if (size < 2 || opus_packet_parse (payload, (opus_int32) size, NULL, frames, sizes, NULL) < 1 ||
      sizes[0] < 1)
    return FALSE;
  if (confab_audio_opus_packet_is_celt_alone (payload, size))
    return FALSE;
  config = payload[0] >> 3;
  n = get_silk_frames (config);
  if ((frames[0][0] & (0x80 >> n)) != 0)
    return TRUE;
  return (payload[0] & 0x04) != 0 && (frames[0][0] & (0x80 >> (2 * n + 1))) != 0; /* stereo */
}
