/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-stream.h"
#include "confab-audio-uplink.h"

G_BEGIN_DECLS

/* The half of the devices that goes out: a source and
 * what plain C does to its sound. */
typedef struct _ConfabAudioCapture ConfabAudioCapture;

/* What the open device says; it may be closed in there. */
typedef void (*ConfabAudioCaptureErrorFunc) (const GError *cause, gpointer user_data);

ConfabAudioCapture *confab_audio_capture_new (const ConfabAudioParts *parts,
                                              ConfabAudioCaptureErrorFunc func,
                                              gpointer user_data);
void confab_audio_capture_free (ConfabAudioCapture *self);

void confab_audio_capture_set_delay_mode (ConfabAudioCapture *self, ConfabAudioDelayMode mode);
void confab_audio_capture_open_device (ConfabAudioCapture *self, const char *device);
void confab_audio_capture_open_feed (ConfabAudioCapture *self);
void confab_audio_capture_close (ConfabAudioCapture *self);
void confab_audio_capture_fill (ConfabAudioCapture *self, guint duration_ms);
gboolean confab_audio_capture_is_flowing (ConfabAudioCapture *self);

void confab_audio_capture_feed (ConfabAudioCapture *self, const gint16 *samples, guint n_samples);
ConfabAudioStream *confab_audio_capture_get_stream (ConfabAudioCapture *self);
ConfabAudioUplink *confab_audio_capture_get_uplink (ConfabAudioCapture *self);

G_END_DECLS
