/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

#include "confab-audio-format.h"

G_BEGIN_DECLS

typedef enum {
  CONFAB_AUDIO_CHIME_JOINED = 1, /* two notes up */
  CONFAB_AUDIO_CHIME_LEFT,       /* two notes down */
  CONFAB_AUDIO_CHIME_RECORDING,  /* three of the same */
} ConfabAudioChimeKind;

/* A few notes that only this end hears. All zeros is one that is quiet. */
typedef struct {
  gint requested; /* (atomic) a ConfabAudioChimeKind, 0: nothing new */

  /* the mixing thread's own */
  gint kind;
  guint at; /* samples */
} ConfabAudioChime;

void confab_audio_chime_ring (ConfabAudioChime *self, ConfabAudioChimeKind kind);
void confab_audio_chime_add (ConfabAudioChime *self, gint16 *samples, guint n_samples);

G_END_DECLS
