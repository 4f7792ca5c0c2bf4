/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

#include "confab-audio-format.h"

G_BEGIN_DECLS

/* What was played, for whoever takes it out of what is heard. One thread writes, one reads; they
 * count samples by clocks of their own. */
typedef struct _ConfabAudioReference ConfabAudioReference;

ConfabAudioReference *confab_audio_reference_new (void);
void confab_audio_reference_free (ConfabAudioReference *self);

void confab_audio_reference_write (ConfabAudioReference *self,
                                   const gint16 *samples,
                                   guint n_samples);
gboolean confab_audio_reference_read (ConfabAudioReference *self, gint16 *tick);
void confab_audio_reference_restart (ConfabAudioReference *self);
void confab_audio_reference_move (ConfabAudioReference *self, int samples);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabAudioReference, confab_audio_reference_free)

G_END_DECLS
