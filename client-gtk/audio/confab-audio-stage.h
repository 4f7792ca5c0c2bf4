/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-parts.h"

G_BEGIN_DECLS

/* A pipeline with a device of the sound server in it. Opening and closing do not wait for a server
 * that hangs: such a stage is left behind, silent, and ends when the server comes to itself. */
typedef struct _ConfabAudioStage ConfabAudioStage;

/* In the engine's context, until the stage is closed. */
typedef void (*ConfabAudioStageErrorFunc) (const GError *cause, gpointer user_data);

ConfabAudioStage *confab_audio_stage_new (const ConfabAudioParts *parts,
                                          const char *name,
                                          ConfabAudioStageErrorFunc func,
                                          gpointer user_data);
ConfabAudioStage *confab_audio_stage_ref (ConfabAudioStage *self);
void confab_audio_stage_unref (gpointer self);

GstBin *confab_audio_stage_get_bin (ConfabAudioStage *self);
gboolean confab_audio_stage_play (ConfabAudioStage *self);
void confab_audio_stage_close (ConfabAudioStage *self);

/* Its streaming threads, around everything that they do for the owner. */
gpointer confab_audio_stage_enter (ConfabAudioStage *self);
void confab_audio_stage_leave (ConfabAudioStage *self);

G_END_DECLS
