/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-delay-mode"

#include "confab-audio-delay-mode.h"

/* piece_us: how much a microphone brings at a time. output_us: what is kept for a speaker, of which
 * the server leaves 5 ms to requests and halves the rest between the card and our queue. */
static const struct {
  const char *name;
  gint64 piece_us;
  gint64 output_us;
} modes[] = {
  [CONFAB_AUDIO_DELAY_MODE_NORMAL] = { "normal", 10000, 25000 },
  [CONFAB_AUDIO_DELAY_MODE_SAFE] = { "safe", 20000, 45000 },
  [CONFAB_AUDIO_DELAY_MODE_LOWEST] = { "lowest", 5000, 15000 },
};

/**
 * confab_audio_delay_mode_to_name:
 *
 * Returns: (transfer none): “normal”, “safe” or “lowest”: as on command lines
 */
const char *
confab_audio_delay_mode_to_name (ConfabAudioDelayMode mode)
{
  g_return_val_if_fail ((guint) mode < G_N_ELEMENTS (modes), NULL);
  return modes[mode].name;
}

/**
 * confab_audio_delay_mode_from_name:
 * @name: a name, checked here
 * @mode: (out): what it means; untouched when it means nothing
 *
 * Returns: whether there is such a mode
 */
gboolean
confab_audio_delay_mode_from_name (const char *name, ConfabAudioDelayMode *mode)
{
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    if (g_strcmp0 (name, modes[i].name) == 0) {
      *mode = (ConfabAudioDelayMode) i;
      return TRUE;
    }
  }
  return FALSE;
}

/**
 * confab_audio_delay_mode_get_piece_us:
 *
 * Returns: how much a microphone is asked to bring at a time, microseconds
 */
gint64
confab_audio_delay_mode_get_piece_us (ConfabAudioDelayMode mode)
{
  return modes[mode].piece_us;
}

/**
 * confab_audio_delay_mode_get_output_us:
 *
 * Returns: how much is to be on its way to a speaker, that of the card included, microseconds
 */
gint64
confab_audio_delay_mode_get_output_us (ConfabAudioDelayMode mode)
{
  return modes[mode].output_us;
}
