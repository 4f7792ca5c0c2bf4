/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-parts.h"
#include "confab-audio-peer.h"

G_BEGIN_DECLS

/* The generations of the connection to one participant: the current one is heard while the next one
 * is built beside it; the first sound of that one makes it the current one. */
typedef struct _ConfabAudioGenerations ConfabAudioGenerations;

/* All in the engine's context, of the current and the next generation alone, none after close. */
typedef struct {
  void (*send) (ConfabSignal *signal, gpointer user_data);
  void (*heard) (gpointer user_data); /* the next one is the current one now */
  /* It is closed already. */
  void (*failed) (gboolean was_current, const GError *error, gpointer user_data);
  /* Something of it is known now. */
  void (*safety) (ConfabAudioSafety *safety, gpointer user_data);
} ConfabAudioGenerationsEvents;

ConfabAudioGenerations *confab_audio_generations_new (const ConfabAudioParts *parts,
                                                      const char *member,
                                                      gboolean is_offerer,
                                                      const ConfabAudioGenerationsEvents *events,
                                                      gpointer user_data);
ConfabAudioGenerations *confab_audio_generations_ref (ConfabAudioGenerations *self);
void confab_audio_generations_unref (ConfabAudioGenerations *self);

void confab_audio_generations_offer (ConfabAudioGenerations *self);
gboolean confab_audio_generations_answer (ConfabAudioGenerations *self,
                                          ConfabSignal *offer,
                                          GError **error);
gboolean confab_audio_generations_take_answer (ConfabAudioGenerations *self,
                                               ConfabSignal *answer,
                                               GError **error);
void confab_audio_generations_take_candidate (ConfabAudioGenerations *self, ConfabSignal *signal);
void confab_audio_generations_take_reveal (ConfabAudioGenerations *self, ConfabSignal *signal);
gboolean confab_audio_generations_drop_outdated (ConfabAudioGenerations *self);
void confab_audio_generations_close_next (ConfabAudioGenerations *self);
void confab_audio_generations_close (ConfabAudioGenerations *self);

gboolean confab_audio_generations_is_offerer (ConfabAudioGenerations *self);
guint confab_audio_generations_get_newest (ConfabAudioGenerations *self);
ConfabAudioPeer *confab_audio_generations_get_current (ConfabAudioGenerations *self);
ConfabAudioPeer *confab_audio_generations_get_next (ConfabAudioGenerations *self);
ConfabAudioPeer *confab_audio_generations_get_best (ConfabAudioGenerations *self);
gboolean confab_audio_generations_is_alive (ConfabAudioGenerations *self);

void confab_audio_generations_set_volume (ConfabAudioGenerations *self, double volume);
double confab_audio_generations_get_volume (ConfabAudioGenerations *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAudioGenerations, confab_audio_generations_unref)

G_END_DECLS
