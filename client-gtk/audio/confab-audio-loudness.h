/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

#include "confab-audio-format.h"

G_BEGIN_DECLS

#define CONFAB_AUDIO_LOUDNESS_TARGET_LUFS -23.0

/* A slow gain that brings one talker to the loudness of all others. Measures and amplifies the same
 * signal; never makes noise or a pause louder than it came. Not locked. */
typedef struct _ConfabAudioLoudness ConfabAudioLoudness;

ConfabAudioLoudness *confab_audio_loudness_new (void);
void confab_audio_loudness_free (ConfabAudioLoudness *self);

float confab_audio_loudness_feed (ConfabAudioLoudness *self,
                                  const gint16 *samples,
                                  guint n_samples);
/* Of speech so far, before the gain; -HUGE_VAL before there was any. */
double confab_audio_loudness_get_lufs (const ConfabAudioLoudness *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAudioLoudness, confab_audio_loudness_free)

G_END_DECLS
