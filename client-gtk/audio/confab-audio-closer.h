/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-parts.h"

G_BEGIN_DECLS

/* Things that end a moment later than they are given up. */
ConfabAudioCloser *confab_audio_closer_new (GMainContext *context);
void confab_audio_closer_free (ConfabAudioCloser *self);
void confab_audio_closer_add (ConfabAudioCloser *self,
                              guint delay_ms,
                              gboolean is_patient,
                              GDestroyNotify end,
                              gpointer data);
void confab_audio_closer_flush (ConfabAudioCloser *self);

G_END_DECLS
