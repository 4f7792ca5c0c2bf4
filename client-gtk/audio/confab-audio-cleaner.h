/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-echo-monitor.h"
#include "confab-audio-reference.h"

G_BEGIN_DECLS

typedef enum {
  CONFAB_AUDIO_CLEANER_ECHO = 1 << 0,
  CONFAB_AUDIO_CLEANER_NOISE = 1 << 1,
} ConfabAudioCleanerFlags;

/* Takes the speaker and steady noise out of what a microphone hears. One thread. */
typedef struct _ConfabAudioCleaner ConfabAudioCleaner;

ConfabAudioCleaner *confab_audio_cleaner_new (ConfabAudioReference *reference);
void confab_audio_cleaner_free (ConfabAudioCleaner *self);

void confab_audio_cleaner_restart (ConfabAudioCleaner *self);
void confab_audio_cleaner_run (ConfabAudioCleaner *self,
                               ConfabAudioCleanerFlags flags,
                               gint16 *tick);
ConfabAudioEchoState confab_audio_cleaner_get_state (const ConfabAudioCleaner *self);
double confab_audio_cleaner_get_left_db (const ConfabAudioCleaner *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAudioCleaner, confab_audio_cleaner_free)

G_END_DECLS
