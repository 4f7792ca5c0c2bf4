/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-parts.h"
#include "confab-audio-safety.h"
#include "confab-audio-sdp.h"
#include "confab-audio-vitals.h"
#include "confab-signal.h"

G_BEGIN_DECLS

/* One connection to one participant: a webrtcbin in a pipeline of its own, of one generation. Its
 * sound goes by a jitter buffer into the mixer. */
typedef struct _ConfabAudioPeer ConfabAudioPeer;

typedef struct {
  /* All in the engine's context, none after close. */
  void (*send) (ConfabAudioPeer *peer, ConfabSignal *signal, gpointer user_data);
  void (*heard) (ConfabAudioPeer *peer, gpointer user_data);
  void (*failed) (ConfabAudioPeer *peer, const GError *error, gpointer user_data);
  /* Something of confab_audio_peer_get_safety () is known now. */
  void (*safety) (ConfabAudioPeer *peer, gpointer user_data);
} ConfabAudioPeerEvents;

typedef struct {
  const char *member; /* whose sound it is */
  guint generation;
  double volume;
  ConfabAudioSdp *offer;  /* (nullable) to answer; NULL: we offer */
  const char *commitment; /* (nullable) that came with the offer */
  ConfabAudioSlot
      *replaced; /* (nullable) leaves the mix in the tick in which this peer enters it */
} ConfabAudioPeerSetup;

ConfabAudioPeer *confab_audio_peer_new (const ConfabAudioParts *parts,
                                        const ConfabAudioPeerSetup *setup,
                                        const ConfabAudioPeerEvents *events,
                                        gpointer user_data);
ConfabAudioPeer *confab_audio_peer_ref (ConfabAudioPeer *self);
void confab_audio_peer_unref (ConfabAudioPeer *self);

/* Engine's context. */
void confab_audio_peer_take_answer (ConfabAudioPeer *self,
                                    ConfabAudioSdp *answer,
                                    const char *nonce);
void confab_audio_peer_take_reveal (ConfabAudioPeer *self, const char *nonce);
ConfabAudioSafety *confab_audio_peer_get_safety (ConfabAudioPeer *self);
void confab_audio_peer_take_candidate (ConfabAudioPeer *self, ConfabSignal *signal);
ConfabAudioSlot *confab_audio_peer_get_slot (ConfabAudioPeer *self);
GstElement *confab_audio_peer_get_pipeline (ConfabAudioPeer *self);
guint confab_audio_peer_get_generation (ConfabAudioPeer *self);
gint64 confab_audio_peer_get_silence_ms (ConfabAudioPeer *self);
ConfabAudioVitals *confab_audio_peer_get_vitals (ConfabAudioPeer *self);
void confab_audio_peer_refresh_stats (ConfabAudioPeer *self);
gboolean confab_audio_peer_take_report (ConfabAudioPeer *self, ConfabAudioReport *report);
void confab_audio_peer_close (ConfabAudioPeer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAudioPeer, confab_audio_peer_unref)

G_END_DECLS
