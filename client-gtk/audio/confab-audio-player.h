/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Plays samples from memory, tick by tick, once or for ever. */
typedef struct _ConfabAudioPlayer ConfabAudioPlayer;

ConfabAudioPlayer *confab_audio_player_new (GBytes *samples, gboolean loop);
void confab_audio_player_free (ConfabAudioPlayer *self);
void confab_audio_player_hold (ConfabAudioPlayer *self);
void confab_audio_player_rewind (ConfabAudioPlayer *self);
gboolean confab_audio_player_read (ConfabAudioPlayer *self, gint16 *out, guint n_samples);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAudioPlayer, confab_audio_player_free)

G_END_DECLS
