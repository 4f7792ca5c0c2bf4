/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-delay-mode"

#include "confab-audio-delay-mode.h"

/* buffer_us: what is kept; latency_us: how much comes or goes at a time. */
static const struct {
  const char *name;
  gint64 buffer_us;
  gint64 latency_us;
} modes[] = {
  [CONFAB_AUDIO_DELAY_MODE_NORMAL] = { "normal", 20000, 10000 },
  [CONFAB_AUDIO_DELAY_MODE_SAFE] = { "safe", 40000, 10000 },
  [CONFAB_AUDIO_DELAY_MODE_LOWEST] = { "lowest", 20000, 5000 },
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
 * confab_audio_delay_mode_get_buffer_us:
 *
 * Returns: for "buffer-time" of GStreamer's audio elements, microseconds
 */
gint64
confab_audio_delay_mode_get_buffer_us (ConfabAudioDelayMode mode)
{
  return modes[mode].buffer_us;
}

/**
 * confab_audio_delay_mode_get_latency_us:
 *
 * Returns: for "latency-time" of GStreamer's audio elements, microseconds
 */
gint64
confab_audio_delay_mode_get_latency_us (ConfabAudioDelayMode mode)
{
  return modes[mode].latency_us;
}
