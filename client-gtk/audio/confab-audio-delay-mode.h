/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How much sound lies between the sound server and us, each way. */
typedef enum {
  CONFAB_AUDIO_DELAY_MODE_NORMAL,
  CONFAB_AUDIO_DELAY_MODE_SAFE,   /* for a machine on which sound drops out */
  CONFAB_AUDIO_DELAY_MODE_LOWEST, /* for one on which nothing ever does */
} ConfabAudioDelayMode;

const char *confab_audio_delay_mode_to_name (ConfabAudioDelayMode mode);
gboolean confab_audio_delay_mode_from_name (const char *name, ConfabAudioDelayMode *mode);
gint64 confab_audio_delay_mode_get_piece_us (ConfabAudioDelayMode mode);
gint64 confab_audio_delay_mode_get_output_us (ConfabAudioDelayMode mode);

G_END_DECLS
