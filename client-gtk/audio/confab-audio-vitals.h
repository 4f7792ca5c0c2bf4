/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-adaptation.h"
#include "confab-audio-engine.h"
#include "confab-audio-header.h"
#include "confab-audio-inlet.h"
#include "confab-audio-outlet.h"

G_BEGIN_DECLS

/* How one connection is doing, out of what its parts count, its packets say, webrtcbin knows and
 * the other side reports. The engine's context. */
typedef struct _ConfabAudioVitals ConfabAudioVitals;

ConfabAudioVitals *confab_audio_vitals_new (ConfabAudioInlet *inlet,
                                            ConfabAudioOutlet *outlet,
                                            ConfabAudioHeader *header);
void confab_audio_vitals_free (ConfabAudioVitals *self);

void confab_audio_vitals_refresh (ConfabAudioVitals *self,
                                  GstElement *webrtc,
                                  double capture_ms,
                                  double output_ms);
gboolean confab_audio_vitals_take_report (ConfabAudioVitals *self,
                                          GstElement *webrtc,
                                          ConfabAudioReport *report);
void confab_audio_vitals_get_stats (ConfabAudioVitals *self, ConfabAudioPeerStats *stats);
double confab_audio_vitals_get_level (ConfabAudioVitals *self, gboolean *is_speaking);

G_END_DECLS
