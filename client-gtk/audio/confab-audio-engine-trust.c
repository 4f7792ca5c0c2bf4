/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-engine"

#include "config.h"

#include "confab-audio-engine-private.h"

/**
 * confab_audio_engine_ring:
 * @self: the engine
 * @kind: what there is to tell
 *
 * A few notes for this end alone; not heard while deafened, and in no recording.
 */
void
confab_audio_engine_ring (ConfabAudioEngine *self, ConfabAudioChimeKind kind)
{
  g_return_if_fail (CONFAB_IS_AUDIO_ENGINE (self));
  confab_audio_mixer_ring (confab_audio_engine_get_parts (self)->mixer, kind);
}
