/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-generations.h"
#include "confab-audio-member-state.h"
#include "confab-audio-parts.h"

G_BEGIN_DECLS

/* One participant: what state the connection to them is in, and when it is built again. */
typedef struct _ConfabAudioMember ConfabAudioMember;

typedef struct {
  void (*send) (const char *to, ConfabSignal *signal, gpointer user_data);
  void (*state) (const char *id, const char *state, gpointer user_data);
  void (*failed) (const char *id, const GError *error, gpointer user_data);
  void (*first_audio) (const char *id, gpointer user_data);
  void (*safety_code) (const char *id, const char *code, gboolean has_changed, gpointer user_data);
} ConfabAudioMemberEvents;

ConfabAudioMember *confab_audio_member_new (const ConfabAudioParts *parts,
                                            const char *id,
                                            gboolean we_offer,
                                            const ConfabAudioMemberEvents *events,
                                            gpointer user_data);
void confab_audio_member_start (ConfabAudioMember *self);
ConfabAudioMember *confab_audio_member_ref (ConfabAudioMember *self);
void confab_audio_member_unref (ConfabAudioMember *self);
void confab_audio_member_close (ConfabAudioMember *self);

void confab_audio_member_take_signal (ConfabAudioMember *self, ConfabSignal *signal);
void confab_audio_member_reroute (ConfabAudioMember *self);
void confab_audio_member_watch (ConfabAudioMember *self);
ConfabAudioGenerations *confab_audio_member_get_generations (ConfabAudioMember *self);
const char *confab_audio_member_get_safety_code (ConfabAudioMember *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAudioMember, confab_audio_member_unref)

G_END_DECLS
