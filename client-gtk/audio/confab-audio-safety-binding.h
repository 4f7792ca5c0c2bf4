/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-safety.h"

G_BEGIN_DECLS

/* The safety code of one participant, bound to the pair of certificates that it stands for, over
 * all connections. Plain memory: zeroes are a participant without a code. */
typedef struct {
  char *certificates; /* (owned) (nullable) the pair of the newest connection ... */
  char *code;         /* (owned) (nullable) ... and its code */
  gboolean was_known; /* there has been a code */
} ConfabAudioSafetyBinding;

gboolean confab_audio_safety_binding_take (ConfabAudioSafetyBinding *self,
                                           ConfabAudioSafety *safety,
                                           gboolean *has_changed);
void confab_audio_safety_binding_clear (ConfabAudioSafetyBinding *self);

G_END_DECLS
