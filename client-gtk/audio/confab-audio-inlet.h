/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gst/gst.h>

#include "confab-audio-gate.h"
#include "confab-audio-header.h"
#include "confab-audio-mixer.h"
#include "confab-audio-recorder.h"

G_BEGIN_DECLS

/* The way of one connection's sound: RTP out of webrtcbin, through the gate, into a jitter buffer,
 * into the mix. */
typedef struct _ConfabAudioInlet ConfabAudioInlet;

typedef void (*ConfabAudioInletHeardFunc) (gpointer user_data);

typedef struct {
  GMainContext *context;
  ConfabAudioMixer *mixer;
  ConfabAudioRecorder *recorder;
  const char *member; /* whose sound it is */
  ConfabAudioGate *gate;
  ConfabAudioHeader *header;
  guint payload_type;
  double volume;
  ConfabAudioSlot *replaced; /* (nullable) leaves the mix in the tick in which this one enters it */
  ConfabAudioInletHeardFunc heard; /* in context, once, not after the gate is closed */
  gpointer user_data;
} ConfabAudioInletSetup;

ConfabAudioInlet *confab_audio_inlet_new (const ConfabAudioInletSetup *setup);
void confab_audio_inlet_unref (ConfabAudioInlet *self);
void confab_audio_inlet_attach (ConfabAudioInlet *self, GstElement *webrtc);
void confab_audio_inlet_detach (ConfabAudioInlet *self, GstElement *webrtc);

ConfabAudioSlot *confab_audio_inlet_get_slot (ConfabAudioInlet *self);
gint64 confab_audio_inlet_get_silence_ms (ConfabAudioInlet *self);
guint32 confab_audio_inlet_get_n_bytes (ConfabAudioInlet *self);
guint confab_audio_inlet_get_frame_samples (ConfabAudioInlet *self);
gboolean confab_audio_inlet_is_celt_alone (ConfabAudioInlet *self);
void confab_audio_inlet_get_stats (ConfabAudioInlet *self, ConfabAudioJitterBufferStats *stats);

G_END_DECLS
