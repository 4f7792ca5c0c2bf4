/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-chime.h"
#include "confab-audio-jitter-buffer.h"

G_BEGIN_DECLS

/* Everybody's sound into one signal. One thread calls mix (); everything else may be called from
 * any thread and never waits for a decoder. */
typedef struct _ConfabAudioMixer ConfabAudioMixer;

/* One talker in the mix: a jitter buffer with its volume and level. */
typedef struct _ConfabAudioSlot ConfabAudioSlot;

/* Called by the mixing thread, without a lock held, once a slot: its first decoded sample is in the
 * mix now. May remove slots. */
typedef void (*ConfabAudioSlotHeardFunc) (ConfabAudioSlot *slot, gpointer user_data);
/* Called by the mixing thread with every tick as it is heard; must not block. */
typedef void (*ConfabAudioMixerTapFunc) (const gint16 *samples,
                                         guint n_samples,
                                         gpointer user_data);

ConfabAudioMixer *confab_audio_mixer_new (void);
ConfabAudioMixer *confab_audio_mixer_ref (ConfabAudioMixer *self);
void confab_audio_mixer_unref (ConfabAudioMixer *self);

/* heard (nullable). Returns: (transfer full) the slot, in the mix from the next tick on */
ConfabAudioSlot *confab_audio_mixer_add (ConfabAudioMixer *self,
                                         ConfabAudioJitterBuffer *source,
                                         double volume,
                                         ConfabAudioSlotHeardFunc heard,
                                         gpointer user_data,
                                         GDestroyNotify destroy);
/* Fades the slot out within one tick; it is let go of by the mixing thread then. */
void confab_audio_mixer_remove (ConfabAudioMixer *self, ConfabAudioSlot *slot);
/* Once this returns the tap before is not running and will not run again; NULL for none. */
void confab_audio_mixer_set_tap (ConfabAudioMixer *self,
                                 ConfabAudioMixerTapFunc tap,
                                 gpointer user_data,
                                 GDestroyNotify destroy);
void confab_audio_mixer_ring (ConfabAudioMixer *self, ConfabAudioChimeKind kind);
void confab_audio_mixer_set_deafened (ConfabAudioMixer *self, gboolean is_deafened);
gboolean confab_audio_mixer_get_deafened (ConfabAudioMixer *self);
/* TRUE by default */
void confab_audio_mixer_set_equal_loudness (ConfabAudioMixer *self, gboolean is_equal);
/* Writes n_samples (at most CONFAB_AUDIO_MAX_TICK_SAMPLES) into out. */
void confab_audio_mixer_mix (ConfabAudioMixer *self, gint16 *out, guint n_samples, gint64 now_us);

ConfabAudioSlot *confab_audio_slot_ref (ConfabAudioSlot *self);
void confab_audio_slot_unref (ConfabAudioSlot *self);
/* 0.0 silent .. 1.0 as loud as everybody .. 2.0 */
void confab_audio_slot_set_volume (ConfabAudioSlot *self, double volume);
double confab_audio_slot_get_volume (ConfabAudioSlot *self);
/* Of what was sent, before the volume. */
double confab_audio_slot_get_level (ConfabAudioSlot *self, gboolean *is_speaking);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAudioMixer, confab_audio_mixer_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAudioSlot, confab_audio_slot_unref)

G_END_DECLS
