/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-chime"

#include "config.h"

#include <math.h>

#include "confab-audio-chime.h"

#define MAX_NOTES    3
#define NOTE_MS      110
#define NOTE_SAMPLES (NOTE_MS * CONFAB_AUDIO_SAMPLES_PER_MS)
#define ATTACK_MS    5
#define DECAY        4.0f    /* e-folds over a note: a struck bar, and no click at its end */
#define AMPLITUDE    2600.0f /* -22 dBFS: below a voice, and never in the way of one */

/* Hz; 0: no note. Fourths and fifths, which nobody sings into a call by chance. */
static const float notes[][MAX_NOTES] = {
  [CONFAB_AUDIO_CHIME_JOINED] = { 587.33f, 880.0f, 0 },
  [CONFAB_AUDIO_CHIME_LEFT] = { 880.0f, 587.33f, 0 },
  [CONFAB_AUDIO_CHIME_RECORDING] = { 739.99f, 739.99f, 739.99f },
};

/**
 * confab_audio_chime_ring:
 * @kind: what there is to tell
 *
 * Begins with the next tick; the last of several that come at once is heard. Any thread.
 */
void
confab_audio_chime_ring (ConfabAudioChime *self, ConfabAudioChimeKind kind)
{
  g_atomic_int_set (&self->requested, (gint) kind);
}

static float
sample_at (gint kind, guint at)
{
  guint in_note = at % NOTE_SAMPLES;
  float hz = notes[kind][at / NOTE_SAMPLES];
  float seconds = (float) in_note / CONFAB_AUDIO_RATE;
  float attack = MIN (1.0f, (float) in_note / (ATTACK_MS * CONFAB_AUDIO_SAMPLES_PER_MS));
  float end = 1.0f - (float) in_note / NOTE_SAMPLES;

  return AMPLITUDE * attack * end * expf (-DECAY * (float) in_note / NOTE_SAMPLES) *
         sinf (2.0f * (float) G_PI * hz * seconds);
}

/**
 * confab_audio_chime_add:
 * @samples: (array length=n_samples) (inout): 48 kHz mono, what else is heard
 *
 * The mixing thread.
 */
void
confab_audio_chime_add (ConfabAudioChime *self, gint16 *samples, guint n_samples)
{
  gint requested = g_atomic_int_exchange (&self->requested, 0);

  if (requested != 0) {
    self->kind = requested;
    self->at = 0;
  }
  for (guint i = 0; i < n_samples && self->kind != 0; i++) {
    float sum = (float) samples[i] + sample_at (self->kind, self->at);

    samples[i] = (gint16) CLAMP (sum, G_MININT16, G_MAXINT16);
    self->at++;
    if (self->at == MAX_NOTES * NOTE_SAMPLES || notes[self->kind][self->at / NOTE_SAMPLES] <= 0)
      self->kind = 0;
  }
}
