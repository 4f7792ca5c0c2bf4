/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-parts.h"

G_BEGIN_DECLS

/* When the next attempt to connect to somebody is due: each has a deadline, after one in vain there
 * is a pause, longer each time, and at last there is one now and then. The engine's context. */
typedef struct _ConfabAudioAttempts ConfabAudioAttempts;

typedef struct {
  /* Either may free the attempts. */
  void (*again) (gpointer user_data);
  void (*timed_out) (const GError *error, gpointer user_data);
} ConfabAudioAttemptsEvents;

ConfabAudioAttempts *confab_audio_attempts_new (GMainContext *context,
                                                const ConfabAudioTiming *timing,
                                                const ConfabAudioAttemptsEvents *events,
                                                gpointer user_data);
void confab_audio_attempts_free (ConfabAudioAttempts *self);

void confab_audio_attempts_begin (ConfabAudioAttempts *self);
gboolean confab_audio_attempts_fail (ConfabAudioAttempts *self);
void confab_audio_attempts_settle (ConfabAudioAttempts *self);
void confab_audio_attempts_stop (ConfabAudioAttempts *self);
gboolean confab_audio_attempts_are_under_way (ConfabAudioAttempts *self);

G_END_DECLS
