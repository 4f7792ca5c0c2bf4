/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gst/gst.h>

#include "confab-audio-gate.h"
#include "confab-audio-header.h"

G_BEGIN_DECLS

/* The way to one connection: Opus frames, through the gate, into RTP for webrtcbin. */
typedef struct _ConfabAudioOutlet ConfabAudioOutlet;

ConfabAudioOutlet *confab_audio_outlet_new (ConfabAudioGate *gate);
ConfabAudioOutlet *confab_audio_outlet_ref (ConfabAudioOutlet *self);
void confab_audio_outlet_unref (ConfabAudioOutlet *self);

void confab_audio_outlet_attach (ConfabAudioOutlet *self,
                                 GstElement *webrtc,
                                 ConfabAudioHeader *header,
                                 guint payload_type);

/* The capture's thread. */
gboolean confab_audio_outlet_is_awaiting (ConfabAudioOutlet *self);
void confab_audio_outlet_push (ConfabAudioOutlet *self, GstBuffer *frame);

/* Any thread. */
guint confab_audio_outlet_get_n_frames (ConfabAudioOutlet *self);
guint32 confab_audio_outlet_get_n_bytes (ConfabAudioOutlet *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAudioOutlet, confab_audio_outlet_unref)

G_END_DECLS
