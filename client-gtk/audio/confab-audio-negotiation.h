/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gst/gst.h>

#include "confab-audio-extmap.h"
#include "confab-audio-gate.h"
#include "confab-audio-messenger.h"
#include "confab-audio-sdp.h"
#include "confab-signal.h"

G_BEGIN_DECLS

/* Offer, answer, candidates and certificate of one webrtcbin, and thereby the only one who knows
 * its signals and promises. */
typedef struct _ConfabAudioNegotiation ConfabAudioNegotiation;

ConfabAudioNegotiation *confab_audio_negotiation_new (GstElement *webrtc,
                                                      ConfabAudioGate *gate,
                                                      ConfabAudioMessenger *messenger,
                                                      guint generation);
ConfabAudioNegotiation *confab_audio_negotiation_ref (ConfabAudioNegotiation *self);
void confab_audio_negotiation_unref (ConfabAudioNegotiation *self);

void confab_audio_negotiation_prefer_opus (ConfabAudioNegotiation *self,
                                           guint payload_type,
                                           gboolean we_offer);
void confab_audio_negotiation_set_extmap (ConfabAudioNegotiation *self,
                                          const ConfabAudioExtmap *extmap);
void confab_audio_negotiation_offer (ConfabAudioNegotiation *self);
void confab_audio_negotiation_take_description (ConfabAudioNegotiation *self,
                                                ConfabAudioSdp *sdp,
                                                gboolean is_offer);
void confab_audio_negotiation_take_candidate (ConfabAudioNegotiation *self,
                                              const char *candidate,
                                              guint sdp_mline_index);
gboolean confab_audio_negotiation_has_relay (ConfabAudioNegotiation *self);
void confab_audio_negotiation_close (ConfabAudioNegotiation *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAudioNegotiation, confab_audio_negotiation_unref)

G_END_DECLS
