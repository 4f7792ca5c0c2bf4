/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-parts.h"
#include "confab-audio-uplink.h"

G_BEGIN_DECLS

/* The half of the device pipeline that goes out: a source and
 * what plain C does to its sound. */
typedef struct _ConfabAudioCapture ConfabAudioCapture;

ConfabAudioCapture *confab_audio_capture_new (const ConfabAudioParts *parts, GstBin *pipeline);
void confab_audio_capture_free (ConfabAudioCapture *self);

gboolean confab_audio_capture_open_device (ConfabAudioCapture *self, const char *device);
void confab_audio_capture_open_feed (ConfabAudioCapture *self);
void confab_audio_capture_close (ConfabAudioCapture *self);
gboolean confab_audio_capture_owns (ConfabAudioCapture *self, GstObject *object);
gboolean confab_audio_capture_is_flowing (ConfabAudioCapture *self);

void confab_audio_capture_feed (ConfabAudioCapture *self, const gint16 *samples, guint n_samples);
double confab_audio_capture_get_delay_ms (ConfabAudioCapture *self);
ConfabAudioUplink *confab_audio_capture_get_uplink (ConfabAudioCapture *self);

G_END_DECLS
