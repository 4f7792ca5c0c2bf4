/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-audio-pause"

#include "confab-audio-pause.h"

#include "confab-audio-format.h"

#define NOTHING_MS 200 /* of exact zeros, muted mostly: from then on nothing is encoded */
#define QUIET_MS   200 /* of nothing that stands out; libopus waits as long by itself */
/* -45 dBov: what is shown as speaking is sent, though libopus takes a held note for noise */
#define LOUD_ENERGY (184.0 * 184.0)

static guint
to_ms (guint n_samples)
{
  return n_samples / CONFAB_AUDIO_SAMPLES_PER_MS;
}

static double
measure_energy (const gint16 *samples, guint n_samples)
{
  gint64 sum = 0;

  for (guint i = 0; i < n_samples; i++)
    sum += samples[i] * samples[i];
  return (double) sum / n_samples;
}

/* Of what libopus takes for a pause itself only exact zeros are known to be one. */
static gboolean
are_zeros (ConfabAudioPause *self, double energy, guint n_samples)
{
  self->zeros_ms = energy <= 0 ? MIN (self->zeros_ms + to_ms (n_samples), NOTHING_MS) : 0;
  return self->zeros_ms >= NOTHING_MS && self->unsent_ms > 0;
}

static gboolean
is_quiet (ConfabAudioPause *self, const gint16 *samples, guint n_samples, double energy)
{
  confab_audio_activity_feed (&self->activity, samples, n_samples);
  if (energy >= LOUD_ENERGY || confab_audio_activity_is_active (&self->activity))
    self->quiet_ms = 0;
  else
    self->quiet_ms = MIN (self->quiet_ms + to_ms (n_samples), QUIET_MS);
  return self->quiet_ms >= QUIET_MS;
}

/**
 * confab_audio_pause_init:
 *
 * Begins with a frame that is sent, in a quiet room.
 */
void
confab_audio_pause_init (ConfabAudioPause *self)
{
  *self = (ConfabAudioPause){ 0 };
  confab_audio_activity_init (&self->activity);
}

/**
 * confab_audio_pause_judge:
 * @samples: (array length=n_samples): the next frame, 48 kHz mono
 * @n_samples: more than 0
 * @can_encoder_decide: whether the encoder tells silence itself; with little look-ahead libopus
 *   knows no pauses but exact zeros
 *
 * Then one of confab_audio_pause_note_sent () and confab_audio_pause_note_unsent () has to follow.
 *
 * Returns: what is to be done with the frame
 */
ConfabAudioPauseVerdict
confab_audio_pause_judge (ConfabAudioPause *self,
                          const gint16 *samples,
                          guint n_samples,
                          gboolean can_encoder_decide)
{
  double energy = measure_energy (samples, n_samples);
  gboolean is_nothing = are_zeros (self, energy, n_samples);

  if (!can_encoder_decide)
    is_nothing = is_quiet (self, samples, n_samples, energy);
  if (energy >= LOUD_ENERGY || self->unsent_ms + to_ms (n_samples) >= CONFAB_AUDIO_KEEP_ALIVE_MS)
    return CONFAB_AUDIO_PAUSE_SEND;
  return is_nothing ? CONFAB_AUDIO_PAUSE_NOTHING : CONFAB_AUDIO_PAUSE_DECIDE;
}

void
confab_audio_pause_note_sent (ConfabAudioPause *self)
{
  self->unsent_ms = 0;
}

/**
 * confab_audio_pause_note_unsent:
 * @n_samples: of the frame that is left out
 */
void
confab_audio_pause_note_unsent (ConfabAudioPause *self, guint n_samples)
{
  self->unsent_ms += to_ms (n_samples);
}

/**
 * confab_audio_pause_has_begun:
 *
 * Returns: whether the last frame was left out
 */
gboolean
confab_audio_pause_has_begun (const ConfabAudioPause *self)
{
  return self->unsent_ms > 0;
}
