/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-device-pipeline.h"
#include "confab-audio-encoder.h"
#include "confab-audio-engine.h"
#include "confab-audio-member.h"
#include "confab-audio-parts.h"

G_BEGIN_DECLS

/* For tests: before any peer. */
void confab_audio_engine_set_timing (ConfabAudioEngine *self, const ConfabAudioTiming *timing);
/* (transfer none): what it lends to everything below it */
const ConfabAudioParts *confab_audio_engine_get_parts (ConfabAudioEngine *self);
/* With each tick: says when the others begin to hear themselves, and when that is over. */
void confab_audio_engine_watch_echo (ConfabAudioEngine *self);
/* (transfer none) (nullable): NULL without GStreamer */
ConfabAudioEncoder *confab_audio_engine_get_encoder (ConfabAudioEngine *self);
void confab_audio_engine_adapt (ConfabAudioEngine *self);
/* (transfer none) (nullable): NULL without GStreamer */
ConfabAudioDevicePipeline *confab_audio_engine_get_devices (ConfabAudioEngine *self);
/* (transfer none) (nullable): why nothing works here */
const GError *confab_audio_engine_get_toolkit_error (ConfabAudioEngine *self);
/* (transfer none) (element-type utf8 ConfabAudioMember) */
GHashTable *confab_audio_engine_get_members (ConfabAudioEngine *self);
/* Between start and stop. */
gboolean confab_audio_engine_is_running (ConfabAudioEngine *self);
/* Whatever func brings about may remove peers meanwhile. */
void confab_audio_engine_for_each_member (ConfabAudioEngine *self,
                                          void (*func) (ConfabAudioMember *member));

/* The recorder's thread: nothing more is written. user_data: the engine */
void confab_audio_engine_recording_failed (const GError *error, gpointer user_data);

G_END_DECLS
