/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* No frame passes, in or out, before the other side's certificate was found to be the announced
 * one. Every connection has one gate; all its threads ask it. */
typedef struct _ConfabAudioGate ConfabAudioGate;

ConfabAudioGate *confab_audio_gate_new (void);
ConfabAudioGate *confab_audio_gate_ref (ConfabAudioGate *self);
void confab_audio_gate_unref (ConfabAudioGate *self);
void confab_audio_gate_open (ConfabAudioGate *self);
void confab_audio_gate_close (ConfabAudioGate *self);
gboolean confab_audio_gate_is_open (ConfabAudioGate *self);
gboolean confab_audio_gate_is_closed (ConfabAudioGate *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAudioGate, confab_audio_gate_unref)

G_END_DECLS
