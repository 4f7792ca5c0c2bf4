/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "confab-audio-sink.h"
#include "confab-audio-source.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_AUDIO_DEVICE_PIPELINE (confab_audio_device_pipeline_get_type ())
G_DECLARE_FINAL_TYPE (
    ConfabAudioDevicePipeline, confab_audio_device_pipeline, CONFAB, AUDIO_DEVICE_PIPELINE, GObject)

/* Microphone -> encoder -> peers, and mixer -> speaker: two halves that do not wait for each other,
 * each of them a device or something that stands for one.
 *
 * Signals: "problem" (GError *), "recovered" (), "source-ended" (): as the engine's. */
ConfabAudioDevicePipeline *confab_audio_device_pipeline_new (const ConfabAudioParts *parts);

ConfabAudioSource *confab_audio_device_pipeline_get_source (ConfabAudioDevicePipeline *self);
ConfabAudioSink *confab_audio_device_pipeline_get_sink (ConfabAudioDevicePipeline *self);
void confab_audio_device_pipeline_hold_recording (ConfabAudioDevicePipeline *self,
                                                  gboolean is_held);
gboolean confab_audio_device_pipeline_set_record_path (ConfabAudioDevicePipeline *self,
                                                       const char *path,
                                                       GError **error);

void confab_audio_device_pipeline_set_delay_mode (ConfabAudioDevicePipeline *self,
                                                  ConfabAudioDelayMode mode);
ConfabAudioDelayMode confab_audio_device_pipeline_get_delay_mode (ConfabAudioDevicePipeline *self);

void confab_audio_device_pipeline_start (ConfabAudioDevicePipeline *self);
void confab_audio_device_pipeline_stop (ConfabAudioDevicePipeline *self);

void confab_audio_device_pipeline_fill (ConfabAudioDevicePipeline *self, guint duration_ms);
ConfabAudioUplink *confab_audio_device_pipeline_get_uplink (ConfabAudioDevicePipeline *self);
void confab_audio_device_pipeline_get_delays (ConfabAudioDevicePipeline *self,
                                              double *capture_ms,
                                              double *output_ms);
void confab_audio_device_pipeline_get_streams (ConfabAudioDevicePipeline *self,
                                               ConfabAudioStream **microphone,
                                               ConfabAudioStream **speaker);

G_END_DECLS
