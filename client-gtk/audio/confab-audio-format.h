/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* The one format between the network, the mixer and the files: mono, signed 16 bit, native endian.
 */
#define CONFAB_AUDIO_RATE           48000
#define CONFAB_AUDIO_SAMPLES_PER_MS (CONFAB_AUDIO_RATE / 1000)
#define CONFAB_AUDIO_TICK_SAMPLES \
  480 /* 10 ms: what one mixes at a time, unless the card wants less */
#define CONFAB_AUDIO_MAX_TICK_SAMPLES  960  /* 20 ms */
#define CONFAB_AUDIO_MAX_FRAME_SAMPLES 5760 /* 120 ms, the longest Opus packet (RFC 6716, 3.2) */
#define CONFAB_AUDIO_MIN_FRAME_SAMPLES 120  /* 2.5 ms */

static inline gint64
confab_audio_samples_to_us (gint64 samples)
{
  return samples * 1000 / CONFAB_AUDIO_SAMPLES_PER_MS;
}
