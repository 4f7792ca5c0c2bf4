/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confab-audio-activity.h"

G_BEGIN_DECLS

#define CONFAB_AUDIO_KEEP_ALIVE_MS 400 /* at most so long between two frames, however silent */

typedef enum {
  CONFAB_AUDIO_PAUSE_SEND,    /* it is to be heard, or the other side waits for a sign of life */
  CONFAB_AUDIO_PAUSE_DECIDE,  /* the encoder may leave it out if it finds nothing in it */
  CONFAB_AUDIO_PAUSE_NOTHING, /* not worth encoding */
} ConfabAudioPauseVerdict;

/* Which frames of silence are left out (DTX). Samples are its only clock. Not locked. */
typedef struct {
  /*< private >*/
  ConfabAudioActivity activity;
  guint zeros_ms;  /* how long there has been nothing but zeros */
  guint quiet_ms;  /* how long nothing that stands out */
  guint unsent_ms; /* how long nothing was sent */
} ConfabAudioPause;

void confab_audio_pause_init (ConfabAudioPause *self);
ConfabAudioPauseVerdict confab_audio_pause_judge (ConfabAudioPause *self,
                                                  const gint16 *samples,
                                                  guint n_samples,
                                                  gboolean can_encoder_decide);
void confab_audio_pause_note_sent (ConfabAudioPause *self);
void confab_audio_pause_note_unsent (ConfabAudioPause *self, guint n_samples);
gboolean confab_audio_pause_has_begun (const ConfabAudioPause *self);

G_END_DECLS
