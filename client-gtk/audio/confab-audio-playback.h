/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-stream.h"

G_BEGIN_DECLS

/* The half of the device pipeline that comes in: the mixer, pulled by a speaker or by a tick. */
typedef struct _ConfabAudioPlayback ConfabAudioPlayback;

/* What the open device says; it may be closed in there. */
typedef void (*ConfabAudioPlaybackErrorFunc) (const GError *cause, gpointer user_data);

ConfabAudioPlayback *confab_audio_playback_new (const ConfabAudioParts *parts,
                                                ConfabAudioPlaybackErrorFunc func,
                                                gpointer user_data);
void confab_audio_playback_free (ConfabAudioPlayback *self);

void confab_audio_playback_set_delay_mode (ConfabAudioPlayback *self, ConfabAudioDelayMode mode);
void confab_audio_playback_open_device (ConfabAudioPlayback *self, const char *device);
void confab_audio_playback_close (ConfabAudioPlayback *self);
ConfabAudioStream *confab_audio_playback_get_stream (ConfabAudioPlayback *self);
gboolean confab_audio_playback_is_flowing (ConfabAudioPlayback *self);

G_END_DECLS
